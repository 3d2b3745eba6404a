"""What went wrong, as clients of OpenAI's API read it: ``{"error": {"message", "type", "param", "code"}}``.

The message is one clear Chinese line. No answer of this kind repeats what was sent.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PREFIX = "/v1"
_UNREADABLE = (
    '请求正文读不懂。请发送 JSON，例如 {"model": "policy-assistant", "messages": [{"role": "user", "content": "…"}]}'
)
_LINES = {
    "model": "缺少 model，或它不是文字。请填写 policy-assistant。",
    "n": "n 只能是 1：一个问题只有一个回答。",
    "stream": "stream 应为 true 或 false。",
    "stream_options": "stream_options 应为对象，include_usage 应为 true 或 false。",
    "temperature": "temperature 应为有限的数；它不影响回答。",
    "top_p": "top_p 应为有限的数；它不影响回答。",
}
_MESSAGES = (
    "messages 应为列表，至少一条；每条有 role，role 为 user 的 content 应为文字，或由"
    ' {"type": "text", "text": "…"} 组成的列表（不支持图片、声音和文件）。'
)
_FIELDS = {*_LINES, "messages", "role", "content", "text", "include_usage"}
_CODES = {"missing": "missing_required_parameter", "too_short": "empty_array"}


def speaks(path: str) -> bool:
    """Tell whether the clients of a path read this shape."""
    return path == _PREFIX or path.startswith(_PREFIX + "/")


def error(
    status: int,
    line: str | None = None,
    *,
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return an error; without a line it says that the request cannot be read."""
    kind = "invalid_request_error"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        kind, code = "rate_limit_error", code or "rate_limit_exceeded"
    elif status == HTTPStatus.UNAUTHORIZED:
        kind, code = "authentication_error", code or "invalid_api_key"
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = "server_error"
    content = {"message": line or _UNREADABLE, "type": kind, "param": param, "code": code}
    return JSONResponse({"error": content}, status_code=status, headers=dict(headers or {}))


def invalid(faults: Sequence[Mapping[str, Any]]) -> JSONResponse:
    """Return the error for a body that has not the form of a request, naming the field of the first fault."""
    first = faults[0] if faults else {}
    loc: tuple[str | int, ...] = tuple(first.get("loc", ()))
    places = [part for part in loc[1:] if isinstance(part, str) and part in _FIELDS]
    if not places:  # no JSON, or no object
        return error(400)
    line = _LINES.get(places[0], _MESSAGES)
    return error(400, line, param=_named(loc), code=_CODES.get(first["type"], "invalid_value"))


def _named(loc: Sequence[str | int]) -> str:
    """Return a place as OpenAI writes it, ``messages[0].content``, without the names of our own types in it."""
    name = ""
    for part in loc[1:]:
        if isinstance(part, int):
            name += f"[{part}]"
        elif part in _FIELDS:
            name += f".{part}" if name else part
    return name
