"""What goes in and what comes out: the checks on a question, the public shape of an answer."""

from __future__ import annotations

import dataclasses
import json

import pytest

from assistant.answer import MAX_QUESTION_CHARACTERS, Answer, Citation, Question, Retrieved, Status, Turn
from assistant.errors import QuestionError

CITATION = Citation("甲.txt", "甲办法", 3, 8, "补贴五千。", ("一、标准",))


def test_a_question_of_2000_characters_is_taken_and_one_more_is_refused_with_the_limit_named() -> None:
    assert MAX_QUESTION_CHARACTERS == 2_000
    assert len(Question.of("问" * 2_000).text) == 2_000
    with pytest.raises(QuestionError, match=r"2001.*2000"):
        Question.of("问" * 2_001)


def test_the_limit_counts_characters_not_bytes() -> None:
    assert Question.of("补" * 2_000).text == "补" * 2_000


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000\u3000", "\0", "\0 \0"])
def test_an_empty_or_blank_question_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(QuestionError, match="例如"):
        Question.of(text)


@pytest.mark.parametrize("value", [None, 7, 1.5, True, b"text", ["text"], {"question": "text"}])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(QuestionError, match="文字"):
        Question.of(value)


@pytest.mark.parametrize("text", ["？！……", "😀", "\x01\x02", "\udcff\udcfe", "\u200b"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(QuestionError):
        Question.of(text)


def test_every_refusal_is_one_line_in_chinese() -> None:
    for value in ("", "问" * 100_000, None):
        with pytest.raises(QuestionError) as caught:
            Question.of(value)
        message = str(caught.value)
        assert "\n" not in message
        assert len(message) < 100
        assert any("\u4e00" <= letter <= "\u9fff" for letter in message)


@pytest.mark.parametrize("text", ["补贴\ud800标准", "\udfff补贴", "补贴\udcff\udcfe"])
def test_lone_surrogates_are_replaced_so_that_a_question_can_be_encoded(text: str) -> None:
    question = Question.of(text)
    assert "补贴" in question.text
    question.text.encode("utf-8")


def test_nul_is_replaced_by_a_space() -> None:
    assert Question.of("补贴\0标准").text == "补贴 标准"


def test_ordinary_text_is_left_as_it_is() -> None:
    text = "  2018年，《意见》是谁印发的？😀 "
    assert Question.of(text).text == text


def test_a_question_keeps_its_conversation() -> None:
    turns = (Turn("甲？", Answer("1", Status.ANSWERED, "甲")),)
    question = Question.of("乙？", turns, "c1")
    assert (question.history, question.conversation_id) == (turns, "c1")
    assert question.with_history(()).history == ()
    assert question.history == turns


def test_answers_and_questions_are_frozen() -> None:
    for value, field in ((Question("甲"), "text"), (Answer("1", Status.ANSWERED, "甲"), "answer"), (CITATION, "quote")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field, "乙")


def test_the_json_shape_is_exactly_that_of_the_contract() -> None:
    answer = Answer(
        "a1",
        Status.PARTIAL,
        "补贴五千[1]。",
        citations=(CITATION,),
        related=(CITATION,),
        retrieved=(Retrieved("甲.txt", 0, 8, "标准：补贴五千。", 0.75),),
        suggestions=("谁可以申请？",),
        conversation_id="c1",
        latency_ms=1.5,
        question="补贴多少？",
    )
    cited = {"doc_id": "甲.txt", "title": "甲办法", "start": 3, "end": 8, "quote": "补贴五千。"}
    assert answer.to_json() == {
        "id": "a1",
        "status": "partial",
        "answer": "补贴五千[1]。",
        "citations": [cited],
        "related": [cited],
        "retrieved": [{"doc_id": "甲.txt", "start": 0, "end": 8, "text": "标准：补贴五千。", "score": 0.75}],
        "suggestions": ["谁可以申请？"],
        "conversation_id": "c1",
        "latency_ms": 1.5,
        "error": None,
    }


def test_an_answer_without_a_conversation_says_null() -> None:
    shown = json.loads(json.dumps(Answer("a1", Status.FAILED, "", error="模型超时").to_json()))
    assert shown["conversation_id"] is None
    assert shown["error"] == "模型超时"
    assert shown["citations"] == shown["related"] == shown["retrieved"] == shown["suggestions"] == []


def test_the_statuses_are_those_of_the_contract() -> None:
    assert {status.value for status in Status} == {
        "answered", "partial", "not_found", "out_of_scope", "small_talk", "refused", "clarify", "failed",
    }  # fmt: skip
