"""What went wrong, as the web says it: ``application/problem+json`` (RFC 9457) with one clear line.

It is Chinese, or English where ``Accept-Language`` prefers that. No answer of this kind repeats what was sent.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from assistant.channels import lines, openai_errors
from assistant.channels.desk import RETRY_AFTER, BusyError
from assistant.channels.request_context import current
from assistant.errors import AssistantError, QuestionError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

_FIELDS = {
    "body.question": "缺少问题，或问题不是文字。请在 question 里写明要问的内容。",
    "body.conversation_id": "conversation_id 必须是文字；开始新的对话时不要填写。",
    "body.answer_id": "缺少 answer_id。请填写所评价的回答的 id。",
    "body.rating": "rating 只能是 up（有用）或 down（没用）。",
    "body.comment": "comment 必须是文字，最多 2000 个字符。",
    "query.year": "year 应为四位数字的年份，例如 2018。",
}


def problem(status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem; without a detail it says what the status means."""
    asked = current()
    content = {
        "type": "about:blank",
        "title": lines.title(status),
        "status": status,
        "detail": lines.detail(status, detail),
    }
    own = {"Content-Language": "en" if asked.english else "zh-CN", "Cache-Control": "no-store"}
    if asked.id:
        content["request_id"] = asked.id
        own["X-Request-ID"] = asked.id  # also where the answer bypasses middleware
    return JSONResponse(
        content, status_code=status, headers={**own, **(headers or {})}, media_type="application/problem+json"
    )


def fault(path: str, status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Return what went wrong in the shape that the clients of a path read."""
    if openai_errors.speaks(path):
        is_general = detail is None and status == HTTPStatus.BAD_REQUEST  # it has a line of its own for that
        return openai_errors.error(status, None if is_general else lines.detail(status, detail), headers=headers)
    return problem(status, detail, headers)


def install(app: FastAPI, headers: Mapping[str, str]) -> None:
    """Let the application answer every fault as a problem; ``headers`` go on the ones that bypass middleware."""

    def invalid(request: Request, error: Exception) -> Response:
        if openai_errors.speaks(request.url.path):
            return openai_errors.invalid(getattr(error, "errors", list)())
        places = {".".join(map(str, item["loc"])) for item in getattr(error, "errors", list)()}
        return problem(400, next((line for place, line in _FIELDS.items() if place in places), None))

    def refused(request: Request, error: Exception) -> Response:
        return fault(request.url.path, getattr(error, "status_code", 500), headers=getattr(error, "headers", None))

    def busy(request: Request, error: Exception) -> Response:
        return fault(request.url.path, 429, str(error), {"Retry-After": str(RETRY_AFTER)})

    def unavailable(request: Request, _error: Exception) -> Response:
        return fault(request.url.path, 503)

    def broken(request: Request, _error: Exception) -> Response:
        return fault(request.url.path, 500, headers=headers)

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(QuestionError, lambda _, error: problem(400, str(error)))
    app.add_exception_handler(BusyError, busy)
    app.add_exception_handler(AssistantError, unavailable)
    app.add_exception_handler(KnowledgeError, unavailable)
    app.add_exception_handler(Exception, broken)
