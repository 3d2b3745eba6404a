"""Spans of OpenTelemetry: a tree for each answer, none of what is said, and nothing imported without them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from assistant import telemetry, tracing
from assistant.answer import Question

ROOT = Path(__file__).parents[2]
QUESTION = "2017年出台了什么文件？"
RIGHT = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》[1]。"


@pytest.fixture
def spans() -> Iterator[Callable[[], dict[str, Any]]]:
    """The spans that have ended, by name."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.install(provider.get_tracer("test"))
    yield lambda: {span.name: span for span in exporter.get_finished_spans()}
    tracing.install(None)


def test_each_step_is_a_span_of_its_answer(spans: Callable[[], dict[str, Any]], bundled: Any) -> None:
    bundled.ask(Question.of(QUESTION))
    told = spans()
    assert list(told) == ["understanding", "retrieving", "reading", "checking", "answer"], "in the order they end"
    whole = told["answer"]
    assert whole.attributes == {"status": "answered", "citations": 1}
    assert all(told[name].parent.span_id == whole.context.span_id for name in list(told)[:-1])
    assert all(span.end_time >= span.start_time for span in told.values())


def test_a_request_to_the_model_is_a_span_with_its_tokens(
    spans: Callable[[], dict[str, Any]], upstream: Any, protocol: Any, answering: Callable[..., Any]
) -> None:
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n{RIGHT}", usage=(1234, 56))
    answering(upstream.url).ask(Question.of(QUESTION))
    model = spans()["model"]
    assert model.parent.span_id == spans()["answer"].context.span_id
    assert dict(model.attributes) == {
        "purpose": "answer", "passages": 10, "tokens_in": 1234, "tokens_out": 56, "estimated": "false",
    }  # fmt: skip
    assert "出台" not in str([dict(span.attributes) for span in spans().values()]), "no word of the question"


def test_what_an_answer_costs_is_logged_and_counted(
    upstream: Any, protocol: Any, answering: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[tuple[str, float, str]] = []

    def listen(name: str, value: float, labels: dict[str, str]) -> None:
        assert tuple(labels) == telemetry.EVENTS[name]
        heard.append((name, value, ",".join(labels.values())))

    caplog.set_level("INFO", logger="assistant.generate")
    telemetry.subscribe(listen)
    upstream.plays.extend([protocol.Play(f"RESULT: answered\n{RIGHT}", usage=(1234, 56)),
                           protocol.Play(f"RESULT: answered\n{RIGHT}", usage=None)])  # fmt: skip
    assistant = answering(upstream.url)
    assistant.ask(Question.of(QUESTION))
    assistant.ask(Question.of(QUESTION))
    telemetry.unsubscribe(listen)
    tokens = [row for row in heard if row[0] == "model_tokens"]
    assert tokens[:2] == [("model_tokens", 1234, "in,false"), ("model_tokens", 56, "out,false")]
    assert tokens[2][2] == "in,true"
    assert 500 < tokens[2][1] < 5000, "estimated where the server does not tell"
    assert ("sentences", 1.0, "kept") in heard
    assert "1234 tokens in, 56 out" in caplog.text
    assert "(estimated)" in caplog.text


def test_without_it_nothing_of_it_is_loaded() -> None:
    program = (
        "import sys, assistant.tracing, assistant.steps, assistant.upstream; print('opentelemetry' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_started_it_sends_to_the_address(upstream: Any) -> None:
    """By the exporter of OpenTelemetry, to /v1/traces; the server here takes it for a request it cannot read."""
    try:
        tracing.start(upstream.url.removesuffix("/v1"))
        assert tracing._tracer is not None
    finally:
        tracing.install(None)
