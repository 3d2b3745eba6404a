"""Where sentences and clauses begin and end."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.sentences import bracketed, clauses, sentences

if TYPE_CHECKING:
    from collections.abc import Callable

# Text made of what decides where a sentence ends, with plain words between.
PUNCTUATED = st.lists(
    st.sampled_from(
        [
            *"。！？!?\n\t 　；;，,、：:《》（）()“”「」【】〔〕12.",
            "  ",
            "培训",
            "技能",
            "一、",
            "(二)",
            "第三条",
            "2018年",
        ]
    ),
    max_size=60,
).map("".join)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲。乙！丙？", ["甲。", "乙！", "丙？"]),
        ("他说：“可以。”然后走了。", ["他说：“可以。”", "然后走了。"]),
        ("标题\n正文第一句。第二句", ["标题", "正文第一句。", "第二句"]),
        ("真的吗？！是的。", ["真的吗？！", "是的。"]),
        ("上款　　下款", ["上款", "下款"]),
        ("分号不断句;一直到句号。", ["分号不断句;一直到句号。"]),
        ("占3.5%,即2019-2021年。", ["占3.5%,即2019-2021年。"]),
        ("  前后空白不算。  ", ["前后空白不算。"]),
        ("", []),
        (" \n\t　", []),
    ],
)
def test_sentences_end_at_their_marks_and_at_line_breaks(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_question_mark_inside_a_title_does_not_end_a_sentence() -> None:
    assert cut("印发《技能怎么学？问答手册》。施行。") == ["印发《技能怎么学？问答手册》。", "施行。"]


def test_a_heading_inside_running_text_begins_a_sentence() -> None:
    text = "总体要求如下 一、指导思想 二、基本原则"
    starts = [text[start] for start, _ in sentences(text)]
    assert starts[-2:] == ["一", "二"]


@given(PUNCTUATED | st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_sentences_hold_every_character_but_spaces_in_order(text: str) -> None:
    spans = sentences(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@given(PUNCTUATED)
@settings(max_examples=200, deadline=None)
def test_clauses_hold_every_character_but_spaces_in_order(text: str) -> None:
    assert "".join("".join(text[start:end] for start, end in clauses(text)).split()) == "".join(text.split())


def test_clauses_end_at_commas_and_keep_their_mark() -> None:
    text = "经国务院同意,人社部印发《规划》;自2021年起施行"
    assert [text[start:end] for start, end in clauses(text)] == [
        "经国务院同意,",
        "人社部印发《规划》;",
        "自2021年起施行",
    ]


def test_a_comma_inside_brackets_or_a_number_ends_no_clause() -> None:
    text = "《意见(甲,乙)》共1,000份"
    assert clauses(text) == [(0, len(text))]


def test_brackets_are_found_outermost_and_one_left_open_is_none() -> None:
    text = "《甲(乙)》和(丙"
    assert [text[start:end] for start, end in bracketed(text)] == ["《甲(乙)》"]


@pytest.mark.parametrize("character", [*"技a1。《》，\n 　"])
def test_time_is_bounded_on_one_character_repeated(character: str, bounded: Callable[..., None]) -> None:
    bounded(10, sentences, character * 200_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一条　为了就业，制定本法。", ["第一条　为了就业，制定本法。"]),
        ("目　录\n附　则", ["目　录", "附　则"]),
        ("各县（区）人民政府，市直各部门： 现将办法印发给你们，请遵照执行，并将执行中遇到的问题和意见建议及时书面报告市人力资源和社会保障局。",
         ["各县（区）人民政府，市直各部门：", "现将办法印发给你们，请遵照执行，并将执行中遇到的问题和意见建议及时书面报告市人力资源和社会保障局。"]),
        ("甲市人力资源和社会保障局 甲市财政局关于做好工作的通知 人社发〔2020〕1号 为做好有关工作，经市政府同意，现将有关事项通知如下，请落实。",
         ["甲市人力资源和社会保障局 甲市财政局关于做好工作的通知", "人社发〔2020〕1号", "为做好有关工作，经市政府同意，现将有关事项通知如下，请落实。"]),
    ],
)  # fmt: skip
def test_a_mark_stays_with_its_words_and_an_addressee_stands_by_itself(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize("text", ["甲局 ", "各甲，： ", "（一）　"])
def test_time_is_bounded_on_one_thing_repeated(text: str, bounded: Callable[..., None]) -> None:
    bounded(10, sentences, (text * 100_000)[:200_000])
