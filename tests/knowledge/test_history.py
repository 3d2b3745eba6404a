"""Dated events: what was issued, when and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.history import events, title_key

if TYPE_CHECKING:
    from knowledge.document import Document

FIRST_TOLD = [
    ("2017年", "中共中央、国务院", "《新时期产业工人队伍建设改革方案》"),
    ("2018年", "国务院", "《关于推行终身职业技能培训制度的意见》"),
    ("2018年", "中共中央办公厅、国务院办公厅", "《关于提高技术工人待遇的意见》"),
    ("2019年", "国务院办公厅", "《职业技能提升行动方案(2019—2021年)》"),
    ("2021年", "人力资源社会保障部等四部门", "《“十四五”职业技能培训规划》"),
]
TOLD_AGAIN = [
    ("2018年", "国务院", "《关于推行终身职业技能培训制度的意见》"),
    ("2019年", "国务院办公厅", "《职业技能提升行动实施方案(2019—2021年)》"),
    ("2021年", "人力资源社会保障部等四部门", "《“十四五”职业技能培训规划》"),
]


def test_the_article_tells_its_events_twice_with_their_dates_and_bodies(article: Document) -> None:
    dated = [event for event in events(article.text) if event.year]
    assert [(event.date, event.issuer, event.title) for event in dated] == FIRST_TOLD + TOLD_AGAIN
    assert [event.year for event in dated] == [2017, 2018, 2018, 2019, 2021, 2018, 2019, 2021]


def test_a_title_without_a_date_is_an_event_without_one(article: Document) -> None:
    undated = [event for event in events(article.text) if not event.year]
    assert [(event.date, event.title) for event in undated] == [
        ("", "《“技能中国行动”实施方案》"),
        ("", "《提升全民数字技能工作方案》"),
    ]


def test_an_event_lies_in_the_sentence_that_tells_it(article: Document) -> None:
    for event in events(article.text):
        sentence = article.text[event.start : event.end]
        assert event.title in sentence
        assert event.date in sentence
        assert event.issuer in sentence


def test_offsets_count_in_the_whole_text_where_only_a_stretch_is_looked_at(article: Document) -> None:
    start = article.text.index("2019年,国务院办公厅")
    (event,) = events(article.text, start, start + 39)
    assert article.text[event.start : event.end].startswith("2019年,国务院办公厅印发")


def test_a_date_holds_until_the_next_one() -> None:
    found = events("2020年,甲部印发《子办法》;乙部印发《丑办法》。2021年,丙部发布《寅办法》。")
    assert [(event.year, event.issuer) for event in found] == [(2020, "甲部"), (2020, "乙部"), (2021, "丙部")]


def test_what_was_issued_is_told_from_what_is_mentioned() -> None:
    found = events("2022年,甲部印发《子办法》、《丑办法》,落实《寅规划》要求。2023年印发《卯办法》。")
    assert [(event.issuer, event.is_issued) for event in found] == [
        ("甲部", True),
        ("甲部", True),
        ("", False),
        ("", True),
    ]


def test_titles_joined_by_a_comma_of_lists_share_their_body() -> None:
    found = events("2022年,甲部印发《子办法》、《丑办法》和《寅办法》。")
    assert [event.issuer for event in found] == ["甲部"] * 3


def test_a_title_that_is_only_mentioned_has_no_body() -> None:
    assert [event.issuer for event in events("2022年,甲部印发《子办法》,落实《丑规划》要求。")] == ["甲部", ""]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《职业技能提升行动方案(2019—2021年)》", "职业技能提升行动方案"),
        ("《“十四五”职业技能培训规划》", "《十四五职业技能培训规划》"),
    ],
)
def test_two_mentions_of_one_document_have_one_key(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


def test_a_text_that_tells_nothing_has_no_events() -> None:
    assert events("") == events("2018年,职业技能培训工作取得积极成效。") == []
