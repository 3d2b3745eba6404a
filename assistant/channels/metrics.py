"""``GET /metrics``: what the service does, for Prometheus; of several workers together. The one place that knows it.

With ``PROMETHEUS_MULTIPROC_DIR`` set (``settings.share_metrics``) each worker counts in files there, and whichever is
asked adds them up.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.responses import Response

from assistant.answer import Status
from assistant.channels.request_context import current
from assistant.errors import AssistantError
from assistant.settings import metrics_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.answer import Answer, Question
    from assistant.channels.desk import Assistant, Index

PATH = "/metrics"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the buckets of latency."""
_METHODS = {"GET", "POST", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH"}


@dataclass(frozen=True, slots=True)
class Event:
    """How an event from inside is counted: the name of its metric, what it tells, its labels; ``is_time``: in seconds."""

    metric: str
    told: str
    labels: tuple[str, ...] = ()
    is_time: bool = False


EVENTS = {
    "model_tokens": Event("policy_model_tokens", "Tokens of the language model", ("direction", "estimated")),
    "model_seconds": Event("policy_model_seconds", "Seconds of the language model", ("stage",), is_time=True),
    "model_faults": Event("policy_model_faults", "Requests to the language model that failed", ("kind",)),
    "model_retries": Event("policy_model_retries", "Requests to the language model that were made again", ("kind",)),
    "model_refused": Event("policy_model_refused", "Requests that were not made because the model kept failing"),
    "sentences": Event("policy_sentences", "Sentences of the language model, kept or removed", ("verdict",)),
    "fallbacks": Event("policy_fallbacks", "Answers in the documents' words in place of the model's", ("cause",)),
    "answer_cache": Event("policy_answer_cache", "Answers found in the cache, or not", ("result",)),
}
"""Events that are expected; others are counted by name alone."""
_UPSTREAM = {"model_faults": "model"}


class Metrics:
    """The figures of one application in one process."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # they double everything and tell little
        own = CollectorRegistry()
        self._registry = own
        self._requests = Counter(
            "policy_http_requests", "Requests served", ("channel", "method", "status"), registry=own
        )
        self._request_seconds = Histogram(
            "policy_http_request_seconds",
            "Seconds until a response was sent",
            ("channel",),
            registry=own,
            buckets=SECONDS,
        )
        self._answers = Counter("policy_answers", "Answers, by how they ended", ("channel", "status"), registry=own)
        self._answer_seconds = Histogram(
            "policy_answer_seconds", "Seconds to work an answer out", ("channel",), registry=own, buckets=SECONDS
        )
        self._misses = Counter(
            "policy_retrieval_misses", "Questions in scope that the documents do not tell", ("channel",), registry=own
        )
        self._faults = Counter(
            "policy_upstream_faults", "Calls to other services that failed", ("upstream",), registry=own
        )
        self._other = Counter("policy_events", "Other things that happened inside", ("name",), registry=own)
        self._events = {name: self._made(event) for name, event in EVENTS.items()}
        self._up = Gauge("policy_workers", "Workers that serve", registry=own, multiprocess_mode="livesum")
        self._up.set(1)

    def served(self, channel: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(channel, method if method in _METHODS else "other", str(status)).inc()
        self._request_seconds.labels(channel).observe(seconds)

    def answered(self, channel: str, answer: Answer, seconds: float) -> None:
        """Count one answer."""
        self._answers.labels(channel, answer.status.value).inc()
        self._answer_seconds.labels(channel).observe(seconds)
        if answer.status is Status.NOT_FOUND:
            self._misses.labels(channel).inc()

    def failed(self, channel: str, seconds: float) -> None:
        """Count an answer that ended in an error."""
        self._answers.labels(channel, "error").inc()
        self._answer_seconds.labels(channel).observe(seconds)

    def upstream_fault(self, upstream: str) -> None:
        """Count a call to another service that failed."""
        self._faults.labels(upstream).inc()

    def observe(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Take an event from inside, as whoever tells them calls it; an unknown one is counted by its name."""
        if name in _UPSTREAM:
            self.upstream_fault(_UPSTREAM[name])
        event, metric = EVENTS.get(name), self._events.get(name)
        if event is None or metric is None:
            self._other.labels(name).inc(max(value, 0.0))
            return
        one = metric.labels(*(labels.get(label, "") for label in event.labels)) if event.labels else metric
        if isinstance(one, Histogram):
            one.observe(value)
        else:
            one.inc(max(value, 0.0))

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them, of every worker where there are several."""
        registry = self._registry
        if metrics_folder():
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def _made(self, event: Event) -> Counter | Histogram:
        if event.is_time:
            return Histogram(event.metric, event.told, event.labels, registry=self._registry, buckets=SECONDS)
        return Counter(event.metric, event.told, event.labels, registry=self._registry)


class Counted:
    """An assistant whose answers are counted, under a channel or else under that of the request."""

    def __init__(self, assistant: Assistant, metrics: Metrics, channel: str | None = None) -> None:
        self._assistant = assistant
        self._metrics = metrics
        self._channel = channel

    @property
    def index(self) -> Index:
        """The documents that answers rest on."""
        return self._assistant.index

    def ask(self, question: Question) -> Answer:
        """Answer a question."""
        channel, started = self._channel or current().channel, time.perf_counter()
        answer: Answer | None = None
        try:
            answer = self._assistant.ask(question)
        finally:
            seconds = time.perf_counter() - started
            if answer is None:
                self._metrics.failed(channel, seconds)
            else:
                self._metrics.answered(channel, answer, seconds)
        return answer


def routes(metrics: Metrics) -> APIRouter:
    """Return the route."""
    router = APIRouter()

    @router.get(PATH, summary="Figures for Prometheus", response_class=Response)
    def told() -> Response:
        try:
            text = metrics.text()
        except (OSError, ValueError) as error:  # a worker has just died over its file
            raise AssistantError("指标暂时读不出来。") from error
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    return router


def worker_gone(process: int) -> None:
    """Count a worker no longer among those that serve."""
    if metrics_folder():
        mark_process_dead(process)  # type: ignore[no-untyped-call]
