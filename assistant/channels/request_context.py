"""What is known of the request that is being served: its id, the channel it came by, the language of its reader."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

PAGE = "page"
OPERATION = "operation"
_CHANNELS = (
    ("/api/ask/stream", "stream"),
    ("/api/", "api"),
    ("/v1/", "openai"),
    ("/mcp", "mcp"),
    ("/wechat", "wechat"),
    ("/wecom", "wecom"),
    ("/healthz", OPERATION),
    ("/readyz", OPERATION),
    ("/metrics", OPERATION),
)
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_LANGUAGE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request. ``id`` is the caller's own where it is harmless; ``english``: the reader prefers it to Chinese."""

    id: str = ""
    channel: str = PAGE
    english: bool = False


_NONE = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request", default=_NONE)


def current() -> RequestContext:
    """Return the request that this code serves; outside of one an empty one of the page, whose engine has its own."""
    return _current.get()


def enter(context: RequestContext) -> None:
    """Serve a request from here on; every request is a task with a context of its own, so that none must be left."""
    _current.set(context)


def request_id(given: str | None) -> str:
    """Return the id of a request: what the caller gave, where nothing in it can be mistaken, else a new one."""
    return given if given is not None and _ID.fullmatch(given) else secrets.token_hex(16)


def channel(path: str) -> str:
    """Return the channel that a path belongs to."""
    return next((name for start, name in _CHANNELS if path.startswith(start)), PAGE)


def prefers_english(header: str | None) -> bool:
    """Tell whether an ``Accept-Language`` puts English before Chinese; of equals the first counts."""
    best: dict[str, float] = {"en": 0.0, "zh": 0.0}
    order: list[str] = []
    for part in (header or "").split(","):
        found = _LANGUAGE.fullmatch(part)
        name = found[1].lower() if found else ""
        if found and name in best:
            best[name] = max(best[name], float(found[2] or 1))
            order.append(name)
    if best["en"] == best["zh"]:
        return bool(order) and order[0] == "en" and best["en"] > 0
    return best["en"] > best["zh"]
