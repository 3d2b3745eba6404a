"""Spans of OpenTelemetry for an answer and each of its steps: off, and nothing of it imported, unless it is started.

``answer`` is the whole, with its status and number of citations; below it are the steps as ``steps`` names them, and
``model`` with tokens for each request. No span holds what was asked or answered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from assistant.errors import SettingsError

SERVICE = "policy-assistant"
_tracer: Any = None
_step: ContextVar[Any] = ContextVar("step", default=None)
_whole: ContextVar[Any] = ContextVar("whole", default=None)


def install(tracer: Any) -> None:
    """Make spans with a tracer of OpenTelemetry from now on; None makes none."""
    global _tracer  # noqa: PLW0603  # the one tracer of the process
    _tracer = tracer


def start(address: str) -> None:
    """Send spans to an address (OTLP over HTTP, e.g. http://localhost:4318); raises SettingsError without the packages."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise SettingsError("设置了 POLICY_TRACING，还需要安装：pip install -e '.[tracing]'") from None
    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}))
    endpoint = address if address.rstrip("/").endswith("/v1/traces") else f"{address.rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    install(provider.get_tracer(SERVICE))


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Make the span of an answer, and end that of its last step with it."""
    if _tracer is None:
        yield
        return
    with _tracer.start_as_current_span("answer") as whole:
        outer, inner = _whole.set(whole), _step.set(None)
        step("understanding")
        try:
            yield
        finally:
            _end()
            _step.reset(inner)
            _whole.reset(outer)


def step(name: str) -> None:
    """End the span of the step before and begin another, inside of an answer."""
    if _tracer is None or _whole.get() is None:
        return
    _end()
    _step.set(_tracer.start_span(name))


def _end() -> None:
    before = _step.get()
    if before is not None:
        before.end()
        _step.set(None)


def noted(**attributes: str | float | bool) -> None:
    """Add attributes to the span of the answer."""
    whole = _whole.get()
    if whole is not None:
        whole.set_attributes(attributes)


@contextlib.contextmanager
def span(name: str, **attributes: str | float | bool) -> Iterator[Any]:
    """Make a span of its own below the answer; yields it, or None where none are made."""
    if _tracer is None or _whole.get() is None:
        yield None
        return
    with _tracer.start_as_current_span(name, attributes=attributes) as made:
        yield made
