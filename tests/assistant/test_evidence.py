"""Coverage and ranking of evidence, worked out by hand on a toy.

The question is 「湖北补贴标准」 with the weights 补贴 2, 标准 1, 湖北 1: four in all.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.evidence import (
    IN_HEADING,
    IN_NEIGHBOUR,
    IN_SENTENCE,
    IN_TITLE,
    PARTIAL,
    Sentence,
    match,
    near_best,
    own_match,
    rank,
)
from assistant.gather import gather
from knowledge import chunk
from knowledge.document import Document, Hit
from knowledge.query import QueryTerm

SUBSIDY = QueryTerm("补贴", 2.0, (("补贴", 1.0), ("补助", 0.8)))
STANDARD = QueryTerm("标准", 1.0, (("标准", 1.0),))
PLACE = QueryTerm("湖北", 1.0, (("湖北", 1.0),))
TERMS = (SUBSIDY, STANDARD, PLACE)


def weigh(term: QueryTerm) -> float:
    return term.weight


def sentence(text: str, **parts: object) -> Sentence:
    return replace(Sentence("d", "", (), 0, len(text), text, "", 0.0), **parts)  # type: ignore[arg-type]


def best(*sentences: Sentence) -> str:
    return rank(sentences, TERMS, weigh)[0].text


def test_a_word_counts_in_full_in_the_unit_and_at_a_discount_in_its_context() -> None:
    """Own: 补贴 2 + 标准 1 of 4. With its title 湖北 comes to that at the discount of a title."""
    [unit] = rank([sentence("补贴标准为8000元。", about="湖北省通知")], TERMS, weigh)
    assert unit.own == pytest.approx(3 / 4)
    assert unit.coverage == pytest.approx((3 + IN_TITLE) / 4)
    assert unit.missing == ()


def test_a_part_between_semicolons_is_a_unit_and_its_sentence_is_context() -> None:
    """Of the second part 标准 is its own; 补贴 stands in the sentence only, 湖北 nowhere."""
    text = "补贴由县里发放；标准另行公布。"
    units = {unit.text: unit for unit in rank([sentence(text)], TERMS, weigh)}
    assert set(units) == {text, "补贴由县里发放；", "标准另行公布。"}
    part = units["标准另行公布。"]
    assert part.own == pytest.approx(1 / 4)
    assert part.coverage == pytest.approx((1 + 2 * IN_SENTENCE) / 4)
    assert part.missing == (PLACE,)
    assert text[part.start : part.end] == part.text


def test_headings_and_the_sentence_before_are_context() -> None:
    [unit] = rank([sentence("每户8000元。", headings=("补贴",), before="湖北执行下列标准。")], TERMS, weigh)
    assert unit.own == 0
    assert unit.coverage == pytest.approx((2 * IN_HEADING + 2 * IN_NEIGHBOUR) / 4)


def test_context_counts_less_than_the_words_themselves() -> None:
    assert 0 < IN_NEIGHBOUR <= IN_HEADING <= IN_SENTENCE < 1
    assert 0 < IN_TITLE <= IN_SENTENCE


def test_a_synonym_counts_by_its_weight_and_the_word_itself_in_full() -> None:
    assert match(SUBSIDY, "发放补助") == pytest.approx(0.8)
    assert match(SUBSIDY, "发放补贴和补助") == 1
    assert match(SUBSIDY, "发放贷款") == 0


def test_parts_of_a_long_word_count_by_their_share() -> None:
    """职业培训补贴 has six characters; 职业 and 培训 are four of them."""
    term = QueryTerm("职业培训补贴", 1.0, (("职业培训补贴", 1.0),))
    assert match(term, "开展职业技能和培训") == pytest.approx(PARTIAL * 4 / 6)
    assert match(term, "开展培训") == 0  # under a half


def test_a_match_is_one_of_meaning_not_of_letter_forms() -> None:
    assert match(SUBSIDY, "發放補貼") == 1
    assert match(QueryTerm("app", 1.0, (("app", 1.0),)), "下载ＡＰＰ") == 1


def test_the_share_a_text_has_by_itself() -> None:
    assert own_match(TERMS, "湖北补贴") == pytest.approx(3 / 4)
    assert own_match(TERMS, "") == 0
    assert own_match((), "补贴") == 0


def test_evidence_that_has_more_of_the_question_comes_first() -> None:
    full = sentence("湖北补贴标准为8000元。")
    assert best(sentence("补贴按月发放。"), full, sentence("湖北位于中部。")) == full.text


def test_of_equal_evidence_the_shorter_comes_first() -> None:
    short = sentence("湖北补贴标准为8000元。")
    assert best(sentence("湖北补贴标准为8000元，以上按照有关要求统一执行并接受监督检查。"), short) == short.text


def test_of_equal_evidence_the_one_of_the_better_passage_comes_first() -> None:
    better = sentence("湖北补贴标准为8000元。", score=1.0, doc_id="better")
    assert rank([replace(better, score=0.0, doc_id="worse"), better], TERMS, weigh)[0].sentence.doc_id == "better"


def test_a_heading_stands_behind_a_sentence_that_says_the_same() -> None:
    told = sentence("湖北补贴标准8000元。")
    assert best(sentence("湖北补贴标准", is_heading=True), told) == told.text


def test_a_question_without_words_ranks_nothing_above_nothing() -> None:
    units = rank([sentence("补贴标准为8000元。")], (), weigh)
    assert [(unit.own, unit.coverage) for unit in units] == [(0, 0)]


def test_near_best_keeps_the_best_and_leaves_out_what_is_far_off() -> None:
    units = rank([sentence("湖北补贴标准为8000元。"), sentence("湖北位于中部。")], TERMS, weigh)
    assert [unit.text for unit in near_best(units)] == ["湖北补贴标准为8000元。"]


TEXT = "甲县补贴办法\n\n一、标准\n补贴每户8000元。由县里发放。\n\n二、材料\n提交身份证。"


def test_the_sentences_of_hits_keep_their_place_in_the_document() -> None:
    document = Document("d", "甲县补贴办法", TEXT)
    found = gather(Hit(passage, 0.5) for passage in chunk.passages(document))
    assert [TEXT[row.start : row.end] for row in found] == [row.text for row in found]
    told = {row.text: row for row in found}
    assert told["一、标准"].is_heading
    assert "一、标准" in told["由县里发放。"].headings
    assert told["由县里发放。"].before.endswith("补贴每户8000元。")
    assert told["提交身份证。"].headings[-1] == "二、材料"
    assert "补贴" not in told["提交身份证。"].before


def test_what_leads_in_a_list_comes_before_its_later_items_too() -> None:
    items = "\n".join(f"（{number}）{'某种情形' * 20}的；" for number in "一二三四五")
    document = Document("d", "办法", f"第一条 有下列情形之一的，停发补贴：\n{items}")
    hits = [Hit(passage, 0.5) for passage in chunk.passages(document)]
    found = gather(hits[1:], said=lambda _, span: document.text[slice(*span)])
    assert found[0].text.startswith("（三）")
    assert found[0].before == "有下列情形之一的，停发补贴："
