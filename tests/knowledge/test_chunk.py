"""Documents -> passages: every offset exact, nothing lost, along headings and whole sentences."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import clean
from knowledge.chunk import LARGEST, SMALLEST, outline, passages
from knowledge.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.document import Section

GOLDEN = Path(__file__).parents[1] / "golden"

# What looks like headings, list items and sentences, in any order, on lines of its own or in one line.
PIECES = st.lists(
    st.sampled_from(
        [
            "第一编 总则", "第二章 培训", "第三节 补贴", "第十二条 申请人应当提交材料。", "第五条　【目的】", "附件1", "附件：",
            "一、指导思想", "二、基本原则。", "(一)目标", "（二）任务。落实到位。", "3.申请材料：", "怎样参加培训?", "全面深入准确把握",
            "联系方式", "1. 身份证；", "（1）申请表，", "①毕业证", "● 对象", "问：谁可以申请？", "答：劳动者。", "目　录", "",
            "职业技能培训是重要举措。", "各市、县：", "2018年,国务院印发《意见》；", "自公布之日起施行", "有下列情形之一的：",
            "长" * 300 + "。", "依照本法第五十三条第（二）项",
        ]
    )
    | st.text(max_size=30),
    max_size=25,
)  # fmt: skip
STRUCTURED = st.builds(lambda pieces, gap: gap.join(pieces), PIECES, st.sampled_from(["\n", " ", "　　", ""]))


def golden() -> Any:
    spec = importlib.util.spec_from_file_location("write_golden", GOLDEN / "write.py")
    assert spec is not None
    assert spec.loader is not None
    write = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(write)
    return write


WRITE = golden()


def a_document(text: str) -> Document:
    return Document("d", "标题", text)


def told(text: str) -> list[tuple[str, str]]:
    return [(" > ".join(passage.headings), passage.text) for passage in passages(a_document(text))]


@pytest.mark.parametrize("source", WRITE.SOURCES, ids=lambda source: source.stem)
def test_the_passages_are_the_golden_ones(source: Path) -> None:
    """Offsets, paths, leads and sentences; ``python tests/golden/write.py`` writes the files anew."""
    shown = WRITE.shown(WRITE.read(source))
    assert shown.splitlines() == WRITE.expected(source).read_text(encoding="utf-8").splitlines()


def test_a_passage_stands_under_the_headings_above_it() -> None:
    first, second = "农民工可以参加。" * 8, "按人发放。" * 12
    assert told(f"第一章 总则\n一、对象\n{first}\n第二章 补贴\n{second}") == [
        ("第一章 总则 > 一、对象", f"第一章 总则\n一、对象\n{first}"),
        ("第二章 补贴", f"第二章 补贴\n{second}"),
    ]


def test_short_neighbours_of_one_parent_are_joined_under_it() -> None:
    text = "第一章 总则\n第一条 为了就业，制定本办法。\n第二条 本办法适用于本市。\n第二章 补贴\n第三条 按人发放。"
    assert [path for path, _ in told(text)] == ["第一章 总则", "第二章 补贴 > 第三条"]


@pytest.mark.parametrize("text", ["甲是什么？\n是甲。\n乙是什么？\n是乙。", "问：甲？ 答：是甲。 问：乙？ 答：是乙。"])
def test_no_passage_spans_two_questions(text: str) -> None:
    assert [passage.count("是") for _, passage in told(text.replace("是什么", ""))] == [1, 1]


def test_an_annex_begins_anew_at_the_top() -> None:
    text = "一、总体要求\n做好工作。\n（一）目标\n新增1000人。\n附件1\n申请条件\n一、年龄\n年满16周岁。"
    assert [path for path, _ in told(text)][-1] == "附件1 申请条件 > 一、年龄"


def test_the_later_passages_of_a_list_know_what_leads_in() -> None:
    items = [f"（{number}）{'甲' * 90}；" for number in "一二三四"]
    found = passages(
        a_document("第一条 有下列情形之一的：\n" + "\n".join(items) + "\n另有规定的除外。" + "乙" * 60 + "。")
    )
    leads = [passage.lead for passage in found]
    assert leads == [None, (4, 13), None]
    assert found[1].text.startswith("（三）")


def test_a_long_article_is_cut_between_its_paragraphs() -> None:
    first, second = "甲" * 60 + "。" + "甲" * 80 + "。", "乙" * 40 + "。" + "乙" * 90 + "。"
    assert [text for _, text in told(f"第一条 {first}\n{second}")] == [f"第一条 {first}", second]


def test_a_heading_is_not_left_without_its_text() -> None:
    sentence = "甲" * (LARGEST - 2) + "。"
    assert next(text for _, text in told(f"一、对象\n{sentence}\n短句。")) == f"一、对象\n{sentence}"


def test_a_sentence_that_lists_nothing_is_never_cut_even_if_longer_than_a_passage() -> None:
    sentence = "甲" * (2 * LARGEST) + "。"
    short = "乙" * (SMALLEST + 1) + "。"
    assert [text for _, text in told(f"{short}{sentence}{short}")] == [short, sentence, short]


def test_the_sentences_of_a_passage_hold_all_of_it(article: Document) -> None:
    for passage in passages(article):
        sentences = [article.text[start:end] for start, end in passage.sentences]
        assert "".join("".join(sentences).split()) == "".join(passage.text.split())
        assert all(sentence == sentence.strip() != "" for sentence in sentences)


def test_passages_are_no_longer_than_the_limit_where_sentences_allow_it(article: Document) -> None:
    assert (
        sum(len(passage.text) > LARGEST for passage in passages(article)) <= 1
    )  # a heading with its one long sentence


@pytest.mark.parametrize("text", ["", " \n　\t\n"])
def test_a_text_of_nothing_has_no_passages(text: str) -> None:
    assert passages(a_document(text)) == []


@given(STRUCTURED | st.text(max_size=200))
@settings(max_examples=500, deadline=None)
def test_offsets_are_exact_and_no_character_is_lost_or_moved(text: str) -> None:
    found = passages(a_document(text))
    assert all(text[passage.start : passage.end] == passage.text for passage in found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    assert "".join("".join(passage.text for passage in found).split()) == "".join(text.split())
    assert len({passage.id for passage in found}) == len(found)
    for passage in found:
        assert (passage.sentences[0][0], passage.sentences[-1][1]) == (passage.start, passage.end)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(passage.sentences))
        assert passage.lead is None or passage.lead[0] < passage.lead[1] <= passage.start


@given(PIECES)
@settings(max_examples=200, deadline=None)
def test_no_sentence_of_a_page_is_lost_or_moved_between_reading_and_cutting(pieces: list[str]) -> None:
    """The cleaner takes furniture off a page, which has no sentences; those of the body come out in their order."""
    page = clean.page("\n".join(pieces), "标题")
    text = "".join("".join(passage.text for passage in passages(a_document(page.text))).split())
    place = 0
    for piece in pieces:
        if piece.endswith("。") and piece.isprintable():
            place = text.index("".join(piece.split()), place) + 1


@given(STRUCTURED)
@settings(max_examples=200, deadline=None)
def test_headings_lie_where_they_say_and_in_order(text: str) -> None:
    sections = outline(text)
    for section in sections:
        assert "".join(text[section.start : section.end].split()) == "".join(section.title.split())
    assert all(before.end <= after.start for before, after in itertools.pairwise(sections))
    for passage in passages(a_document(text)):
        assert above(sections, passage.end)[: len(passage.headings)] == passage.headings


def above(sections: tuple[Section, ...], place: int) -> tuple[str, ...]:
    """Return what a place stands under, by the levels of the headings before it."""
    path: list[Section] = []
    for section in sections:
        if section.start < place:
            path = [outer for outer in path if outer.level < section.level] + [section]
    return tuple(section.title for section in path)


@pytest.mark.parametrize(
    "text",
    [
        *"技a1。《》(?\n 　第附",
        "一、\n",
        "？\n",
        "第一章\n",
        "(一)\n",
        "1.",
        "第一条 ",
        "问：",
        "● ",
        "甲? ",
        "办 ",
        "第　",
        "附件1 ",
    ],
    ids=repr,
)
def test_time_is_bounded_on_a_document_of_one_thing_repeated(text: str, bounded: Callable[..., None]) -> None:
    bounded(15, passages, a_document((text * 200_000)[:200_000]))
