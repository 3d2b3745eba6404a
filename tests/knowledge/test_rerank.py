"""Two stages weighed against each other, by hand; and what a reader says of a passage's answering."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.document import Hit, Passage
from knowledge.rerank import READ, Judgement, Reader, reread, weighed


class Reading:
    """A reader with known judgements: the more digits a text has, the nearer, and told where it has any."""

    def __init__(self, share: float, *, tells: bool = True) -> None:
        self.share = share
        self.tells = tells
        self.read: list[str] = []

    def judge(self, question: str, passages: Sequence[str]) -> Judgement:
        self.read += passages
        digits = np.array([sum(map(str.isdigit, text)) for text in passages], dtype=np.float32)
        return Judgement(digits, np.minimum(digits, 1))

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        return self.judge(question, passages).near


def hits(*texts: str) -> list[Hit]:
    scores = np.linspace(0.9, 0.5, len(texts))
    rows = enumerate(zip(texts, scores, strict=True))
    return [Hit(Passage(str(row), "标题", (), 0, len(text), text), float(score)) for row, (text, score) in rows]


@pytest.mark.parametrize(
    ("share", "wanted"),
    [
        (0.0, [1.0, 0.5, 0.0]),  # the first stage alone: 0.9, 0.7, 0.5 moved to 1, 0.5, 0
        (1.0, [0.0, 0.25, 1.0]),  # the second alone: -2, -1, 2 moved to 0, 0.25, 1
        (0.4, [0.6, 0.4, 0.4]),  # 0.6 * 1; 0.6 * 0.5 + 0.4 * 0.25; 0.4 * 1
    ],
)
def test_scores_are_moved_to_one_span_and_weighed(share: float, wanted: list[float]) -> None:
    first, near = np.array([0.9, 0.7, 0.5], dtype=np.float32), np.array([-2, -1, 2], dtype=np.float32)
    assert weighed(first, near, share).tolist() == pytest.approx(wanted, abs=1e-6)


def test_the_second_stage_reorders_and_each_place_keeps_its_score() -> None:
    """At a share of 0.7 the third text, with most digits, has 0.7 and the first 0.3: third, second (0.15 + 0.35), first."""
    found = reread(Reading(0.7), "多少？", hits("无", "一1", "二22"))
    assert [hit.passage.text for hit in found] == ["二22", "一1", "无"]
    assert [hit.score for hit in found] == pytest.approx([0.9, 0.7, 0.5])
    assert [hit.answers for hit in found] == [1.0, 1.0, 0.0]


def test_only_the_best_are_read_with_their_titles_and_the_rest_stay_behind() -> None:
    reader = Reading(1.0)
    texts = ["无"] * READ + ["999"]
    found = reread(reader, "多少？", hits(*texts))
    assert reader.read == ["标题\n无"] * READ
    assert found[-1].passage.text == "999"
    assert found[-1].answers is None


def test_a_reader_that_does_not_tell_leaves_it_open() -> None:
    assert [hit.answers for hit in reread(Reading(0.5, tells=False), "多少？", hits("1", "无"))] == [None, None]
    assert reread(Reading(0.5), "多少？", []) == []
    assert isinstance(Reading(0.5), Reader)
