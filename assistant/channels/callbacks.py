"""What the callbacks of WeChat and WeCom have in common: their parameters, their faults, where links lead."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.responses import Response

from assistant.channels.crypto import ForgedError
from assistant.channels.envelope import EnvelopeError
from assistant.state.errors import StateError

if TYPE_CHECKING:
    from starlette.requests import Request

    from assistant.channels.crypto import MessageCrypt, Sealed

MAX_ID = 128
"""Characters of a person's id; the longest of the platforms has 64."""
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:]{2,39}\](:\d{1,5})?")
_LOG = logging.getLogger(__name__)


def parameters(request: Request) -> dict[str, str]:
    """Return the query as it was sent: ``+`` is a plus, as in base64. Raises ForgedError for one given twice."""
    found: dict[str, str] = {}
    for part in request.scope["query_string"].decode("latin-1").split("&"):
        name, _, value = part.partition("=")
        if name in found:
            raise ForgedError
        found[name] = unquote(value, errors="replace")
    return found


async def guarded(answer: Callable[[], Awaitable[Response]]) -> Response:
    """Return the answer to a callback: 403 without detail for whatever is not the platform's, 503 without a database."""
    try:
        return await answer()
    except (ForgedError, EnvelopeError):
        return Response("", 403, media_type="text/plain")
    except StateError as error:  # the platform asks again
        _LOG.error("%s", error)
        return Response("", 503, media_type="text/plain")


def plain(text: str) -> Response:
    """Return a text that no browser takes for a page."""
    return Response(text, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def seal(crypt: MessageCrypt, message: str, receiver: str) -> Sealed:
    """Seal a reply with the time of now and a number of its own."""
    return crypt.seal(message, receiver, str(int(time.time())), secrets.token_hex(8))


def message_key(*parts: str) -> str:
    """Return a key of fixed length for what identifies a message."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def links(request: Request, public_url: str | None) -> str:
    """Return the address that answer pages are reached under: the one that is set, else the one the platform called."""
    if public_url:
        return public_url.rstrip("/")
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        return ""
    forwarded = request.headers.get("x-forwarded-proto", "")
    scheme = forwarded if forwarded in {"http", "https"} else request.scope["scheme"]
    return f"{scheme}://{host}"


def is_id(text: str) -> bool:
    """Tell whether a text can be somebody's id."""
    return 0 < len(text) <= MAX_ID and text.isprintable()
