"""The intelligent robot (智能机器人) of WeCom: JSON in, a stream out that the platform polls until it is finished."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from assistant.channels import callbacks
from assistant.channels.crypto import ForgedError
from assistant.state.inbox import Kind, Message

if TYPE_CHECKING:
    from assistant.channels.bot import Bot
    from assistant.channels.crypto import MessageCrypt

CHANNEL = "robot"
CONTENT_BYTES = 20_480
"""Bytes of UTF-8 that the content of a stream may have."""
HOLD = 1.0
"""Seconds that the first reply waits for the answer; after them the platform polls."""
POLLED_SECONDS = 330.0
"""Seconds after which a stream is ended: the platform polls for six minutes and then shows nothing at all."""
_TOO_LONG = "这次查找用时太长，没能答完。请再问一次。"
_STREAM_ID = re.compile(r"[0-9a-f]{64}")
_MENTION = re.compile(r"^\s*@\S+[\s\u2005]+")


def encrypted_part(body: bytes) -> str:
    """Return the encrypted text of a callback's body; raises ForgedError."""
    text = _load(body).get("encrypt")
    if not isinstance(text, str):
        raise ForgedError
    return text


async def answer(bot: Bot, text: str, links: str, arrived: float) -> dict[str, Any] | None:
    """Return what a decrypted callback is answered with; None for nothing. Raises ForgedError where it is no JSON."""
    callback = _load(text)
    if _text(callback, "msgtype") == "stream":
        return await _poll(bot, _text(callback, "stream", "id"))
    message = read(callback, links)
    if message is None:
        return None
    reply_ = await bot.reply_to(message, arrived, HOLD)
    if message.kind is Kind.WELCOME:
        return {"msgtype": "text", "text": {"content": reply_ or ""}}
    return _stream(message.key, reply_)


def read(callback: dict[str, Any], links: str = "") -> Message | None:
    """Return what a member did; None for what needs no reply or is no whole message."""
    kind, member = _text(callback, "msgtype"), _text(callback, "from", "userid")
    chat = _text(callback, "chatid") if _text(callback, "chattype") == "group" else ""
    sender = f"{chat}/{member}" if chat else member
    if not callbacks.is_id(member) or not callbacks.is_id(sender) or not kind:
        return None
    key = callbacks.message_key(CHANNEL, _text(callback, "aibotid"), sender, _text(callback, "msgid"))
    if kind == "event":
        entered = _text(callback, "event", "eventtype") == "enter_chat"
        return Message(key, CHANNEL, sender, Kind.WELCOME, "", links) if entered else None
    if not _text(callback, "msgid"):
        return None
    if kind in {"text", "voice", "mixed"}:
        said = _said(callback, kind)
        if chat:
            said = _MENTION.sub("", said)
        return Message(key, CHANNEL, sender, Kind.TEXT if said or kind == "text" else Kind.UNHEARD, said, links)
    return Message(key, CHANNEL, sender, Kind.UNREADABLE, "", links)


def reply(crypt: MessageCrypt, said: dict[str, Any] | None, receiver: str) -> Response:
    """Return the response that says something, sealed; an empty one for nothing."""
    if said is None:
        return callbacks.plain("")
    sealed = callbacks.seal(crypt, json.dumps(said, ensure_ascii=False), receiver)
    envelope = {
        "encrypt": sealed.encrypted,
        "msgsignature": sealed.signature,
        "timestamp": int(sealed.timestamp),
        "nonce": sealed.nonce,
    }
    return Response(json.dumps(envelope), media_type="application/json", headers={"Cache-Control": "no-store"})


async def _poll(bot: Bot, stream_id: str) -> dict[str, Any]:
    if not _STREAM_ID.fullmatch(stream_id):
        return _stream("", "")
    content = await bot.poll(stream_id)
    if content is None:
        age = await bot.age(stream_id)
        content = "" if age is None else _TOO_LONG if age > POLLED_SECONDS else None
    return _stream(stream_id, content)


def _stream(stream_id: str, content: str | None) -> dict[str, Any]:
    """Return a state of a stream: each one's content begins with that of the one before."""
    return {"msgtype": "stream", "stream": {"id": stream_id, "finish": content is not None, "content": content or ""}}


def _said(callback: dict[str, Any], kind: str) -> str:
    if kind != "mixed":
        return _text(callback, kind, "content")
    mixed = callback.get("mixed")
    items = mixed.get("msg_item") if isinstance(mixed, dict) else None
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return "\n".join(filter(None, (_text(row, "text", "content") for row in rows)))


def _load(text: bytes | str) -> dict[str, Any]:
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ForgedError from error
    if not isinstance(loaded, dict):
        raise ForgedError
    return loaded


def _text(value: Any, *path: str) -> str:
    """Return the text at a path of names; empty where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
