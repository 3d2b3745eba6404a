"""Connections that go to looked-at addresses alone and end at a deadline. The only import of httpcore.

Imported where a page is fetched, not before.
"""

from __future__ import annotations

import errno
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpcore
import httpx

from knowledge.errors import SourceError
from knowledge.sources.address import Resolver, is_odd, is_public, looked_up

FAULTS = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol)
TIMEOUTS = (httpcore.TimeoutException,)


class Deadline:
    """When the request that is going on has to be over, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.at = 0.0

    def within(self, seconds: float | None) -> float:
        """Return what is left of some seconds; raises a timeout where nothing is."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if seconds is None else min(left, seconds)


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline, so that a byte now and then does not keep it going."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Looks a host up, refuses it where an address of it is not public, and connects to the address looked at."""

    def __init__(self, resolve: Resolver, is_allowed: Callable[[str, int], bool], deadline: Deadline) -> None:
        self._resolve, self._is_allowed, self._deadline = resolve, is_allowed, deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception = httpcore.ConnectError("no address")
        for address in self._addresses(host, port, self._deadline.within(timeout)):
            try:
                inner = self._sockets.connect_tcp(
                    address, port, self._deadline.within(timeout), local_address, socket_options
                )
                return _Stream(inner, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    def _addresses(self, host: str, port: int, seconds: float) -> list[str]:
        allowed = self._is_allowed(host, port)
        if not allowed and is_odd(host):
            raise SourceError(host, "不是规范写法的网络地址，没有读取")
        try:
            found = looked_up(self._resolve, host, port, seconds)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("lookup") from error
        except OSError as error:
            raise httpcore.ConnectError(f"找不到主机 {host}，请检查网址") from error
        if not allowed and not all(map(is_public, found)):
            raise SourceError(host, "指向内网或本机的地址，没有读取；确属可信的内网网站，请用 --allow-host 写明")
        return found


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class Transport(httpx.BaseTransport):
    """Sends httpx's requests over such connections."""

    def __init__(
        self,
        resolve: Resolver,
        is_allowed: Callable[[str, int], bool],
        deadline: Deadline,
        ca_file: Path | None = None,
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusting(ca_file),
            max_connections=4,
            keepalive_expiry=10.0,
            network_backend=_Backend(resolve, is_allowed, deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises the faults of httpcore, and SourceError for an address that is refused."""
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response.stream), extensions=response.extensions
        )

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._pool.close()


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Return what checks certificates: by the public authorities, and by those of a file where one is given."""
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except ssl.SSLError as error:
            raise SourceError(str(ca_file), "根证书文件不能用（应为 PEM 格式的证书）") from error
        except OSError as error:
            told = "没有这个文件" if isinstance(error, FileNotFoundError) else error.strerror
            raise SourceError(str(ca_file), f"根证书文件不能用（{told}）") from error
    return context


# OpenSSL's X509_V_ERR_*: a certificate's dates, its name, and who has signed it.
_EXPIRED, _NOT_YET, _OTHER_NAME = {10}, {9}, {62, 64}
_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21, 27}
_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN}


def said(fault: Exception, host: str) -> str:
    """Say what a fault of a connection means, without numbers of the system."""
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(cause, host)
        if isinstance(cause, ssl.SSLError):
            return f"无法与 {host} 建立安全连接（{(cause.reason or 'TLS').lower().replace('_', ' ')}）"
        if isinstance(cause, ConnectionRefusedError):
            return f"{host} 拒绝连接，那里没有网站，或端口不对"
        if isinstance(cause, ConnectionError):
            return f"{host} 中断了连接"
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return f"网络不通，连不上 {host}"
        cause = cause.__cause__ or cause.__context__
    if isinstance(fault, httpcore.ProtocolError):
        return f"{host} 没有按 HTTP 协议作答"
    told = str(fault).strip().split("\n", 1)[0]
    return told[:120] if told and not told.startswith("[Errno") else f"连不上 {host}"


def _certificate(fault: ssl.SSLCertVerificationError, host: str) -> str:
    code = fault.verify_code
    if code in _EXPIRED:
        return f"{host} 的证书已经过期"
    if code in _NOT_YET:
        return f"{host} 的证书还没有生效，请检查本机的日期"
    if code in _OTHER_NAME:
        return f"{host} 出示的证书不是发给这个主机的"
    if code in _UNKNOWN_AUTHORITY:
        return f"{host} 的证书由不受信任的机构签发；确属单位自己的机构，请用 --ca-file 写明它的根证书"
    return f"{host} 的证书没有通过检查（{fault.verify_message}）"
