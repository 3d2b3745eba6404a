"""Answers that were given already: by question, index and settings, never in a conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answer import Answer, Question, Status, Turn
from assistant.answer_cache import AnswerCache, normalised


class Counting:
    """Answers with a number, and counts."""

    def __init__(self, **parts: object) -> None:
        self.asked: list[str] = []
        self._parts = parts

    def __call__(self, question: Question) -> Answer:
        self.asked.append(question.text)
        answer = Answer(f"id-{len(self.asked)}", Status.ANSWERED, f"第{len(self.asked)}次")
        return replace(answer, **self._parts)  # type: ignore[arg-type]


def test_the_same_question_is_answered_once_under_fresh_ids() -> None:
    ask, cache = Counting(), AnswerCache(8)
    answers = [
        cache.answer(Question.of(text, (), f"c{n}"), "g", ask)
        for n, text in enumerate(["补贴多少？", " 补贴多少 ", "补贴多少?"])
    ]
    assert ask.asked == ["补贴多少？"]
    assert {answer.answer for answer in answers} == {"第1次"}
    assert len({answer.id for answer in answers}) == 3
    assert [answer.conversation_id for answer in answers[1:]] == ["c1", "c2"]


def test_another_index_another_script_and_a_plain_answer_are_others() -> None:
    ask, cache = Counting(), AnswerCache(8)
    question = Question.of("补贴多少")
    for asked, generation in (
        (question, "g"),
        (question, "h"),
        (Question.of("補貼多少"), "g"),
        (question.plain(), "g"),
    ):
        cache.answer(asked, generation, ask)
    assert len(ask.asked) == 4
    assert normalised("ＡＢＣ　补贴？") == normalised("abc 补贴") != normalised("补贴 abc")


def test_in_a_conversation_nothing_is_read_or_kept() -> None:
    ask, cache = Counting(), AnswerCache(8)
    turn = Turn("甲", Answer("a", Status.ANSWERED, "乙"))
    for history in ((turn,), (turn,), (), ()):
        cache.answer(Question.of("补贴多少", history), "g", ask)
    assert len(ask.asked) == 3


@pytest.mark.parametrize(
    "parts", [{"is_passing": True}, {"status": Status.FAILED}, {"status": Status.CLARIFY}, {"error": "坏了"}]
)
def test_what_may_be_answered_otherwise_next_time_is_not_kept(parts: dict[str, object]) -> None:
    ask, cache = Counting(**parts), AnswerCache(8)
    for _ in range(2):
        cache.answer(Question.of("补贴多少"), "g", ask)
    assert len(ask.asked) == 2


def test_it_is_bounded_and_the_longest_unasked_goes_first() -> None:
    ask, cache = Counting(), AnswerCache(2)
    for text in ("甲", "乙", "甲", "丙", "甲", "乙"):
        cache.answer(Question.of(text), "g", ask)
    assert ask.asked == ["甲", "乙", "丙", "乙"]


def test_size_0_keeps_nothing() -> None:
    ask, cache = Counting(), AnswerCache(0)
    for _ in range(2):
        cache.answer(Question.of("甲"), "g", ask)
    assert len(ask.asked) == 2
