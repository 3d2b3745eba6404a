"""Settings -> the bots that are configured, with their routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.channels import chat_text, robot, wechat, wecom
from assistant.channels.bot import Bot, Timing
from assistant.channels.crypto import MessageCrypt
from assistant.channels.metrics import Counted
from assistant.channels.outgoing import Outcome, Platform, official_account, wecom_application
from assistant.channels.replies import Replies
from assistant.errors import SettingsError
from assistant.settings import Settings, secret

if TYPE_CHECKING:
    from fastapi import APIRouter

    from assistant.channels.chat_text import Screen
    from assistant.channels.desk import Assistant
    from assistant.channels.metrics import Metrics
    from assistant.channels.outgoing import Sender
    from assistant.state.shared import State

BOT_THREADS = 8
"""Answers of one bot that are worked on at once."""


@dataclass(frozen=True, slots=True)
class Mounted:
    """A platform's routes, and what must run while they are served."""

    router: APIRouter
    bots: tuple[Bot, ...]
    platform: Platform | None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the bots; ends when what they were doing has been handed over."""
        for bot in self.bots:
            await bot.start()
        try:
            yield
        finally:
            for bot in self.bots:
                await bot.stop()
            if self.platform is not None:
                await self.platform.close()


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every bot is made from."""

    assistant: Assistant
    state: State
    samples: Sequence[str]
    screen: Screen | None = None
    timing: Timing | None = None
    threads: int = BOT_THREADS
    metrics: Metrics | None = None

    def counted(self, channel: str) -> Assistant:
        """Return the assistant of a channel, whose answers are counted where anything is."""
        return self.assistant if self.metrics is None else Counted(self.assistant, self.metrics, channel)

    def sender(self, channel: str, platform: Platform | None) -> Sender | None:
        """Return who pushes for a channel, whose faults are counted where anything is."""
        return platform if platform is None or self.metrics is None else _Watched(platform, self.metrics, channel)


class _Watched:
    """Sends by a platform and counts what it does not take."""

    def __init__(self, platform: Platform, metrics: Metrics, channel: str) -> None:
        self._platform, self._metrics, self._channel = platform, metrics, channel

    async def send(self, receiver: str, text: str) -> Outcome:
        """Send a text to a person."""
        outcome = await self._platform.send(receiver, text)
        if outcome is not Outcome.SENT:
            self._metrics.upstream_fault(self._channel)
        return outcome


def configured(settings: Settings, workshop: Workshop) -> list[Mounted]:
    """Return the platforms that are set up; raises SettingsError where one is set up by half."""
    made = (_wechat(settings, workshop), _wecom(settings, workshop))
    return [mounted for mounted in made if mounted is not None]


def screen_from(path: Path | None) -> Screen | None:
    """Return the hook that masks the words of a file, one a line; None without a file. Raises SettingsError."""
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"设置 POLICY_BLOCKED_WORDS 的值不能用：读不了 {path}，应为 UTF-8 的文本文件，每行一个词。"
        ) from error
    words = tuple(word for line in lines if (word := line.strip()) and not word.startswith("#"))
    return partial(chat_text.masked, words=words)


def _wechat(settings: Settings, workshop: Workshop) -> Mounted | None:
    named = {
        "TOKEN": secret(settings.wechat_token),
        "AES_KEY": secret(settings.wechat_aes_key),
        "APP_ID": settings.wechat_app_id,
        "APP_SECRET": secret(settings.wechat_app_secret),
    }
    if not any(named.values()):
        return None
    needed = ["TOKEN", *(["APP_ID"] if named["AES_KEY"] or named["APP_SECRET"] else [])]
    _require("POLICY_WECHAT_", named, needed)
    token, app_id, key = named["TOKEN"] or "", named["APP_ID"] or "", named["AES_KEY"]
    crypt = MessageCrypt(token, key, setting="POLICY_WECHAT_AES_KEY") if key else None
    platform = None
    if named["APP_SECRET"]:
        account = official_account(app_id, named["APP_SECRET"])
        platform = Platform(account, workshop.state.tokens, settings.wechat_api_base)
    bot = _bot(wechat.CHANNEL, token, workshop, platform)
    router = wechat.routes(bot, wechat.OfficialAccount(token, app_id, crypt, settings.public_url))
    return Mounted(router, (bot,), platform)


def _wecom(settings: Settings, workshop: Workshop) -> Mounted | None:
    named = {
        "TOKEN": secret(settings.wecom_token),
        "AES_KEY": secret(settings.wecom_aes_key),
        "CORP_ID": settings.wecom_corp_id,
        "SECRET": secret(settings.wecom_secret),
        "AGENT_ID": "" if settings.wecom_agent_id is None else str(settings.wecom_agent_id),
    }
    if not any(named.values()):
        return None
    _require("POLICY_WECOM_", named, ["TOKEN", "AES_KEY", "CORP_ID", *(["AGENT_ID"] if named["SECRET"] else [])])
    token, corp_id = named["TOKEN"] or "", named["CORP_ID"] or ""
    crypt = MessageCrypt(token, named["AES_KEY"] or "", setting="POLICY_WECOM_AES_KEY")
    platform = None
    if named["SECRET"]:
        account = wecom_application(corp_id, settings.wecom_agent_id or 0, named["SECRET"])
        platform = Platform(account, workshop.state.tokens, settings.wecom_api_base)
    application = _bot(wecom.CHANNEL, token, workshop, platform)
    helper = _bot(robot.CHANNEL, token, workshop, polled=robot.CONTENT_BYTES)
    router = wecom.routes(application, helper, wecom.Corporation(corp_id, crypt, settings.public_url))
    return Mounted(router, (application, helper), platform)


def _bot(channel: str, token: str, workshop: Workshop, platform: Platform | None = None, polled: int = 0) -> Bot:
    replies = Replies(
        workshop.counted(channel), workshop.state, secret=token, samples=workshop.samples, screen=workshop.screen
    )
    return Bot(
        channel,
        workshop.state,
        replies,
        sender=workshop.sender(channel, platform),
        timing=workshop.timing,
        threads=workshop.threads,
        polled=polled,
    )


def _require(prefix: str, named: dict[str, str | None], names: Iterable[str]) -> None:
    missing = [prefix + name for name in names if not named[name]]
    if missing:
        raise SettingsError(f"缺少设置 {'、'.join(missing)}：机器人要与平台上填写的内容一致才能使用。")
