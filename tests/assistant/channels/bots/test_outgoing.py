"""Messages that the bots send of their own accord, against a scripted API over real HTTP: every code it answers with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from assistant.channels.bot import _next_day
from assistant.channels.outgoing import Outcome, Platform, PlatformError, official_account, wecom_application
from assistant.state.shared import State

Api = Any  # fixtures of conftest.py, which no test can import
Stage = Any
Site = Any
SECRET = "app-secret"


def run(api: Api, state: State, *texts: str, secret: str = SECRET, timeout: float = 5.0) -> list[Outcome]:
    """Send texts one after the other."""

    async def all_of_them() -> list[Outcome]:
        platform = Platform(official_account("wx1", secret), state.tokens, api.url, timeout=timeout)
        try:
            return [await platform.send("o-1", text) for text in texts]
        finally:
            await platform.close()

    return asyncio.run(all_of_them())


@pytest.fixture
def state(open_state: Callable[[], State]) -> State:
    return open_state()


def test_texts_arrive_as_they_are_with_one_token(api: Api, state: State) -> None:
    assert run(api, state, "一😀<“", "二") == [Outcome.SENT, Outcome.SENT]
    assert api.sent == [("o-1", "一😀<“"), ("o-1", "二")]
    assert api.tokens == 1


def test_an_application_of_wecom_sends_with_its_agent(api: Api, state: State) -> None:
    async def send() -> Outcome:
        platform = Platform(wecom_application("corp", 7, SECRET), state.tokens, api.url + "/")
        try:
            return await platform.send("zhang", "一")
        finally:
            await platform.close()

    assert asyncio.run(send()) is Outcome.SENT
    assert api.sent == [("zhang", "一")]


def test_a_token_that_went_stale_is_fetched_once_more_and_the_text_arrives(api: Api, state: State) -> None:
    run(api, state, "一")
    api.expire()
    assert run(api, state, "二", "三") == [Outcome.SENT, Outcome.SENT]
    assert api.tokens == 2
    assert api.calls == [0, 40001, 0, 0]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_is_refused_again_is_not_fetched_for_ever(api: Api, state: State, code: int) -> None:
    api.script = [code, code, code]
    assert run(api, state, "一") == [Outcome.KEEP]
    assert api.tokens == 2
    assert api.calls == [code, code]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (45015, Outcome.KEEP),
        (45047, Outcome.KEEP),
        (48001, Outcome.KEEP),
        (43004, Outcome.KEEP),
        (45009, Outcome.SPENT),
        (-1, Outcome.LATER),
        ("hang", Outcome.KEEP),
    ],
)
def test_what_the_platform_answers_decides_what_becomes_of_a_text(
    api: Api, state: State, code: int | str, outcome: Outcome
) -> None:
    api.script = [code]
    assert run(api, state, "一", timeout=0.5) == [outcome]
    assert api.sent == []


def test_a_token_that_cannot_be_had_sends_nothing_and_lets_the_next_one_try(
    api: Api, state: State, caplog: pytest.LogCaptureFixture
) -> None:
    assert run(api, state, "一", secret="geheim") == [Outcome.KEEP]
    assert "40125" in caplog.text
    assert "geheim" not in caplog.text
    api.token_script = ["hang", 45009, -1]
    assert run(api, state, "二", "三", "四", "五", timeout=0.5) == [
        Outcome.LATER,
        Outcome.SPENT,
        Outcome.LATER,
        Outcome.SENT,
    ]


def test_a_platform_that_cannot_be_reached_is_tried_again_later(state: State, api: Api) -> None:
    api.url = "http://127.0.0.1:1"
    assert run(api, state, "一") == [Outcome.LATER]


def test_neither_secret_nor_token_is_ever_logged(api: Api, state: State, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.script = [45015, 0]
    run(api, state, "一", "二")
    assert SECRET not in caplog.text
    assert "TOKEN-" not in caplog.text


def test_many_that_need_a_token_at_once_fetch_one(api: Api, state_url: str, open_state: Callable[[str], State]) -> None:
    """Two workers, ten sends each."""

    async def many() -> list[Outcome]:
        account = official_account("wx1", SECRET)
        workers = [Platform(account, open_state(state_url).tokens, api.url) for _ in range(2)]
        try:
            sends = [worker.send("o-1", str(number)) for number in range(10) for worker in workers]
            return await asyncio.gather(*sends)
        finally:
            await asyncio.gather(*(worker.close() for worker in workers))

    assert set(asyncio.run(many())) == {Outcome.SENT}
    assert api.tokens == 1


def test_a_worker_that_waits_for_a_token_does_not_wait_for_ever(api: Api, state: State) -> None:
    state.tokens.claim("wechat:wx1")  # another worker is at it, and hangs

    async def wait() -> str:
        platform = Platform(official_account("wx1", SECRET), state.tokens, api.url, timeout=0.2)
        try:
            return await platform.token()
        finally:
            await platform.close()

    with pytest.raises(PlatformError):
        asyncio.run(wait())


# What the person sees of it.


def once(everything: list[str], question: str) -> bool:
    return sum(text.count(f"答：{question}") for text in everything) == 1


def fails(stage: Stage, code: int | str, seconds: float = 0.5) -> Any:
    """Let a push to somebody new fail; returns the person, who has then got the answer with the next message."""
    stage.api.script = [code]
    person = stage.person()

    async def scene(client: Any) -> None:
        assert await person.say("慢0.8秒的一", client) is None
        await asyncio.to_thread(stage.until, lambda: not stage.api.script)
        await asyncio.sleep(seconds)
        assert once([await person.say("二", client) or ""], "慢0.8秒的一")

    stage.play(scene)
    assert stage.api.to(person.name) == []
    return person


@pytest.mark.parametrize(
    ("code", "seconds"), [(45015, 0.5), (45047, 0.5), (48001, 0.5), pytest.param("hang", 5.5, marks=pytest.mark.soak)]
)
def test_a_reply_that_could_not_be_pushed_comes_with_the_next_message(
    pushing: Stage, code: int | str, seconds: float
) -> None:
    fails(pushing, code, seconds)


def test_once_the_days_calls_are_used_up_none_is_made_any_more(stage: Stage) -> None:
    stage.push()
    stage.start()
    person = fails(stage, 45009)
    calls = len(stage.api.calls)

    async def scene(client: Any) -> None:
        assert await person.say("慢0.8秒的三", client) is None
        await asyncio.sleep(0.8)
        assert len(stage.api.calls) == calls
        assert once([await person.say("四", client) or ""], "慢0.8秒的三")

    stage.play(scene)


def test_a_platform_that_is_busy_is_tried_again(pushing: Stage) -> None:
    pushing.api.script = [-1]
    person = pushing.person()

    async def scene(client: Any) -> None:
        await person.say("慢0.8秒的一", client)
        await asyncio.to_thread(pushing.until, lambda: pushing.api.to(person.name))

    pushing.play(scene)
    assert pushing.api.calls[-2:] == [-1, 0]


def test_the_day_of_the_platform_ends_at_midnight_in_beijing() -> None:
    """1700000000 is 2023-11-15 06:13:20 in Beijing; the next midnight is 17 h 46 min 40 s = 64,000 s later."""
    assert _next_day(1_700_000_000) == 1_700_064_000
    assert _next_day(1_700_064_000) == 1_700_064_000 + 86_400
