"""The callbacks of WeCom (企业微信) at one address: an application's messages in XML, an intelligent robot's in JSON."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from assistant.channels import callbacks, envelope, robot
from assistant.channels.crypto import ForgedError, MessageCrypt, Sealed
from assistant.channels.wechat import read, sealed_message, text_message
from assistant.state.inbox import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.channels.bot import Bot

CHANNEL = "wecom"
DONE = ""
"""What the platform reads as: received, nothing to say."""
_EVENTS = {"subscribe": Kind.WELCOME, "unsubscribe": Kind.GOODBYE, "click": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Corporation:
    """A corporation as it is set up: the id that its messages are sealed for."""

    corp_id: str
    crypt: MessageCrypt
    public_url: str | None = None

    @property
    def receivers(self) -> tuple[str, str]:
        """The ids a robot's messages may be sealed for: robots of one's own corporation have none."""
        return self.corp_id, ""


def routes(application: Bot, helper: Bot, corporation: Corporation) -> APIRouter:
    """Return the routes of the callback: messages to ``application``, and those of a robot to ``helper``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/wecom")
    async def check(request: Request) -> Response:
        async def answer() -> Response:
            query = callbacks.parameters(request)
            # Some proxies decode a query once and leave a space where there was a plus.
            text, _ = corporation.crypt.open(
                _sealed(query, query.get("echostr", "").replace(" ", "+")), corporation.receivers
            )
            return callbacks.plain(text)

        return await callbacks.guarded(answer)

    @router.post("/wecom")
    async def message(request: Request) -> Response:
        arrived = asyncio.get_running_loop().time()

        async def answer() -> Response:
            query, body = callbacks.parameters(request), await request.body()
            links = callbacks.links(request, corporation.public_url)
            if body.lstrip()[:1] == b"{":
                sealed = _sealed(query, robot.encrypted_part(body))
                text, receiver = corporation.crypt.open(sealed, corporation.receivers)
                said = await robot.answer(helper, text, links, arrived)
                return robot.reply(corporation.crypt, said, receiver)
            fields = _open(corporation, query, body)
            incoming = read(fields, links, CHANNEL, _EVENTS)
            reply = None if incoming is None else await application.receive(incoming, arrived, request.is_disconnected)
            return callbacks.plain(DONE) if reply is None else _reply(corporation, fields, reply)

        return await callbacks.guarded(answer)

    return router


def _sealed(query: Mapping[str, str], encrypted: str) -> Sealed:
    return Sealed(encrypted, query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", ""))


def _open(corporation: Corporation, query: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Return the fields of a message; what stands outside its encrypted part must agree with it."""
    outer = envelope.parse(body)
    text, _ = corporation.crypt.open(_sealed(query, outer.get("Encrypt", "")), [corporation.corp_id])
    inner = envelope.parse(text)
    for name in ("ToUserName", "AgentID"):
        if outer.get(name) and name in inner and outer[name] != inner[name]:
            raise ForgedError
    return inner


def _reply(corporation: Corporation, fields: Mapping[str, str], text: str) -> Response:
    xml = text_message(fields.get("FromUserName", ""), fields.get("ToUserName", ""), text)
    sealed = callbacks.seal(corporation.crypt, xml, corporation.corp_id)
    return Response(sealed_message(sealed), media_type="application/xml", headers={"Cache-Control": "no-store"})
