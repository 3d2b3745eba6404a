"""Who may ask, and how often: keys of programs, limits by key and by address, and the load one process takes on.

A key is asked for under ``/api``, ``/v1``, ``/mcp`` and ``/metrics`` as soon as there is one. The page asks through its own
queue and needs none; what its scripts read and send under ``/api`` is let through without one when it comes from the
page itself. The bots have the platforms' signatures.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from assistant.channels.desk import RETRY_AFTER
from assistant.channels.problems import fault
from assistant.channels.shell import PAGE_PATH
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from assistant.state.keys import Key, Keys
    from assistant.state.rates import Rates

KEY = "policy.key"
"""Where the id of a request's key stands in its scope."""
MOST_AT_ONCE = 256
"""Requests of programs that one process has in hand at a time; the next ones are turned away."""
_GUARDED = ("/api/", "/v1/", "/mcp", "/metrics")
_OPEN = {"/api/openapi.json"}
_OF_PAGE = (
    ("GET", re.compile(r"/api/documents(?:/.*)?|/api/timeline")),
    ("POST", re.compile(r"/api/feedback")),
)
_SHARED_BITS = 64
"""Leading bits of an IPv6 address that one customer has."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests of an address without a key, and of a key; as ``limits`` writes them."""

    address: str = "0"
    key: str = "0"


class Access:
    """Turns away who has no key, asks too often, or comes when there is no room."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        keys: Keys,
        rates: Rates,
        limits: Limits,
        origins: Sequence[str] = (),
        most: int = MOST_AT_ONCE,
    ) -> None:
        self._app = app
        self._keys = keys
        self._rates = rates
        self._limits = limits
        self._origins = re.compile("|".join(map(origin_pattern, origins)) or "(?!)")
        self._places = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        path = scope["path"] if scope["type"] == "http" else ""
        is_guarded = path not in _OPEN and path.startswith(_GUARDED)
        if not is_guarded and path != PAGE_PATH:
            await self._app(scope, receive, send)
            return
        try:
            refusal = await self._refusal(scope, Headers(scope=scope), is_guarded=is_guarded)
        except AssistantError:  # the database cannot tell
            refusal = _Refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        if refusal is None and is_guarded and self._places <= 0:
            refusal = _Refusal(HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(RETRY_AFTER)})
        if refusal is not None:
            await fault(path, refusal.status, headers=refusal.headers)(scope, receive, send)
            return
        if not is_guarded:
            await self._app(scope, receive, send)
            return
        self._places -= 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._places += 1

    async def _refusal(self, scope: Scope, headers: Headers, *, is_guarded: bool) -> _Refusal | None:
        path, address = scope["path"], client(scope)
        if path.startswith("/mcp") and not self._may_call(headers.get("origin")):
            return _Refusal(HTTPStatus.FORBIDDEN)
        key = await self._key(headers) if is_guarded else None
        scope[KEY] = key.id if key else None
        wait = await self._wait(key, address)
        if wait is not None:
            return _Refusal(HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(math.ceil(wait))})
        if not is_guarded or key is not None or self._may_pass(scope, headers, address):
            return None
        return _Refusal(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})

    async def _key(self, headers: Headers) -> Key | None:
        """Return the good key that a request carries."""
        if self._keys.is_stale:
            await asyncio.to_thread(self._keys.renew)
        scheme, _, text = headers.get("authorization", "").partition(" ")
        given = text.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        return self._keys.find(given) if given else None

    async def _wait(self, key: Key | None, address: str) -> float | None:
        """Count the request; return the seconds to wait where it is one too many."""
        rate, who = self._limits.address, ("address", shared_part(address))
        if key is not None:
            rate, who = key.rate or self._limits.key, ("key", key.id)
        elif is_local(address):  # this machine's own programs; a proxy on it names whom it speaks for
            return None
        if self._rates.is_quick:
            return self._rates.wait(rate, *who)
        return await asyncio.to_thread(self._rates.wait, rate, *who)

    def _may_pass(self, scope: Scope, headers: Headers, address: str) -> bool:
        """Tell whether a request without a key is answered."""
        path = scope["path"]
        if path == "/metrics" and not is_local(address):
            return False  # what the service goes through is its operator's business
        if not self._keys.exist():
            return True
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        return any(method == verb and told.fullmatch(path) for verb, told in _OF_PAGE) and from_own_page(headers)

    def _may_call(self, origin: str | None) -> bool:
        """Tell whether a page of an origin may call; a program names none. Even a page that calls itself ours by DNS."""
        return origin is None or is_local(urlsplit(origin).hostname or "") or bool(self._origins.fullmatch(origin))


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: HTTPStatus
    headers: Mapping[str, str] | None = None


def client(scope: Scope) -> str:
    """Return the address a request comes from; of a proxy on this machine the one that it names."""
    return str(scope["client"][0]) if scope.get("client") else ""


def is_local(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def shared_part(address: str) -> str:
    """Return what of an address is one customer's: all of an IPv4 one, the first half of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:  # noqa: PLR2004 - the protocol's own number
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _SHARED_BITS), strict=False).network_address)


def from_own_page(headers: Headers) -> bool:
    """Tell whether a browser sent a request from a page of this same address.

    Browsers say so in ``Sec-Fetch-Site``; where they do not (an address without https) in ``Origin`` or ``Referer``.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    source = headers.get("origin") or headers.get("referer") or ""
    return bool(source) and urlsplit(source).netloc == headers.get("host")


def origin_pattern(origin: str) -> str:
    """Return a pattern of the origins that a setting names; a star stands for any subdomains, or any port."""
    pattern = re.escape(origin).replace(r"://\*\.", r"://(?:[A-Za-z0-9-]+\.)+")
    return re.sub(r":\\\*$", r"(?::\\d{1,5})?", pattern)
