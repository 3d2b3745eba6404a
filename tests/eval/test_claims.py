"""Support of numbers, dates and titles by what is cited, on values worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from eval.claims import DATE_SUPPORT, NUMBER_SUPPORT, TITLE_SUPPORT, dates, plain_numbers, titles

QUOTE = "2018年5月3日，国务院印发《关于推行终身职业技能培训制度的意见》，补贴3,000元。"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2018年5月3日", {(2018, 5, 3)}),
        ("2018年5月", {(2018, 5)}),
        ("2018年", {(2018,)}),
        ("２０１８-05-03", {(2018, 5, 3)}),
        ("2018/5/3 和 2019年", {(2018, 5, 3), (2019,)}),
        ("二〇一八年", {(2018,)}),
        ("补贴2018元", set()),
    ],
)
def test_dates(text: str, found: set[tuple[int, ...]]) -> None:
    assert dates(text) == found


def test_the_numbers_of_a_date_are_no_numbers_of_their_own() -> None:
    assert plain_numbers("2018年5月3日发3,000元，占12.5%") == {"3000", "12.5"}


def test_titles_are_compared_without_white_space() -> None:
    assert titles("《关于 推行》和《意见》") == {"《关于推行》", "《意见》"}


@pytest.mark.parametrize(
    ("answer", "numbers", "days", "named"),
    [
        ("2018年印发[1]。", None, (1, 1), None),  # a year of the date in the quote
        ("2018年6月补贴3000元[1]。", (1, 1), (0, 1), None),  # another month
        ("补贴3000元，另加500元[1]。", (1, 2), None, None),
        ("补贴3000元。", (0, 1), None, None),  # no mark: it rests on nothing
        ("印发《关于推行终身职业技能培训制度的意见》和《方案》[1]。", None, None, (1, 2)),
        ("不是2016年，是2018年[1]。", None, (1, 1), None),  # what the correction denies was asked
        ("补贴3000元[2]。", (0, 1), None, None),  # a citation that does not exist
    ],
)
def test_support(
    build: Any,
    answer: str,
    numbers: tuple[float, float] | None,
    days: tuple[float, float] | None,
    named: tuple[float, float] | None,
) -> None:
    case = build.case(turns=("是2016年印发的吗?",))
    outcome = build.outcome(case, build.answer("answered", answer, citations=(build.citation(QUOTE, 0),)))
    assert (NUMBER_SUPPORT.of(outcome), DATE_SUPPORT.of(outcome), TITLE_SUPPORT.of(outcome)) == (numbers, days, named)


def test_a_value_said_twice_is_supported_only_if_it_is_each_time(build: Any) -> None:
    answer = build.answer("answered", "补贴3000元[1]。就是3000元。", citations=(build.citation(QUOTE, 0),))
    assert NUMBER_SUPPORT.of(build.outcome(build.case(), answer)) == (0, 1)
