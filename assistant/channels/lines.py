"""What the interfaces say when something is wrong, in Chinese and in English. One line each."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import NamedTuple

from assistant.channels.request_context import current


class Line(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str

    def told(self) -> str:
        """Return it in the language of the request."""
        return self.en if current().english else self.zh


TITLES = {
    HTTPStatus.BAD_REQUEST: Line("请求有误", "Bad Request"),
    HTTPStatus.UNAUTHORIZED: Line("需要密钥", "Unauthorized"),
    HTTPStatus.FORBIDDEN: Line("不允许", "Forbidden"),
    HTTPStatus.NOT_FOUND: Line("没有找到", "Not Found"),
    HTTPStatus.METHOD_NOT_ALLOWED: Line("请求方法不对", "Method Not Allowed"),
    HTTPStatus.REQUEST_TIMEOUT: Line("请求超时", "Request Timeout"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Line("请求太大", "Content Too Large"),
    HTTPStatus.TOO_MANY_REQUESTS: Line("请求太多", "Too Many Requests"),
    HTTPStatus.INTERNAL_SERVER_ERROR: Line("内部错误", "Internal Server Error"),
    HTTPStatus.SERVICE_UNAVAILABLE: Line("暂时不能回答", "Service Unavailable"),
    HTTPStatus.GATEWAY_TIMEOUT: Line("回答超时", "Gateway Timeout"),
}
DETAILS = {
    HTTPStatus.BAD_REQUEST: Line(
        '请求正文读不懂。请发送 JSON，例如 {"question": "哪些人属于重点群体？"}',
        'The body cannot be read. Send JSON, for example {"question": "哪些人属于重点群体？"}',
    ),
    HTTPStatus.UNAUTHORIZED: Line(
        "需要有效的密钥：请在 Authorization 头里写 Bearer 和密钥。密钥由管理员用 python -m assistant keys add 发放。",
        "A valid key is needed: send it as Authorization: Bearer KEY. The operator issues keys with"
        " python -m assistant keys add.",
    ),
    HTTPStatus.FORBIDDEN: Line("这个来源的网页不能访问。", "Pages of this origin may not call."),
    HTTPStatus.NOT_FOUND: Line("没有这个地址或文件。", "There is no such address or document."),
    HTTPStatus.METHOD_NOT_ALLOWED: Line(
        "这个地址不支持这种请求方法。", "This address does not support this request method."
    ),
    HTTPStatus.REQUEST_TIMEOUT: Line("请求正文发送得太慢。", "The body was sent too slowly."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Line("请求正文太大。", "The body is too large."),
    HTTPStatus.TOO_MANY_REQUESTS: Line(
        "请求太多，请在 Retry-After 所说的秒数之后再试。",
        "Too many requests: try again after the seconds that Retry-After gives.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Line(
        "服务内部出错，已记录。请稍后再试。", "Something went wrong inside and was logged. Try again later."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Line(
        "服务暂时不能回答，请稍后再试。", "The service cannot answer now. Try again later."
    ),
    HTTPStatus.GATEWAY_TIMEOUT: Line(
        "回答没有在规定的时间内得出，请稍后再试。", "The answer was not ready in time. Try again later."
    ),
}
OTHER = Line("请求无法处理。", "The request cannot be handled.")

_ENGLISH = tuple(
    (re.compile(pattern), english)
    for pattern, english in (
        (r"问题必须是文字。", "The question must be text."),
        (
            r"问题太长：(\d+) 个字符，最多 (\d+) 个。.*",
            r"The question is too long: \1 characters, at most \2. Shorten it.",
        ),
        (r"问题是空的。.*", "The question is empty. Say what you want to know."),
        (r"问题里没有文字。.*", "The question has no words. Say in a sentence what you want to know."),
        (r"现在提问的人较多，请过几秒再试。", "Many people are asking now: try again in a few seconds."),
        (r"索引里没有文件。", "There are no documents in the index."),
        (r"索引暂时无法读取。", "The index cannot be read now."),
        (r"检索没有结果，索引可能已损坏。", "Retrieval finds nothing: the index may be damaged."),
        (r"没有这个回答，或已超过保存期限。", "There is no such answer, or it is older than answers are kept."),
        (
            r"缺少问题，或问题不是文字。.*",
            "question is missing or is not text. Write what you want to know in question.",
        ),
        (
            r"conversation_id 必须是文字；.*",
            "conversation_id must be text; leave it out to begin a conversation.",
        ),
        (r"缺少 answer_id。.*", "answer_id is missing: give the id of the answer you rate."),
        (r"rating 只能是 .*", "rating must be up or down."),
        (r"comment 必须是文字.*", "comment must be text of at most 2000 characters."),
        (r"year 应为四位数字的年份.*", "year must be four digits, for example 2018."),
    )
)


def title(status: int) -> str:
    """Return the name of a status in the language of the request."""
    code = HTTPStatus(status)
    return TITLES.get(code, Line(code.phrase, code.phrase)).told()


def detail(status: int, line: str | None = None) -> str:
    """Return a line in the language of the request; without one, or where it has no English, what the status means."""
    general = DETAILS.get(HTTPStatus(status), OTHER)
    if line is None:
        return general.told()
    return (english(line) or general.en) if current().english else line


def english(line: str) -> str | None:
    """Return a line of ours in English; None where it is not known."""
    for pattern, told in _ENGLISH:
        if found := pattern.fullmatch(line):
            return found.expand(told)
    return None
