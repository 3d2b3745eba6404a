"""The timeline: what was issued when, as all documents tell it, each event with its words."""

from __future__ import annotations

import pytest

from knowledge.dates import iso_partial
from knowledge.document import Document
from knowledge.timeline import Milestone, issuers, timeline


def short(found: tuple[Milestone, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(milestone.date, milestone.title, milestone.issuers) for milestone in found]


def of(text: str, title: str = "甲通知", **told: str) -> tuple[Milestone, ...]:
    return timeline([Document("a", title, text, **told)])  # type: ignore[arg-type]


def test_the_article_tells_five_issued_documents_and_its_own_publication(article: Document) -> None:
    """It tells the three of 2018, 2019 and 2021 twice, the one of 2019 as 行动方案 and as 行动实施方案."""
    found = timeline([article])
    assert short(found) == [
        ("2017", "新时期产业工人队伍建设改革方案", ("中共中央", "国务院")),
        ("2018", "关于推行终身职业技能培训制度的意见", ("国务院",)),
        ("2018", "关于提高技术工人待遇的意见", ("中共中央办公厅", "国务院办公厅")),
        ("2019", "职业技能提升行动方案(2019—2021年)", ("国务院办公厅",)),
        ("2021", "“十四五”职业技能培训规划", ("人力资源社会保障部等四部门",)),
        ("2022-07-14", article.title, ()),
    ]
    assert [milestone.precision for milestone in found] == ["year"] * 5 + ["day"]
    assert article.text[found[2].start : found[2].end].endswith("国务院办公厅印发《关于提高技术工人待遇的意见》。")
    assert (
        article.text[found[3].start : found[3].end] == "2019年,国务院办公厅印发《职业技能提升行动方案(2019—2021年)》。"
    )
    assert article.text[found[5].start : found[5].end] == "发布时间:2022-07-14"


def test_what_is_told_twice_keeps_the_more_exact_date_and_its_words() -> None:
    text = "2018年,甲部印发《子办法》。\n2018年5月3日印发《子办法》以来,成效明显。"
    (found,) = of(text)
    assert (found.date, found.precision, found.issuers) == ("2018-05-03", "day", ("甲部",))
    assert text[found.start : found.end].startswith("2018年5月3日")


def test_the_same_title_issued_in_another_year_is_another_event() -> None:
    assert [m.date for m in of("2015年,甲部印发《子办法》。2020年,甲部修订《子办法》。")] == ["2015", "2020"]


def test_what_is_only_mentioned_beside_a_date_was_not_issued_then() -> None:
    found = of("2022年,甲部印发《子办法》,落实《丑规划》要求。2023年,按照《寅条例》开展检查。")
    assert short(found) == [("2022", "子办法", ("甲部",))]


def test_a_year_stands_before_the_months_of_that_year_and_documents_are_mixed() -> None:
    one = Document("a", "甲", "2018年5月,甲部印发《子办法》。2019年,甲部印发《丑办法》。")
    two = Document("b", "乙", "2018年,乙部印发《寅办法》。2018年5月3日,乙部印发《卯办法》。")
    assert [(m.date, m.doc_id) for m in timeline([one, two])] == [
        ("2018", "b"),
        ("2018-05", "a"),
        ("2018-05-03", "b"),
        ("2019", "a"),
    ]


def test_a_document_is_cited_by_the_line_that_signs_it_in_its_own_spelling() -> None:
    text = "甲通知\n2020年3月1日起申报。\n甲部 乙部\n二〇二〇年三月一日"
    (found,) = of(text, written="2020-03-01", issuer="甲部、乙部")
    assert (found.title, found.issuers) == ("甲通知", ("甲部", "乙部"))
    assert text[found.start : found.end] == "二〇二〇年三月一日"


@pytest.mark.parametrize(
    ("text", "quote"), [("各区:\n甲通知\n请执行。", "甲通知"), ("\n  请执行。请落实。", "请执行。")]
)
def test_a_date_that_came_with_the_document_is_cited_by_its_title_or_its_first_words(text: str, quote: str) -> None:
    (found,) = of(text, published="2020-03-01")
    assert text[found.start : found.end] == quote


def test_a_document_that_tells_no_date_has_no_place_in_time() -> None:
    assert of("5月3日,甲部印发《子办法》。2019—2021年,甲部印发《丑办法》。") == of("") == timeline([]) == ()


@pytest.mark.parametrize(
    ("names", "apart"),
    [
        ("工业和信息化部", ("工业和信息化部",)),
        ("教育部、财政部和司法部", ("教育部", "财政部", "司法部")),
        ("人力资源和社会保障部 财政部", ("人力资源和社会保障部", "财政部")),
        ("", ()),
    ],
)
def test_bodies_are_taken_apart_where_each_is_one(names: str, apart: tuple[str, ...]) -> None:
    assert issuers(names) == apart


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2018年", "2018"),
        ("2018年底", "2018"),
        ("二〇一八年", "2018"),
        ("2018年5月", "2018-05"),
        ("2018-05", "2018-05"),
        ("二〇一八年五月三日", "2018-05-03"),
        ("2018年5月3号", "2018-05-03"),
        ("2018-05-03", "2018-05-03"),
        ("2019—2021年", None),
        ("2018年13月", None),
        ("2018年2月30日", None),
        ("5月3日", None),
        ("", None),
    ],
)
def test_a_date_is_as_exact_as_it_is_told(written: str, told: str | None) -> None:
    assert iso_partial(written) == told
