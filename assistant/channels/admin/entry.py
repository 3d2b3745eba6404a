"""The door: a password, a session in a cookie, and what proves that a form came from our own page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "policy_admin"
SESSION_SECONDS = 8 * 3600.0
"""Seconds after which one has to sign in again: a working day."""
ATTEMPTS, ATTEMPT_SECONDS = 10, 300.0
"""Attempts that one address has in a number of seconds."""


class Sessions(Protocol):
    """Where sessions are kept."""

    def open(self, digest: str, seconds: float) -> None:
        """Begin one."""

    def is_open(self, digest: str) -> bool:
        """Tell whether it goes on."""

    def close(self, digest: str) -> None:
        """End one."""


class Limits(Protocol):
    """Counts attempts."""

    def allows(self, name: str, most: int, seconds: float) -> bool:
        """Count one and tell whether it is among the first of its window."""

    def forget(self, name: str) -> None:
        """Begin to count anew."""


class Entry:
    """Lets in who knows the password. Another password ends every session."""

    def __init__(self, password: str, sessions: Sessions, limits: Limits) -> None:
        self._password = password.encode()
        self._sessions = sessions
        self._limits = limits

    def may_try(self, request: Request) -> bool:
        """Count an attempt from the address of a request, and tell whether it is one too many."""
        return self._limits.allows(_attempts(request), ATTEMPTS, ATTEMPT_SECONDS)

    def is_password(self, given: str) -> bool:
        """Compare in a time that does not depend on where the first difference is."""
        return hmac.compare_digest(_sha256(given.encode("utf-8", "replace")), _sha256(self._password))

    def let_in(self, request: Request, response: Response) -> None:
        """Begin a session and give its cookie to the browser."""
        token = secrets.token_urlsafe(32)
        self._limits.forget(_attempts(request))  # it is wrong ones that count
        self._sessions.open(self._proof("session", token), SESSION_SECONDS)
        response.set_cookie(
            COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https", path=_path(request)
        )

    def token(self, request: Request) -> str | None:
        """Return what the browser of a request holds, if it is signed in."""
        token = request.cookies.get(COOKIE, "")
        is_in = 0 < len(token) <= 100 and self._sessions.is_open(self._proof("session", token))  # noqa: PLR2004
        return token if is_in else None

    def let_out(self, request: Request, response: Response) -> None:
        """End the session of a request everywhere."""
        token = request.cookies.get(COOKIE, "")
        self._sessions.close(self._proof("session", token))
        response.delete_cookie(COOKIE, path=_path(request))

    def mark(self, token: str) -> str:
        """Return what every form of a session carries."""
        return self._proof("form", token)

    def is_marked(self, token: str, mark: object) -> bool:
        """Tell whether a form is of the session, that is from our own page."""
        return isinstance(mark, str) and hmac.compare_digest(self.mark(token).encode(), mark.encode("utf-8", "replace"))

    def _proof(self, use: str, token: str) -> str:
        message = f"{use}:{token}".encode("utf-8", "replace")
        return hmac.new(self._password, message, hashlib.sha256).hexdigest()


def is_from_here(request: Request) -> bool:
    """Tell whether a browser says that one of our own pages sent the request; a client that says nothing passes."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _attempts(request: Request) -> str:
    return f"admin-sign-in:{request.client.host if request.client else ''}"


def _path(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/admin"


def _sha256(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
