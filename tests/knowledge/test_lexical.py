"""BM25F, on three passages worked out by hand."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge import lexical
from knowledge.document import Document, Passage
from knowledge.lexical import LexicalIndex, TermCounts
from knowledge.query import QueryTerm

if TYPE_CHECKING:
    from pathlib import Path

# Words of two characters have no shorter words inside, so the terms of a passage are just these.
#
#   passage  text (weight 1)   headings (0.5)  title (0.5)    weighted counts                 length
#   0        培训 培训 补贴    补贴                           培训 2, 补贴 1 + 0.5 = 1.5      3.5
#   1        培训 企业                         企业           培训 1, 企业 1 + 0.5 = 1.5      2.5
#   2        学徒 学徒 学徒                                   学徒 3                          3.0
#
# mean length 3; k1 = 1.2, b = 0.75: saturation adds 1.2 * (0.25 + 0.75 * length / 3) to the weighted count:
#   passage 0: 1.2 * (0.25 + 0.875) = 1.35    passage 1: 1.2 * (0.25 + 0.625) = 1.05    passage 2: 1.2
#
# idf = ln(1 + (3 - n + 0.5) / (n + 0.5)): in two passages ln(1 + 1.5/2.5) = ln 1.6, in one ln(1 + 2.5/1.5) = ln 8/3
PASSAGES = (
    Passage("a", "", ("补贴",), 0, 8, "培训 培训 补贴"),
    Passage("b", "企业", (), 0, 5, "培训 企业"),
    Passage("c", "", (), 0, 8, "学徒 学徒 学徒"),
)
TRAINING = [log(1.6) * 2 * 2.2 / (2 + 1.35), log(1.6) * 1 * 2.2 / (1 + 1.05), 0]  # 0.617318, 0.504394, 0
SUBSIDY = [log(8 / 3) * 1.5 * 2.2 / (1.5 + 1.35), 0, 0]  # 1.135697
COMPANY = [0, log(8 / 3) * 1.5 * 2.2 / (1.5 + 1.05), 0]  # 1.269308
APPRENTICE = [0, 0, log(8 / 3) * 3 * 2.2 / (3 + 1.2)]  # 1.541303


def term(*variants: tuple[str, float]) -> QueryTerm:
    return QueryTerm(variants[0][0], 1.0, variants)


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return lexical.build(PASSAGES)


@pytest.mark.parametrize(
    ("word", "expected", "rounded"),
    [
        ("培训", TRAINING, [0.617318, 0.504394, 0]),
        ("补贴", SUBSIDY, [1.135697, 0, 0]),
        ("企业", COMPANY, [0, 1.269308, 0]),
        ("学徒", APPRENTICE, [0, 0, 1.541303]),
    ],
)
def test_the_score_of_a_word_is_the_one_worked_out_by_hand(
    index: LexicalIndex, word: str, expected: list[float], rounded: list[float]
) -> None:
    assert index.score([term((word, 1.0))]) == pytest.approx(expected, rel=1e-6)
    assert expected == pytest.approx(rounded, abs=1e-6)


def test_scores_of_several_words_add_up(index: LexicalIndex) -> None:
    expected = np.add(TRAINING, SUBSIDY)
    assert index.score([term(("培训", 1.0)), term(("补贴", 1.0))]) == pytest.approx(expected, rel=1e-6)


def test_of_a_word_and_its_synonyms_the_best_one_counts_in_each_passage(index: LexicalIndex) -> None:
    # 培训 itself against 0.8 times 补贴: 0.617318 or 0.908557; 0.504394 or 0; 0 or 0
    expected = [0.8 * SUBSIDY[0], TRAINING[1], 0]
    assert index.score([term(("培训", 1.0), ("补贴", 0.8))]) == pytest.approx(expected, rel=1e-6)


def test_a_phrase_is_in_the_passages_that_hold_all_its_words_and_their_impacts_add_up(index: LexicalIndex) -> None:
    """Many an official term is several words to an index (住房 公积金)."""
    expected = [0.5 * (TRAINING[0] + SUBSIDY[0]), 0, 0]
    assert index.score([term(("补贴，培训", 0.5))]) == pytest.approx(expected, rel=1e-6)
    assert index.score([term(("补贴，学徒", 0.5))]).tolist() == [0, 0, 0]  # no passage holds both
    assert index.score([term(("补贴，国务院", 0.5))]).tolist() == [0, 0, 0]


def test_a_word_that_is_in_no_passage_scores_nothing(index: LexicalIndex) -> None:
    assert index.score([term(("国务院", 1.0))]).tolist() == [0, 0, 0]
    assert index.score([]).tolist() == [0, 0, 0]


def test_the_frequency_of_a_word_counts_passages(index: LexicalIndex) -> None:
    assert [index.frequency(word) for word in ("培训", "学徒", "国务院")] == [2, 1, 0]


def test_the_opening_words_of_a_document_count_in_all_its_passages() -> None:
    document = Document("a", "", "企业 培训")
    passages = [Passage("a", "", (), 0, 2, "企业"), Passage("a", "", (), 3, 5, "培训")]
    # weighted counts: 企业 1 + 0.4, 培训 0.4; and 培训 1 + 0.4, 企业 0.4: both of length 1.8, the mean, so the
    # saturation adds 1.2 * (0.25 + 0.75) = 1.2; both words in both passages: idf = ln(1 + 0.5/2.5) = ln 1.2
    own, shared = log(1.2) * 1.4 * 2.2 / (1.4 + 1.2), log(1.2) * 0.4 * 2.2 / (0.4 + 1.2)
    index = lexical.build(passages, [document])
    assert index.score([term(("企业", 1.0))]) == pytest.approx([own, shared], rel=1e-6)


def test_what_is_read_scores_as_what_was_written(index: LexicalIndex, tmp_path: Path) -> None:
    lexical.count(PASSAGES).write(tmp_path)
    read = lexical.weigh(TermCounts.read(tmp_path))
    query = [term((word, 1.0)) for word in index.vocabulary]
    assert dict(read.vocabulary) == dict(index.vocabulary)
    assert read.score(query).tolist() == index.score(query).tolist()


def test_a_table_that_does_not_fit_its_vocabulary_is_refused(tmp_path: Path) -> None:
    lexical.count(PASSAGES).write(tmp_path)
    (tmp_path / "vocabulary.json").write_text('["培训"]', encoding="utf-8")
    with pytest.raises(ValueError, match="不一致"):
        TermCounts.read(tmp_path)


def test_no_passages_make_an_index_that_finds_nothing() -> None:
    assert lexical.build([]).score([term(("培训", 1.0))]).tolist() == []
