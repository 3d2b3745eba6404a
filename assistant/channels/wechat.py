"""The callback of a WeChat Official Account (公众号): its check, its messages in the clear and encrypted."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from assistant.channels import callbacks, envelope
from assistant.channels.crypto import ForgedError, MessageCrypt, Sealed, check_signature
from assistant.state.inbox import Kind, Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.channels.bot import Bot

CHANNEL = "wechat"
DONE = "success"
"""What the platform reads as: received, nothing to say."""
_EVENTS = {"subscribe": Kind.WELCOME, "scan": Kind.WELCOME, "unsubscribe": Kind.GOODBYE, "click": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """An account as it is set up; without ``crypt`` its messages come in the clear (明文模式)."""

    token: str
    app_id: str = ""
    crypt: MessageCrypt | None = None
    public_url: str | None = None


def routes(bot: Bot, account: OfficialAccount) -> APIRouter:
    """Return the routes of the callback."""
    router = APIRouter(include_in_schema=False)

    @router.get("/wechat")
    async def check(request: Request) -> Response:
        async def answer() -> Response:
            query = callbacks.parameters(request)
            _check_address(account, query)
            return callbacks.plain(query.get("echostr", ""))

        return await callbacks.guarded(answer)

    @router.post("/wechat")
    async def message(request: Request) -> Response:
        arrived = asyncio.get_running_loop().time()

        async def answer() -> Response:
            fields = _open(account, callbacks.parameters(request), await request.body())
            incoming = read(fields, callbacks.links(request, account.public_url))
            text = None if incoming is None else await bot.receive(incoming, arrived, request.is_disconnected)
            return callbacks.plain(DONE) if text is None else _reply(account, fields, text)

        return await callbacks.guarded(answer)

    return router


def read(
    fields: Mapping[str, str], links: str = "", channel: str = CHANNEL, events: Mapping[str, Kind] = _EVENTS
) -> Message | None:
    """Return what a person did; None for what needs no reply or is no whole message.

    A message is known by its id, an event by who did what when; in WeCom within an application.
    """
    sender, kind = fields.get("FromUserName", ""), fields.get("MsgType", "").lower()
    if not callbacks.is_id(sender) or not kind:
        return None
    who, created = (channel, fields.get("AgentID", ""), sender), fields.get("CreateTime", "")
    if kind == "event":
        event = fields.get("Event", "").lower()
        known = events.get(event)
        key = callbacks.message_key(*who, created, event)
        text = fields.get("EventKey", "") if known is Kind.TEXT else ""
        return None if known is None else Message(key, channel, sender, known, text, links)
    identity = (fields["MsgId"],) if fields.get("MsgId") else (created, fields.get("Content", ""))
    key = callbacks.message_key(*who, *identity)
    if kind == "text":
        return Message(key, channel, sender, Kind.TEXT, fields.get("Content", ""), links)
    if kind == "voice":  # WeCom recognises nothing
        said = fields.get("Recognition", "").strip()
        return Message(key, channel, sender, Kind.TEXT if said else Kind.UNHEARD, said, links)
    return Message(key, channel, sender, Kind.UNREADABLE, "", links)


def _check_address(account: OfficialAccount, query: Mapping[str, str]) -> None:
    """Check the signature that does not cover a body."""
    check_signature(query.get("signature", ""), account.token, query.get("timestamp", ""), query.get("nonce", ""))


def _open(account: OfficialAccount, query: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Return the fields of a message; raises ForgedError or EnvelopeError.

    With a key only the encrypted part counts (安全模式, 兼容模式), and what stands outside it must agree with it.
    """
    outer = envelope.parse(body)
    if account.crypt is None:
        _check_address(account, query)
        if "Encrypt" in outer:
            raise ForgedError
        return outer
    if "signature" in query:
        _check_address(account, query)
    if query.get("encrypt_type", "aes") != "aes" or not outer.get("Encrypt"):
        raise ForgedError
    sealed = Sealed(
        outer["Encrypt"], query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", "")
    )
    text, _ = account.crypt.open(sealed, [account.app_id])
    inner = envelope.parse(text)
    outside = {"ToUserName": outer.get("ToUserName"), "FromUserName": query.get("openid")}
    if any(value is not None and value != inner.get(name) for name, value in outside.items()):
        raise ForgedError
    return inner


def _reply(account: OfficialAccount, fields: Mapping[str, str], text: str) -> Response:
    xml = text_message(fields.get("FromUserName", ""), fields.get("ToUserName", ""), text)
    if account.crypt is not None:
        xml = sealed_message(callbacks.seal(account.crypt, xml, account.app_id))
    return Response(xml, media_type="application/xml", headers={"Cache-Control": "no-store"})


def text_message(receiver: str, sender: str, text: str) -> str:
    """Return a text message as the platform takes it in a response."""
    return envelope.render(
        {
            "ToUserName": receiver,
            "FromUserName": sender,
            "CreateTime": int(time.time()),
            "MsgType": "text",
            "Content": text,
        }
    )


def sealed_message(sealed: Sealed) -> str:
    """Return an encrypted message in its envelope."""
    return envelope.render(
        {
            "Encrypt": sealed.encrypted,
            "MsgSignature": sealed.signature,
            "TimeStamp": int(sealed.timestamp),
            "Nonce": sealed.nonce,
        }
    )
