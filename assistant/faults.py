"""What a chat model's client raises -> one of ours, known by the form of the error: every provider has its own classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assistant.errors import Fault, ModelError

_TIMEOUTS = ("Timeout",)
_BROKEN = ("RemoteProtocolError", "ReadError", "ProtocolError", "IncompleteRead", "ClosedResource", "PayloadError")
_UNREACHABLE = ("ConnectError", "ConnectionError", "ConnectionRefused", "NetworkError", "gaierror")
_MALFORMED = ("DecodingError", "JSONDecodeError", "ValidationError", "ResponseValidation")
_MOST_WAIT = 24 * 3600.0
_SERVER, _CLIENT = 500, 400

_TOLD = {
    Fault.UNREACHABLE: "连不上大模型的服务，请检查 POLICY_LLM_BASE_URL 和网络",
    Fault.TIMEOUT: "大模型没有在时限内回答（POLICY_LLM_TIMEOUT、POLICY_LLM_FIRST_TOKEN_TIMEOUT）",
    Fault.RATE_LIMITED: "大模型的服务说请求太多（429）",
    Fault.UNAUTHORIZED: "大模型的服务不认这个密钥，请检查 POLICY_LLM_API_KEY",
    Fault.REJECTED: "大模型的服务不接受这个请求，请检查 POLICY_LLM_MODEL、POLICY_LLM_BASE_URL 和 POLICY_LLM_CONTEXT",
    Fault.SERVER_ERROR: "大模型的服务出错",
    Fault.BROKEN: "大模型的回答中途断了",
    Fault.CUT_SHORT: "大模型的回答达到了长度上限（POLICY_LLM_MAX_OUTPUT），没有说完",
    Fault.EMPTY: "大模型什么也没有回答",
    Fault.MALFORMED: "大模型的服务返回的不是聊天回答，请检查 POLICY_LLM_BASE_URL（通常以 /v1 结尾）",
    Fault.TOO_LONG: "大模型的回答没完没了，已停止",
    Fault.LEAK: "大模型复述了给它的指令，已停止",
    Fault.CIRCUIT_OPEN: "大模型连续出错，暂停使用一会儿",
}


def model_error(fault: Fault, detail: str = "", retry_after: float | None = None) -> ModelError:
    """Return the error of a fault, in one line; ``detail`` is added."""
    line = " ".join(detail.split())
    return ModelError(fault, f"{_TOLD[fault]}{f'（{line}）' if line else ''}", retry_after)


def translated(error: BaseException, *, started: bool) -> ModelError:
    """Return the fault that an error of a client amounts to; ``started``: words had come already."""
    if isinstance(error, ModelError):
        return error
    chain = list(_chain(error))
    status = next((found for cause in chain if (found := _status(cause)) is not None), None)
    if status is not None and status >= _CLIENT:
        return _refused(status, chain)
    names = [kind.__name__ for cause in chain for kind in type(cause).__mro__]
    detail = type(error).__name__
    for fault, known in (
        (Fault.MALFORMED, _MALFORMED),
        (Fault.TIMEOUT, _TIMEOUTS),
        (Fault.BROKEN, _BROKEN),
        (Fault.UNREACHABLE, _UNREACHABLE),
    ):
        if any(part in name for name in names for part in known):
            is_cut = started and fault in {Fault.UNREACHABLE, Fault.MALFORMED}
            return model_error(Fault.BROKEN if is_cut else fault, detail)
    if "APIError" in names:  # an error as an event of the stream
        return model_error(Fault.BROKEN if started else Fault.SERVER_ERROR, detail)
    return model_error(Fault.BROKEN if started else Fault.MALFORMED, detail)


def _refused(status: int, chain: list[BaseException]) -> ModelError:
    after = next((wait for cause in chain if (wait := _retry_after(cause)) is not None), None)
    if status in {401, 403}:
        return model_error(Fault.UNAUTHORIZED, str(status))
    if status in {408, 409, 425, 429}:
        return model_error(Fault.RATE_LIMITED, f"{status}，{after:g} 秒后再试" if after else str(status), after)
    if status >= _SERVER:
        return model_error(Fault.SERVER_ERROR, str(status), after)
    return model_error(Fault.REJECTED, str(status))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        found: Any = getattr(holder, "status_code", None)
        if isinstance(found, int):
            return found
    return None


def _retry_after(error: BaseException) -> float | None:
    """Return the seconds of a Retry-After header; None without one, or with a date."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    told = headers.get("retry-after") if headers is not None else None
    if told is None or not re.fullmatch(r"\s*\d{1,9}(?:\.\d{1,9})?\s*", str(told)):
        return None
    return min(float(told), _MOST_WAIT)
