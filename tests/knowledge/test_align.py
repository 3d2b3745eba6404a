"""Alignment of a question's words with a passage's, on vectors and values worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge import lexical
from knowledge.align import Aligner
from knowledge.document import Passage
from knowledge.query import QueryTerm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.align import Vectors
    from knowledge.lexical import LexicalIndex

# 贷款 and 借款 at an angle whose cosine is 0.6; 租金 at a right angle to 贷款, 0.8 from 借款.
WORDS = {"贷款": ((1.0, 0.0), 2.0), "借款": ((0.6, 0.8), 2.0), "租金": ((0.0, 1.0), 1.0)}


class Few:
    """Knows three words."""

    def word_vectors(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        vectors = [WORDS.get(text, ((0.0, 0.0), 0.0))[0] for text in texts]
        weights = [WORDS.get(text, ((0.0, 0.0), 0.0))[1] for text in texts]
        return np.array(vectors, dtype=np.float32).reshape(-1, 2), np.array(weights, dtype=np.float32)


def passage(number: int, text: str) -> Passage:
    return Passage(f"d{number}", "", (), 0, len(text), text)


@pytest.fixture
def aligner() -> Aligner:
    texts = ["贷款，租金", "借款", "，。", "租金"]
    return Aligner(lexical.build([passage(number, text) for number, text in enumerate(texts)]), Few())


def term(word: str, *variants: tuple[str, float]) -> QueryTerm:
    return QueryTerm(word, 5.0, ((word, 1.0), *variants))


ALL = np.arange(4)


def test_each_word_of_the_question_counts_with_the_nearest_word_of_the_passage(aligner: Aligner) -> None:
    # 贷款 (weight 2): 1, 0.6, nothing, 0; 租金 (weight 1): 1, 0.8, nothing, 1
    # (2*1 + 1*1)/3 = 1; (2*0.6 + 1*0.8)/3 = 2/3; 0; (0 + 1)/3
    found = aligner.score([term("贷款"), term("租金")], ALL)
    assert found == pytest.approx([1.0, 2 / 3, 0.0, 1 / 3], abs=1e-6)


def test_of_a_word_and_its_synonyms_the_best_counts(aligner: Aligner) -> None:
    # 贷款: 1, 0.6, 0, 0; as 租金 at half weight: 0.5, 0.4, 0, 0.5
    assert aligner.score([term("贷款", ("租金", 0.5))], ALL) == pytest.approx([1.0, 0.6, 0.0, 0.5], abs=1e-6)


def test_a_word_the_encoder_does_not_know_is_met_by_itself_but_weighs_nothing(aligner: Aligner) -> None:
    assert aligner.score([term("别的"), term("贷款")], ALL) == pytest.approx([1.0, 0.6, 0.0, 0.0], abs=1e-6)
    assert aligner.score([term("别的")], ALL).tolist() == [0.0] * 4


def test_only_the_passages_asked_for_are_scored_in_their_order(aligner: Aligner) -> None:
    assert aligner.score([term("租金")], np.array([3, 1])) == pytest.approx([1.0, 0.8], abs=1e-6)


def test_nothing_asked_or_nowhere_is_nothing(aligner: Aligner) -> None:
    assert aligner.score([], ALL).tolist() == [0.0] * 4
    assert aligner.score([term("租金")], np.zeros(0, dtype=np.int64)).shape == (0,)


def test_an_index_without_a_single_word_is_met_by_nothing() -> None:
    found = Aligner(lexical.build([passage(0, "，。")]), Few()).score([term("租金")], np.arange(1))
    assert found.tolist() == [0.0]


class Hashed:
    """Knows every word, by a vector drawn from its characters."""

    def word_vectors(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        drawn = [np.random.default_rng([ord(character) for character in text]) for text in texts]
        vectors = np.array([random.normal(size=8) for random in drawn], dtype=np.float32).reshape(-1, 8)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors, np.array([random.uniform(1, 9) for random in drawn], dtype=np.float32)


def one_by_one(index: LexicalIndex, query: Sequence[QueryTerm], row: int) -> float:
    """The definition, word by word."""
    encoder = Hashed()
    names = sorted(index.vocabulary, key=index.vocabulary.__getitem__)
    held = [names[number] for number in index.own[index.starts[row] : index.starts[row + 1]]]
    total = weights = 0.0
    for asked in query:
        met = 0.0
        for word, share in asked.variants:
            near = encoder.word_vectors(held)[0] @ encoder.word_vectors([word])[0][0]
            met = max(met, share * (1.0 if word in held else float(np.clip(near.max(initial=0.0), 0, 1))))
        weight = float(encoder.word_vectors([asked.word])[1][0])
        total, weights = total + weight * met, weights + weight
    return total / weights


def test_the_scores_are_those_of_the_definition_worked_out_word_by_word() -> None:
    """Looked up and added up at once or one by one, and asked again, it is the same."""
    texts = [
        "创业担保贷款由银行发放",
        "失业人员可以申请补贴",
        "，。",
        "农民工参加培训，培训后领取证书",
        "企业缴纳养老保险费",
    ]
    index = lexical.build([passage(number, text) for number, text in enumerate(texts)])
    query = [term("农民工", ("失业人员", 0.8), ("工人", 0.6)), term("领取", ("发放", 0.8)), term("证书"), term("借款")]
    expected = [one_by_one(index, query, row) for row in range(len(texts))]
    fast = Aligner(index, Hashed())
    first = fast.score(query, np.arange(len(texts)))
    assert first == pytest.approx(expected, abs=1e-6)
    assert (fast.score(query, np.arange(len(texts))) == first).all()
    assert fast.score(query, np.array([3, 0])) == pytest.approx(first[[3, 0]], abs=1e-6)


def test_only_so_many_words_are_kept(monkeypatch: pytest.MonkeyPatch, aligner: Aligner) -> None:
    monkeypatch.setattr("knowledge.align._KEPT", 1)
    for word, met in (("贷款", 1.0), ("租金", 1.0), ("借款", 0.6)):
        assert aligner.score([term(word)], np.array([0])) == pytest.approx([max(met, 0.8 if word == "借款" else 0)])


def test_a_shorter_word_inside_a_long_one_does_not_count_again(aligner: Aligner) -> None:
    """贷款 inside 贷款额 would count the same stretch twice."""
    alone = aligner.score([term("贷款额", ("借款", 1.0)), term("租金")], ALL)
    assert (aligner.score([term("贷款额", ("借款", 1.0)), term("贷款"), term("租金")], ALL) == alone).all()
