"""What /metrics tells, read by Prometheus's own parser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from assistant.answer import Status
from assistant.channels.metrics import EVENTS, Metrics
from assistant.errors import AssistantError

Samples = "Mapping[tuple[str, ...], float]"


def read(text: str) -> dict[tuple[str, ...], float]:
    """Return every sample by its name and the values of its labels in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_and_answers_are_counted_by_channel_and_status(fresh: tuple[Any, str]) -> None:
    assistant, address = fresh
    body = {"question": "2018年国务院印发了什么文件？"}
    httpx.post(f"{address}/api/ask", json=body)
    httpx.post(f"{address}/api/ask/stream", json=body)
    chat = {"model": "policy-assistant", "messages": [{"role": "user", "content": "问题"}]}
    httpx.post(f"{address}/v1/chat/completions", json=chat)
    httpx.post(f"{address}/api/ask", json={"question": ""})
    assistant.reply = lambda question: replace(assistant.cited(question), status=Status.NOT_FOUND, citations=())
    httpx.post(f"{address}/api/ask", json=body)

    def fail(_: object) -> None:
        raise AssistantError("故障")

    assistant.reply = fail
    httpx.post(f"{address}/api/ask", json=body)
    told = read(httpx.get(f"{address}/metrics").text)
    assert told["policy_http_requests_total", "api", "POST", "200"] == 2
    assert told["policy_http_requests_total", "api", "POST", "400"] == 1
    assert told["policy_http_requests_total", "api", "POST", "503"] == 1
    assert told["policy_http_requests_total", "stream", "POST", "200"] == 1
    assert told["policy_answers_total", "api", "answered"] == 1
    assert told["policy_answers_total", "stream", "answered"] == 1
    assert told["policy_answers_total", "openai", "answered"] == 1
    assert told["policy_answers_total", "api", "error"] == 1
    assert told["policy_retrieval_misses_total", "api"] == 1
    assert told["policy_answer_seconds_count", "api"] == 3
    assert told["policy_http_request_seconds_count", "api"] == 4


def test_events_from_inside_are_counted_and_unknown_ones_by_their_name() -> None:
    metrics = Metrics()
    metrics.observe("model_tokens", 120.0, {"direction": "in", "estimated": "true"})
    metrics.observe("model_tokens", 30.0, {"direction": "in", "estimated": "true"})
    metrics.observe("model_seconds", 0.7, {"stage": "whole"})
    metrics.observe("model_faults", 1.0, {"kind": "timeout"})
    metrics.observe("model_refused", 1.0, {})
    metrics.observe("answer_cache", 1.0, {"result": "hit"})
    metrics.observe("something_new", 2.0, {"any": "label"})
    told = read(metrics.text().decode())
    assert told["policy_model_tokens_total", "in", "true"] == 150
    assert told["policy_model_seconds_count", "whole"] == 1
    assert told["policy_model_faults_total", "timeout"] == 1
    assert told["policy_upstream_faults_total", "model"] == 1
    assert told["policy_model_refused_total",] == 1
    assert told["policy_answer_cache_total", "hit"] == 1
    assert told["policy_events_total", "something_new"] == 2


@pytest.mark.parametrize("name", list(EVENTS))
def test_an_event_without_its_labels_is_counted_too(name: str) -> None:
    metrics = Metrics()
    metrics.observe(name, 1.0, {})
    assert metrics.text()


def test_odd_methods_and_paths_make_no_new_series(fresh: tuple[Any, str]) -> None:
    _, address = fresh
    for number, method in enumerate(("PROPFIND", "LOCK", "REPORT")):
        assert httpx.request(method, f"{address}/api/documents/{number}").status_code == 405
    told = read(httpx.get(f"{address}/metrics").text)
    assert told["policy_http_requests_total", "api", "other", "405"] == 3
