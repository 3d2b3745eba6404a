"""What went wrong, as the web says it: ``application/problem+json`` (RFC 9457) with one clear Chinese line.

No answer of this kind repeats what was sent.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from assistant.channels import openai_errors
from assistant.channels.desk import RETRY_AFTER, BusyError
from assistant.errors import AssistantError, QuestionError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

_LINES = {
    HTTPStatus.BAD_REQUEST: '请求正文读不懂。请发送 JSON，例如 {"question": "哪些人属于重点群体？"}',
    HTTPStatus.NOT_FOUND: "没有这个地址或文件。",
    HTTPStatus.METHOD_NOT_ALLOWED: "这个地址不支持这种请求方法。",
    HTTPStatus.REQUEST_TIMEOUT: "请求正文发送得太慢。",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "请求正文太大。",
    HTTPStatus.INTERNAL_SERVER_ERROR: "服务内部出错，已记录。请稍后再试。",
    HTTPStatus.SERVICE_UNAVAILABLE: "服务暂时不能回答，请稍后再试。",
}

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
    code = HTTPStatus(status)
    line = detail or _LINES.get(code, "请求无法处理。")
    return JSONResponse(
        {"type": "about:blank", "title": code.phrase, "status": status, "detail": line},
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


def fault(path: str, status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Return what went wrong in the shape that the clients of a path read."""
    if openai_errors.speaks(path):
        line = detail or (None if status == HTTPStatus.BAD_REQUEST else _LINES.get(HTTPStatus(status)))
        return openai_errors.error(status, line, headers=headers)
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
