"""Documents -> headings and passages: every offset exact, nothing lost, along headings and whole sentences."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.chunk import PASSAGE_CHARACTERS, outline, passages
from knowledge.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parents[1] / "golden"

# Lines that look like headings, list items and sentences, in any order.
STRUCTURED = st.lists(
    st.sampled_from(
        [
            "第一编 总则", "第二章 培训", "第三节 补贴", "附件1：", "一、指导思想", "二、基本原则", "(一)目标", "（二）任务",
            "怎样参加培训?", "全面深入准确把握", "联系方式", "1. 身份证", "（1）申请表", "①毕业证", "",
            "职业技能培训是重要举措。", "各市、县：", "2018年,国务院印发《意见》；", "自公布之日起施行", "长" * 300 + "。",
        ]
    )
    | st.text(max_size=30),
    max_size=25,
).map("\n".join)  # fmt: skip


def a_document(text: str) -> Document:
    return Document("d", "标题", text)


def titles(text: str) -> list[tuple[int, str]]:
    return [(section.level, section.title) for section in outline(text)]


def test_the_passages_of_the_article_are_the_golden_ones(article: Document) -> None:
    """Offsets, headings, beginning and end of each; ``python tests/golden/write.py`` writes the file anew."""
    spec = importlib.util.spec_from_file_location("write_golden", GOLDEN / "write.py")
    assert spec is not None
    assert spec.loader is not None
    write = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(write)
    assert write.passage_rows(article).splitlines() == write.PASSAGES.read_text(encoding="utf-8").splitlines()


def test_the_article_has_four_parts_and_ten_sections_under_three_of_them(article: Document) -> None:
    sections = outline(article.text)
    assert [section.title for section in sections if section.level == 4] == [
        "职业技能培训高质量发展具有良好工作基础?",
        "全面深入准确把握新时期职业技能培训高质量发展的总体要求?",
        "为技能型社会建设培养劳动者大军?",
        "联系方式",
    ]
    assert len([section for section in sections if section.level == 6]) == 3 + 3 + 4


def test_a_heading_broken_over_two_lines_is_one_heading_with_both_in_its_span(article: Document) -> None:
    section = next(section for section in outline(article.text) if section.title.startswith("全面深入"))
    assert article.text[section.start : section.end] == "全面深入准确把握\n\n新时期职业技能培训高质量发展的总体要求?"


def test_headings_are_ranked_as_statutes_and_notices_rank_them() -> None:
    text = "第一编 总则\n第一章 目的\n第一节 依据\n正文。\n一、要求\n正文。\n（一）对象\n正文。\n附件1：\n表。"
    assert titles(text) == [
        (1, "第一编 总则"),
        (2, "第一章 目的"),
        (3, "第一节 依据"),
        (5, "一、要求"),
        (6, "（一）对象"),
        # a line that ends in a colon leads something in; it is no heading
    ]


def test_items_of_a_list_are_no_headings() -> None:
    assert titles("提交下列材料\n(一)身份证\n(二)毕业证\n(三)申请表") == []


def test_a_passage_stands_under_the_headings_above_it() -> None:
    found = passages(a_document("第一章 总则\n一、对象\n农民工可以参加。\n第二章 补贴\n按人发放。"))
    assert [(passage.headings, passage.text) for passage in found] == [
        (("第一章 总则", "一、对象"), "第一章 总则\n一、对象\n农民工可以参加。"),
        (("第二章 补贴",), "第二章 补贴\n按人发放。"),
    ]


def test_a_sentence_is_never_cut_even_if_longer_than_a_passage() -> None:
    sentence = "甲" * (2 * PASSAGE_CHARACTERS) + "。"
    assert [passage.text for passage in passages(a_document(f"短句。{sentence}短句。"))] == [
        "短句。",
        sentence,
        "短句。",
    ]


def test_passages_are_no_longer_than_the_limit_where_sentences_allow_it(article: Document) -> None:
    assert max(len(passage.text) for passage in passages(article)) <= PASSAGE_CHARACTERS


@pytest.mark.parametrize("text", ["", " \n　\t\n"])
def test_a_text_of_nothing_has_no_passages(text: str) -> None:
    assert passages(a_document(text)) == []


@given(STRUCTURED | st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_offsets_are_exact_and_no_character_is_lost_or_moved(text: str) -> None:
    found = passages(a_document(text))
    assert all(text[passage.start : passage.end] == passage.text for passage in found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    assert "".join("".join(passage.text for passage in found).split()) == "".join(text.split())
    assert len({passage.id for passage in found}) == len(found)


@given(STRUCTURED)
@settings(max_examples=200, deadline=None)
def test_headings_lie_where_they_say_and_in_order(text: str) -> None:
    sections = outline(text)
    for section in sections:
        assert "".join(text[section.start : section.end].split()) == "".join(section.title.split())
    assert all(before.end <= after.start for before, after in itertools.pairwise(sections))
    known = {section.title for section in sections}
    assert all(known.issuperset(passage.headings) for passage in passages(a_document(text)))


@pytest.mark.parametrize("text", [*"技a1。《》(?\n 　第附", "一、\n", "？\n", "第一章\n", "(一)\n"], ids=repr)
def test_time_is_bounded_on_a_document_of_one_thing_repeated(text: str, bounded: Callable[..., None]) -> None:
    bounded(15, passages, a_document((text * 200_000)[:200_000]))
