"""Values a policy text states, each with its place and, for numbers, what it stands for."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.values import ValueType, to_number, values, years

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.document import Document


@pytest.mark.parametrize(
    ("text", "kind", "stated"),
    [
        ("2022-07-14发布", ValueType.DATE, "2022-07-14"),
        ("自2018年5月3日起施行", ValueType.DATE, "2018年5月3日"),
        ("2019—2021年实施", ValueType.DATE, "2019—2021年"),
        ("有效期五年。", ValueType.DURATION, "五年"),
        ("满30个工作日", ValueType.DURATION, "30个工作日"),
        ("每人补贴1,500元。", ValueType.MONEY, "1,500元"),
        ("合格率达到95.5%以上", ValueType.SHARE, "95.5%"),
        ("年满16周岁", ValueType.AGE, "16周岁"),
        ("共22个部门", ValueType.COUNT, "22个"),
        ("培训8300多万人次", ValueType.COUNT, "8300多万人次"),
        ("印发《关于提高技术工人待遇的意见》", ValueType.TITLE, "《关于提高技术工人待遇的意见》"),
        ("人社部发〔2021〕102号", ValueType.DOCUMENT_NUMBER, "人社部发〔2021〕102号"),
        ("电话010-678-55601", ValueType.PHONE, "010-678-55601"),
        ("见https://www.example.org/a?b=1。", ValueType.WEB, "https://www.example.org/a?b=1"),
        ("发至peixun@example.org即可", ValueType.EMAIL, "peixun@example.org"),
    ],
)
def test_a_value_is_found_with_its_kind(text: str, kind: ValueType, stated: str) -> None:
    assert (kind, stated) in [(value.type, value.text) for value in values(text)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("22个", 22),
        ("8300多万", 83_000_000),
        ("1,500", 1500),
        ("二十二", 22),
        ("三千六百万", 36_000_000),
        ("两", 2),
        ("十", 10),
        ("一亿二千万", 120_000_000),
        ("百分之五", 5),
        ("3.5%", 3.5),
        ("１２", 12),
        ("若干", None),
        ("", None),
    ],
)
def test_a_numeral_stands_for_its_number(text: str, number: float | None) -> None:
    assert to_number(text) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018年和2021年", (2018, 2021)),
        ("2019—2021年", (2019, 2021)),
        ("2019-2021年、2019年", (2019, 2021)),
        ("19年的文件", (2019,)),
        ("二〇一八", ()),
        ("12018年", ()),
        ("2018个", ()),
    ],
)
def test_years_are_those_the_text_names_each_once(text: str, expected: tuple[int, ...]) -> None:
    assert years(text) == expected


def test_a_number_inside_a_title_belongs_to_the_title() -> None:
    text = "印发《职业技能提升行动方案(2019—2021年)》"
    assert [value.type for value in values(text)] == [ValueType.TITLE]


def test_the_numbers_of_the_article_are_found(article: Document) -> None:
    counts = {value.text: value.number for value in values(article.text) if value.type is ValueType.COUNT}
    assert counts["22个"] == 22
    assert counts["8300多万人次"] == 83_000_000
    assert counts["3600多万人"] == 36_000_000
    assert counts["四个"] == 4
    assert counts["三类"] == 3


@given(
    st.lists(
        st.sampled_from([*"0123456789一二十百万亿两多余元年月日个人%《》〔〕号岁,，。- ", "2018", "以上"]), max_size=40
    ).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_values_lie_where_they_say_in_order_and_apart(text: str) -> None:
    found = values(text)
    assert all(text[value.start : value.end] == value.text for value in found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


@pytest.mark.parametrize("character", [*"一1a(《2号街路"])
def test_time_is_bounded_on_the_longest_question_there_can_be(character: str, bounded: Callable[..., None]) -> None:
    bounded(10, values, character * 2_000)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("租金打七折", ValueType.SHARE, "七折"),
        ("工作日9时至17时有人接听", ValueType.TIME, "9时至17时"),
        ("上午8点半到11点半", ValueType.TIME, "上午8点半到11点半"),
    ],
)
def test_discounts_and_hours_are_values(text: str, kind: ValueType, value: str) -> None:
    assert [(found.type, found.text) for found in values(text)] == [(kind, value)]
