"""Everything that a language model's server can do wrong, played over HTTP by a server of the tests' own."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assistant import telemetry
from assistant.answer import Answer, Question, Status
from assistant.breaker import Breaker
from assistant.generate import INTERRUPTED, UNAVAILABLE, ModelWriter
from assistant.service import Assistant
from assistant.steps import Sentence, heard_by

Answering = Callable[..., Assistant]
QUESTION = "2018年国务院印发了什么文件？"
FIRST = "2018年，国务院印发《关于推行终身职业技能培训制度的意见》"
SECOND = "同年，中共中央办公厅、国务院办公厅印发《关于提高技术工人待遇的意见》"
GOOD = f"RESULT: answered\n{FIRST} [1]。{SECOND} [1]。"


@pytest.fixture
def events() -> Iterator[list[tuple[str, str]]]:
    """What is counted meanwhile: (name, first label)."""
    heard: list[tuple[str, str]] = []

    def listen(name: str, value: float, labels: dict[str, str]) -> None:
        heard.append((name, next(iter(labels.values()), "")))

    telemetry.subscribe(listen)
    yield heard
    telemetry.unsubscribe(listen)


def asked(assistant: Assistant, question: str = QUESTION) -> tuple[Answer, list[str], float]:
    """Ask; return the answer, the sentences that were shown meanwhile, and the seconds it took."""
    shown: list[str] = []
    started = time.monotonic()
    with heard_by(lambda event: shown.append(event.text) if isinstance(event, Sentence) else None):
        answer = assistant.ask(Question.of(question))
    return answer, shown, time.monotonic() - started


def assert_extractive(answer: Answer, shown: list[str]) -> None:
    """The extractive answer with a note below it, nothing of the model's, and no word of the fault."""
    assert shown == []
    assert answer.status is Status.ANSWERED
    assert "《关于推行终身职业技能培训制度的意见》" in answer.answer
    assert answer.answer.endswith(UNAVAILABLE)
    assert answer.citations
    assert answer.error is None
    assert "geheim" not in json.dumps(answer.to_json())


def test_an_answer_is_shown_sentence_by_sentence(upstream: Any, protocol: Any, answering: Answering) -> None:
    upstream.reply = lambda _: protocol.Play(GOOD)
    answer, shown, _ = asked(answering(upstream.url))
    assert answer.status is Status.ANSWERED
    assert shown == [f"{FIRST}[1]。", f"{SECOND}[1]。"]
    assert answer.answer == "".join(shown)
    assert [citation.quote[:11] for citation in answer.citations] == ["2018年,国务院印发"]


BODY = b'{"object": "list", "data": []}'
FAULTS: dict[str, tuple[str, dict[str, Any], str, float]] = {
    # name: how it is played, the fault that is counted, and the most seconds it may take
    "hangs before the head": ("play", {"before_head": 30}, "timeout", 2.0),
    "hangs before the words": ("play", {"text": GOOD, "before_words": 30}, "timeout", 2.0),
    "sends comments in place of words": ("play", {"text": GOOD, "before_words": 30, "keepalive": 0.1}, "timeout", 2.0),
    "drips": ("play", {"text": "RESULT: answered\n" + "慢" * 100, "size": 1, "between": 0.3}, "timeout", 3.0),
    "never ends, in one line": ("play", {"text": "很长" * 500, "size": 1000, "endless": True}, "too_long", 2.0),
    "ends before the first word": ("play", {"text": "", "cut": True}, "broken", 1.0),
    "says nothing": ("play", {"text": ""}, "empty", 1.0),
    "sends no content": ("play", {"deltas": [{"content": None}]}, "empty", 1.0),
    "calls a tool": (
        "play",
        {"deltas": [{"tool_calls": [{"index": 0, "id": "1", "function": {"name": "f", "arguments": "{}"}}]}],
         "finish": "tool_calls"},
        "malformed",
        1.0,
    ),
    "sends a page": ("play", {"raw": "<html>登录</html>".encode(), "content_type": "text/html"}, "malformed", 1.0),
    "sends a page as events": ("play", {"raw": b"<html>x</html>", "content_type": "text/event-stream"}, "", 1.0),
    "sends bad JSON": ("play", {"raw": b'data: {"id": "x", \n\n', "content_type": "text/event-stream"}, "malformed", 1.0),
    "sends another object": ("play", {"raw": BODY}, "", 1.0),
    "sends choices that are empty": (
        "play", {"raw": b'data: {"id": "x", "choices": []}\n\ndata: [DONE]\n\n', "content_type": "text/event-stream"},
        "empty", 1.0,
    ),
    "sends a plain completion": ("play", {"raw": b'{"choices": [{"message": {"content": "x"}}]}'}, "", 1.0),
    "sends an image": ("play", {"raw": b"\x89PNG\r\n", "content_type": "image/png"}, "malformed", 1.0),
    "sends one line of many megabytes": (
        "play", {"raw": b"data: " + b"x" * 9_000_000, "content_type": "text/event-stream"}, "malformed", 2.0,
    ),
    "sends an error as an event": (
        "play", {"raw": b'data: {"error": {"message": "boom"}}\n\n', "content_type": "text/event-stream"},
        "server_error", 1.0,
    ),
    "does not know the key": ("play", {"status": 401}, "unauthorized", 1.0),
    "does not know the model": ("play", {"status": 404}, "rejected", 1.0),
    "finds the prompt too long": ("play", {"status": 400}, "rejected", 1.0),
    "has an hour of patience to ask for": ("play", {"status": 429, "headers": {"Retry-After": "3600"}}, "rate_limited", 1.0),
    "is out of order": ("play", {"status": 500}, "server_error", 1.0),
    "refuses connections": ("nobody_listens", {}, "unreachable", 1.0),
    "does not take connections": ("nobody_accepts", {}, "timeout", 2.0),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_model_that_fails_before_anything_is_shown_leaves_the_extractive_answer(
    name: str,
    upstream: Any,
    protocol: Any,
    answering: Answering,
    events: list[tuple[str, str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    how, parts, fault, bound = FAULTS[name]
    if how == "play":
        upstream.reply = lambda _: protocol.Play(**parts)
        answer, shown, seconds = asked(answering(upstream.url))
    else:
        with getattr(protocol, how)() as url:
            answer, shown, seconds = asked(answering(url))
    assert_extractive(answer, shown)
    assert seconds < bound + 1.0, "time bound, and a second for a machine that is busy"
    kinds = [kind for event, kind in events if event == "model_faults"]
    assert len(kinds) == 1
    assert not fault or kinds == [fault]
    assert ("fallbacks", kinds[0]) in events
    told = [record for record in caplog.records if record.name == "assistant.upstream"]
    assert len(told) == 1
    assert "大模型" in told[0].getMessage()
    assert "geheim" not in caplog.text


def test_a_wrong_key_is_told_to_the_operator_by_the_name_of_its_setting(
    upstream: Any, protocol: Any, answering: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.reply = lambda _: protocol.Play(status=401)
    asked(answering(upstream.url))
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "POLICY_LLM_API_KEY" in record.getMessage()


@pytest.mark.parametrize(
    "parts",
    [
        {"cut": True},
        {"finish": None},
        {"finish": None, "done": False},
        {"finish": "length"},
        {"finish": None, "before_words": 0, "between": 0.25, "size": 12},  # drips past the deadline
    ],
)
def test_a_model_that_fails_after_sentences_were_shown_leaves_them_as_a_partial_answer(
    parts: dict[str, Any], upstream: Any, protocol: Any, answering: Answering, events: list[tuple[str, str]]
) -> None:
    text = GOOD if "between" not in parts else "RESULT: answered\n" + FIRST + " [1]。" + "还有" * 100
    upstream.reply = lambda _: protocol.Play(text, **{"size": 30, **parts})
    limits = {"llm_timeout": 2.5} if "between" in parts else {}
    answer, shown, seconds = asked(answering(upstream.url, **limits))
    assert answer.status is Status.PARTIAL
    assert shown[0] == f"{FIRST}[1]。"
    assert answer.answer.startswith(shown[0]), "what was shown stays"
    assert answer.answer.endswith(INTERRUPTED)
    assert answer.is_passing
    assert len(upstream.asked) == 1, "no second try after words were shown"
    assert seconds < 4
    assert not any(event == "fallbacks" for event, _ in events)


def test_endless_sentences_end(upstream: Any, protocol: Any, answering: Answering) -> None:
    """A model that goes on and on with what is true is stopped, and what it said stays once."""
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n{FIRST} [1]。\n", size=200, endless=True)
    answer, shown, seconds = asked(answering(upstream.url))
    assert shown == [f"{FIRST}[1]。"]
    assert answer.status is Status.PARTIAL
    assert seconds < 3
    until(lambda: upstream.asked[0].left is not None)
    assert upstream.asked[0].left is not None, "the request is closed"


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize(
    "first",
    [
        {"status": 429, "headers": {"Retry-After": "1"}},
        {"status": 500},
        {"status": 503, "headers": {"Retry-After": "0"}},
        {"text": "", "cut": True},
        {"text": ""},
    ],
)
def test_before_the_first_words_it_is_tried_again(
    first: dict[str, Any], upstream: Any, protocol: Any, answering: Answering, events: list[tuple[str, str]]
) -> None:
    upstream.plays.extend([protocol.Play(**first), protocol.Play(GOOD)])
    answer, shown, seconds = asked(answering(upstream.url, llm_retries=1, llm_timeout=8.0))
    assert answer.answer == "".join(shown) == f"{FIRST}[1]。{SECOND}[1]。"
    assert len(upstream.asked) == 2
    waited = upstream.asked[1].at - upstream.asked[0].at
    assert waited >= float(first.get("headers", {}).get("Retry-After", 0)), "Retry-After is kept"
    assert seconds < 4
    assert [event for event, _ in events].count("model_retries") == 1


def test_a_date_as_retry_after_is_no_reason_to_fail(upstream: Any, protocol: Any, answering: Answering) -> None:
    late = {"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}
    upstream.plays.extend([protocol.Play(status=429, headers=late), protocol.Play(GOOD)])
    answer, _, _ = asked(answering(upstream.url, llm_retries=1, llm_timeout=8.0))
    assert answer.status is Status.ANSWERED
    assert len(upstream.asked) == 2


def test_a_key_that_is_not_known_is_not_tried_again(upstream: Any, protocol: Any, answering: Answering) -> None:
    upstream.reply = lambda _: protocol.Play(status=401)
    asked(answering(upstream.url, llm_retries=5))
    assert len(upstream.asked) == 1


def test_after_failures_in_a_row_the_model_is_left_alone_for_a_while(
    upstream: Any, protocol: Any, answering: Answering, events: list[tuple[str, str]]
) -> None:
    now = [0.0]
    assistant = answering(upstream.url)
    assert isinstance(assistant._writer, ModelWriter)
    assistant._writer._upstream.breaker = Breaker(3, 30.0, lambda: now[0])
    upstream.reply = lambda _: protocol.Play(status=500)
    for _ in range(5):
        assert_extractive(*asked(assistant)[:2])
    assert len(upstream.asked) == 3, "the fourth and the fifth are not sent"
    assert [event for event, _ in events].count("model_refused") == 2
    now[0] = 31.0
    upstream.reply = lambda _: protocol.Play(GOOD)
    assert asked(assistant)[0].answer.startswith(FIRST), "one tries, and it is well again"
    assert asked(assistant)[0].answer.startswith(FIRST)


def test_half_open_one_request_tries_at_a_time() -> None:
    now = [0.0]
    breaker = Breaker(2, 30.0, lambda: now[0])
    assert (breaker.failed(), breaker.failed()) == (False, True)
    assert not breaker.allows()
    now[0] = 30.0
    assert breaker.allows()
    assert not breaker.allows(), "the other waits for what the first finds"
    assert breaker.failed(), "it fails: closed for another while"
    assert not breaker.allows()
    now[0] = 60.0
    assert breaker.allows()
    breaker.abandoned()
    assert breaker.allows(), "the one that tried was given up; another may"
    breaker.succeeded()
    assert breaker.allows()


def test_a_server_that_asks_for_time_gets_it_up_to_five_minutes() -> None:
    now = [0.0]
    breaker = Breaker(5, 30.0, lambda: now[0])
    breaker.failed(retry_after=3600.0)
    assert not breaker.allows()
    now[0] = 300.0
    assert breaker.allows()


class LeavesError(Exception):
    """The client has gone."""


@pytest.mark.parametrize(("parts", "hears"), [({"before_words": 20}, 3), ({"between": 0.02, "endless": True}, 6)])
def test_whoever_leaves_ends_the_request_at_once(
    parts: dict[str, Any], hears: int, upstream: Any, protocol: Any, answering: Answering
) -> None:
    """Also while the next word is waited for."""
    upstream.reply = lambda _: protocol.Play("慢慢说", **parts)
    assistant = answering(upstream.url, llm_first_token_timeout=30, llm_timeout=60)
    left = [0.0]

    def leaving(event: object) -> None:
        if upstream.asked and time.monotonic() - upstream.asked[0].at > 0.3:
            left[0] = left[0] or time.monotonic()
            raise LeavesError

    with heard_by(leaving), pytest.raises(LeavesError):
        assistant.ask(Question.of(QUESTION))
    until(lambda: upstream.asked[0].left is not None)
    assert upstream.asked[0].left - left[0] < 0.5
    upstream.reply = lambda _: protocol.Play(GOOD)
    assert asked(assistant)[0].status is Status.ANSWERED, "the next one is answered"
