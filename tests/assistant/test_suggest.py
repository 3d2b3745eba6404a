"""What else one might ask: questions that the documents answer and the answer given does not."""

from __future__ import annotations

import pytest

from assistant.answer import Question, Status
from assistant.draft import Draft, Statement
from assistant.evidence import Sentence
from assistant.service import Assistant
from assistant.suggest import suggestions
from assistant.understand import understand
from knowledge.document import Hit, Passage

QUESTIONS = ["哪些人属于重点群体？", "2018年国务院印发了什么文件？", "重点实施哪三类培训？"]


def suggested(text: str, question: str = "补贴标准是多少？", said: str = "8000元") -> tuple[str, ...]:
    evidence = Sentence("d", "", (), 0, len(text), text, "", 1.0)
    hit = Hit(Passage("d", "", (), 0, len(text), text), 1.0)
    return suggestions(understand(question), Draft((Statement(said, (evidence,)),)), [hit])


def test_a_list_that_was_read_is_suggested() -> None:
    assert suggested("明确了三项任务，包括甲、乙、丙。") == ("三项任务是哪些？",)


def test_a_document_that_was_read_is_suggested_for_its_date_or_its_body() -> None:
    assert suggested("2019年，水利部印发《节水办法》。") == ("《节水办法》是什么时候印发的？",)
    assert suggested("水利部印发《节水办法》。") == ("《节水办法》是由谁印发的？",)


def test_what_was_asked_or_said_is_not_suggested() -> None:
    assert suggested("明确了三项任务，包括甲、乙、丙。", question="三项任务是哪些？") == ()
    assert suggested("2019年，水利部印发《节水办法》。", said="2019年水利部印发《节水办法》") == ()


def test_nothing_is_suggested_where_nothing_lends_itself() -> None:
    assert suggested("补贴标准为每户8000元。") == ()


@pytest.mark.parametrize("text", QUESTIONS)
def test_there_are_at_most_three_each_once_and_none_is_the_question(bundled: Assistant, text: str) -> None:
    found = bundled.ask(Question.of(text)).suggestions
    assert len(found) <= 3
    assert len(set(found)) == len(found)
    assert text not in found


@pytest.mark.parametrize("text", QUESTIONS)
def test_every_suggestion_is_answered_when_it_is_asked(bundled: Assistant, text: str) -> None:
    for suggestion in bundled.ask(Question.of(text)).suggestions:
        assert bundled.ask(Question.of(suggestion)).status in {Status.ANSWERED, Status.PARTIAL}, suggestion


def test_small_talk_and_refusals_suggest_no_question_that_fails(bundled: Assistant) -> None:
    for text in ("你好", "今晚吃什么？", "湖北的补贴标准是多少？"):
        for suggestion in bundled.ask(Question.of(text)).suggestions:
            assert bundled.ask(Question.of(suggestion)).status is Status.ANSWERED
