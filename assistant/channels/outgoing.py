"""Calls to the platforms: access tokens and messages to a person. Tokens are shared by all workers.

What the platform answers is one of four outcomes; nothing of it, and no secret, gets into an error message.
"""

from __future__ import annotations

import asyncio
import enum
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.state.tokens import Tokens

WECHAT_API, WECOM_API = "https://api.weixin.qq.com", "https://qyapi.weixin.qq.com"
TIMEOUT = 5.0
"""Seconds that a call to a platform may take."""
_TOKEN_WAIT = 0.1
_STALE_TOKEN = {40001, 40014, 42001}
_BUSY = {-1, 45011}
_SPENT = {45009}
_MOST_BYTES = 64 * 1024
_LOG = logging.getLogger(__name__)


class Outcome(enum.Enum):
    """What became of a message."""

    SENT = "sent"
    KEEP = "keep"  # refused, or nobody knows: it goes with the person's next message
    LATER = "later"  # not sent; worth another try soon
    SPENT = "spent"  # the day's calls are used up


class PlatformError(AssistantError):
    """The platform cannot be reached or gives no token; ``outcome`` says what that means for a message."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


class Sender(Protocol):
    """Sends a text to a person."""

    async def send(self, receiver: str, text: str) -> Outcome:
        """Send it; raises nothing that the platform or the network does."""


@dataclass(frozen=True, slots=True)
class Account:
    """How an account of a platform gets its token and sends: paths under its API, and what goes into a call."""

    name: str
    token_path: str
    token_query: Mapping[str, str]
    send_path: str
    fixed: Mapping[str, Any]


def official_account(app_id: str, secret: str) -> Account:
    """Return a WeChat Official Account, which sends customer-service messages."""
    query = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
    return Account(f"wechat:{app_id}", "/cgi-bin/token", query, "/cgi-bin/message/custom/send", {})


def wecom_application(corp_id: str, agent_id: int, secret: str) -> Account:
    """Return an application of WeCom."""
    query = {"corpid": corp_id, "corpsecret": secret}
    name = f"wecom:{corp_id}:{agent_id}"
    return Account(name, "/cgi-bin/gettoken", query, "/cgi-bin/message/send", {"agentid": agent_id})


class Platform:
    """One account of a platform."""

    def __init__(self, account: Account, tokens: Tokens, base: str, *, timeout: float = TIMEOUT) -> None:
        self._account = account
        self._tokens = tokens
        self._timeout = timeout
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log addresses, and those hold secrets
        self._client = httpx.AsyncClient(base_url=base.rstrip("/"), timeout=timeout, follow_redirects=False)

    async def send(self, receiver: str, text: str) -> Outcome:
        """Send a text; with a token that has gone stale, fetch a new one and try once more."""
        body = {"touser": receiver, "msgtype": "text", **self._account.fixed, "text": {"content": text}}
        rejected: str | None = None
        try:
            for _ in range(2):
                token = await self.token(rejected)
                code = await self._post(body, token)
                if code not in _STALE_TOKEN:
                    break
                rejected = token
        except PlatformError as error:
            _LOG.warning("消息未能推送：%s", error)
            return error.outcome
        if code != 0:
            _LOG.warning("消息未能推送：平台返回错误码 %s", code)
        return _outcome(code)

    async def token(self, rejected: str | None = None) -> str:
        """Return a token other than the one the platform has rejected; one worker fetches, the others wait for it.

        Raises PlatformError.
        """
        name = self._account.name
        deadline = asyncio.get_running_loop().time() + 2 * self._timeout
        while asyncio.get_running_loop().time() < deadline:
            token = await asyncio.to_thread(self._tokens.find, name, rejected)
            if token is not None:
                return token
            if await asyncio.to_thread(self._tokens.claim, name, rejected):
                return await self._fetch()
            await asyncio.sleep(_TOKEN_WAIT)
        raise PlatformError("等不到平台的 access_token。", Outcome.LATER)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _fetch(self) -> str:
        name, kept = self._account.name, False
        try:
            reply = await self._token_reply()
            token, seconds = reply.get("access_token"), reply.get("expires_in", 7_200)
            if not isinstance(token, str) or not token or not isinstance(seconds, int):
                code = _code(reply)
                outcome = Outcome.LATER if code in _BUSY else _outcome(code or None)
                raise PlatformError(
                    f"平台没有给出 access_token（错误码 {code}）。请检查应用编号、密钥和 IP 白名单。", outcome
                )
            await asyncio.to_thread(self._tokens.keep, name, token, float(seconds))
            kept = True
            return token
        finally:
            if not kept:
                await asyncio.to_thread(self._tokens.give_up, name)

    async def _token_reply(self) -> dict[str, Any]:
        try:
            return await self._call("GET", self._account.token_path, params=dict(self._account.token_query))
        except PlatformError as error:  # no message has been sent yet, whatever went wrong
            raise PlatformError(str(error), Outcome.LATER) from None

    async def _post(self, body: Mapping[str, Any], token: str) -> int | None:
        # The platform shows \u escapes as they are.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        params, headers = {"access_token": token}, {"Content-Type": "application/json; charset=utf-8"}
        return _code(await self._call("POST", self._account.send_path, params=params, content=content, headers=headers))

    async def _call(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        """Return the platform's JSON; raises PlatformError, without the address, which holds secrets."""
        try:
            response = await self._client.request(method, path, **parts)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise PlatformError("连不上平台的接口。", Outcome.LATER) from None
        except httpx.HTTPError:  # sent, perhaps; whether it arrived nobody knows
            raise PlatformError("平台的接口没有回应。", Outcome.KEEP) from None
        if response.status_code >= 500 or response.status_code == 429:  # noqa: PLR2004 - HTTP's own numbers
            raise PlatformError(f"平台的接口出错（HTTP {response.status_code}）。", Outcome.LATER)
        try:
            reply = json.loads(response.content[:_MOST_BYTES])
        except (ValueError, RecursionError):
            reply = None
        if response.status_code != 200 or not isinstance(reply, dict):  # noqa: PLR2004
            raise PlatformError(f"平台的接口答非所问（HTTP {response.status_code}）。", Outcome.KEEP)
        return reply


def _code(reply: Mapping[str, Any]) -> int | None:
    code = reply.get("errcode", 0)
    return code if isinstance(code, int) else None


def _outcome(code: int | None) -> Outcome:
    if code == 0:
        return Outcome.SENT
    if code in _SPENT:
        return Outcome.SPENT
    return Outcome.LATER if code in _BUSY else Outcome.KEEP
