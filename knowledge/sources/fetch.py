"""One page of the web at a time, politely and within bounds: robots.txt, a pause, limits of time, size and redirects."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from knowledge.errors import SourceError
from knowledge.sources.address import Resolver, resolved

if TYPE_CHECKING:
    import httpx

AGENT = "policy-assistant/0.1"
LARGEST = 20 * 1024 * 1024  # bytes of a page, as sent and as unpacked
_LARGEST_ROBOTS = 500 * 1024  # bytes; RFC 9309 asks for as many
_MOST_REDIRECTS = 5
_LONGEST_PAUSE = 30.0  # seconds, whatever robots.txt asks for
_REDIRECTS = {301, 302, 303, 307, 308}
_OK, _NOT_MODIFIED, _SERVER_FAULT = 200, 304, 500


@dataclass(frozen=True, slots=True)
class Web:
    """How pages are fetched.

    ``allowed_hosts`` (``host`` or ``host:port``) may lie in a private network. ``delay`` is between two requests to one
    host, ``connect``, ``read`` and ``total`` are limits on one request, all in seconds. ``ca_file`` (PEM) holds certificates
    of authorities that are trusted besides the public ones.
    """

    allowed_hosts: frozenset[str] = frozenset()
    delay: float = 1.0
    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    resolve: Resolver = resolved
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What came: ``body`` is empty and ``is_unchanged`` true where the page is as it was."""

    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    is_unchanged: bool = False


@dataclass
class _Host:
    """What is known of one site: its rules, and when it was last asked."""

    rules: Any = None
    asked: float = field(default=-1e9)


class Fetcher:
    """Fetches pages; keeps connections, robots.txt and the time of the last request of each site. A context manager."""

    def __init__(self, web: Web) -> None:
        from knowledge.sources.connection import Deadline, Transport  # noqa: PLC0415  # httpx: only where it is used

        self._web, self._deadline = web, Deadline()
        self._transport = Transport(web.resolve, self._is_allowed, self._deadline, web.ca_file)
        self._hosts: dict[str, _Host] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch a page, through redirects; raises SourceError, which names the address that was asked for."""
        try:
            return self._followed(url, headers or {}, LARGEST, obey=True)
        except StatusError as error:
            raise StatusError(url, error.status) from error
        except SourceError as error:
            raise SourceError(url, error.reason) from error

    def _is_allowed(self, host: str, port: int) -> bool:
        return not self._web.allowed_hosts.isdisjoint({host, f"{host}:{port}"})

    def _followed(self, url: str, headers: Mapping[str, str], largest: int, *, obey: bool) -> Response:
        target = _parsed(url)
        for _ in range(_MOST_REDIRECTS + 1):
            if obey and not self._may(target):
                raise SourceError(url, "网站的 robots.txt 不允许读取这个地址，没有读取")
            response = self._asked(target, headers, largest)
            if not isinstance(response, str):
                return response
            target = _parsed(str(target.join(response)))
        raise SourceError(url, f"重定向超过 {_MOST_REDIRECTS} 次，没有读取")

    def _asked(self, url: httpx.URL, headers: Mapping[str, str], largest: int) -> Response | str:
        """Send one request; return what came, or the address it redirects to."""
        import httpx  # noqa: PLC0415

        from knowledge.sources.connection import FAULTS, TIMEOUTS, said  # noqa: PLC0415

        self._wait(url)
        self._deadline.at = time.monotonic() + self._web.total
        limits = {"connect": self._web.connect, "read": self._web.read, "write": self._web.read, "pool": 1.0}
        sent = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate", **headers}
        request = httpx.Request("GET", url, headers=sent, extensions={"timeout": limits})
        try:
            response = self._transport.handle_request(request)
            try:
                return _read(response, str(url), largest)
            finally:
                response.close()
        except TIMEOUTS as error:
            raise SourceError(str(url), f"读取超时（一个网页最多 {self._web.total:.0f} 秒），没有读取") from error
        except FAULTS as error:
            raise SourceError(str(url), f"无法读取网页：{said(error, url.host)}") from error

    def _wait(self, url: httpx.URL) -> None:
        host = self._hosts.setdefault(_origin(url), _Host())
        asked = host.rules.crawl_delay(AGENT) if host.rules is not None else None
        pause = max(self._web.delay, min(float(asked or 0), _LONGEST_PAUSE)) - (time.monotonic() - host.asked)
        if pause > 0:
            time.sleep(pause)
        host.asked = time.monotonic()

    def _may(self, url: httpx.URL) -> bool:
        """Tell whether robots.txt lets an address be read, as RFC 9309 has it: a missing file does, a fault does not."""
        from protego import Protego  # noqa: PLC0415

        host = self._hosts.setdefault(_origin(url), _Host())
        if host.rules is None:
            host.rules = Protego.parse(self._robots(url))
        return bool(host.rules.can_fetch(str(url), AGENT))

    def _robots(self, url: httpx.URL) -> str:
        try:
            response = self._followed(f"{_origin(url)}/robots.txt", {}, _LARGEST_ROBOTS, obey=False)
        except StatusError as error:
            if error.status < _SERVER_FAULT:
                return ""
            raise SourceError(str(url), f"网站的 robots.txt 无法读取（{error.reason}），没有读取") from error
        return response.body.decode("utf-8", "replace")


class StatusError(SourceError):
    """The server answered with a fault; ``is_gone`` where it says that there is no such page any more."""

    def __init__(self, source: str, status: int) -> None:
        self.status, self.is_gone = status, status in {404, 410}
        super().__init__(source, f"网站返回 {status}")


def _parsed(url: str) -> httpx.URL:
    """Parse an address; raises SourceError for what is no plain web address."""
    import httpx  # noqa: PLC0415

    try:
        found = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise SourceError(url, "不是有效的网址") from error
    if found.scheme not in {"http", "https"} or not found.host:
        raise SourceError(url, "不是有效的网址（应以 http:// 或 https:// 开头）")
    if found.userinfo:
        raise SourceError(url, "网址里带有用户名或密码，没有读取")
    return found.copy_with(fragment=None)


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _read(response: httpx.Response, url: str, largest: int) -> Response | str:
    if response.status_code in _REDIRECTS and response.headers.get("location"):
        return str(response.headers["location"])
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.status_code == _NOT_MODIFIED:
        return Response(url, headers, is_unchanged=True)
    if response.status_code != _OK:
        raise StatusError(url, response.status_code)
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > largest:
        raise _too_large(url, largest)
    return Response(url, headers, b"".join(_bounded(response, url, largest)))


def _bounded(response: httpx.Response, url: str, largest: int) -> Iterator[bytes]:
    """Yield the body, unpacked; raises SourceError once more has come than the limit, packed or unpacked."""
    kind = response.headers.get("content-encoding", "identity").strip().lower()
    if kind not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise SourceError(url, f"不支持的压缩方式 {kind}")
    unpack = zlib.decompressobj(47) if kind not in {"identity", ""} else None  # 47: gzip or zlib, told by its head
    raw = size = 0
    for chunk in response.stream:  # type: ignore[union-attr]  # the transport's stream is a synchronous one
        raw += len(chunk)
        try:
            told = chunk if unpack is None else unpack.decompress(chunk, largest - size + 1)
        except zlib.error as error:
            raise SourceError(url, "网页的压缩数据已损坏") from error
        size += len(told)
        if max(raw, size) > largest:
            raise _too_large(url, largest)
        yield told


def _too_large(url: str, largest: int) -> SourceError:
    return SourceError(url, f"内容超过 {largest // 1024 // 1024 or 1} MB，没有读取")
