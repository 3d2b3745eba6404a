"""A notice to a WeCom group by its webhook (群机器人). The address is a secret: it is in no message."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from assistant.channels.chat_text import split
from assistant.errors import AssistantError, SettingsError
from assistant.settings import load_settings, secret

if TYPE_CHECKING:
    from assistant.state.limits import Limits

TEXT_BYTES, MARKDOWN_BYTES = 2_048, 4_096
MOST, WINDOW = 20, 60.0
"""Messages that a group takes in so many seconds."""
MAX_PARTS = 10
_TIMEOUT = 10.0
_TOO_OFTEN = 45009
EXIT_FINE = 0


class NoticeError(AssistantError):
    """A notice was not sent; the message says which part and why."""


class GroupWebhook:
    """The webhook of one group; its limit is counted with every process that shares ``limits``."""

    def __init__(self, url: str, limits: Limits, *, window: float = WINDOW) -> None:
        self._url = url
        self._limits = limits
        self._window = window
        self._name = f"webhook:{hashlib.sha256(url.encode()).hexdigest()[:16]}"

    def push(self, text: str, *, markdown: bool = False) -> int:
        """Send a notice in as many messages as it needs, at most 10; return how many. Raises NoticeError."""
        if not text.strip():
            raise NoticeError("通知是空的。")
        parts = split(text, MARKDOWN_BYTES if markdown else TEXT_BYTES, MAX_PARTS)
        kind = "markdown" if markdown else "text"
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=False) as client:
            for number, part in enumerate(parts, 1):
                content = json.dumps({"msgtype": kind, kind: {"content": part}}, ensure_ascii=False).encode()
                self._send(client, content, f"第 {number} 条（共 {len(parts)} 条）")
        return len(parts)

    def _send(self, client: httpx.Client, content: bytes, which: str) -> None:
        for _ in range(3):
            while not self._limits.allows(self._name, MOST, self._window):
                time.sleep(min(self._window, 1.0))
            code = self._post(client, content, which)
            if code == 0:
                return
            if code != _TOO_OFTEN:
                break
            time.sleep(self._window)
        raise NoticeError(f"通知的{which}没有发出：群机器人返回错误码 {code}。请检查 POLICY_WECOM_WEBHOOK_URL。")

    def _post(self, client: httpx.Client, content: bytes, which: str) -> int | None:
        try:
            response = client.post(self._url, content=content, headers={"Content-Type": "application/json"})
            code = response.json().get("errcode")
        except httpx.HTTPError:
            raise NoticeError(f"通知的{which}没有发出：连不上群机器人的地址，或它没有回应。") from None
        except (ValueError, AttributeError):
            raise NoticeError(f"通知的{which}没有发出：群机器人的回应看不懂。") from None
        return code if isinstance(code, int) else None


def notice(text: str | None, file: Path | None, *, markdown: bool) -> int:
    """Send a notice from the command line; raises AssistantError."""
    from assistant.state.database import sqlite_url  # noqa: PLC0415 - no other command needs a database
    from assistant.state.shared import State  # noqa: PLC0415

    settings = load_settings()
    url = secret(settings.wecom_webhook_url)
    if not url.startswith(("http://", "https://")):
        raise SettingsError("请先设置 POLICY_WECOM_WEBHOOK_URL：群机器人的 Webhook 地址，以 https:// 开头。")
    words = text if text is not None else _read(file)
    state = State(secret(settings.database_url) or sqlite_url(settings.state_path))
    try:
        sent = GroupWebhook(url, state.limits).push(words, markdown=markdown)
    finally:
        state.close()
    print(f"已发送 {sent} 条。")
    return EXIT_FINE


def _read(file: Path | None) -> str:
    try:
        return sys.stdin.read() if file is None else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NoticeError(f"读不了通知：{file or '标准输入'}。应为 UTF-8 的文本。") from error
