"""The platform's behaviour, played: whatever happens, each question gets exactly one answer and each request its response.

Times are an eighth of the shipped ones; the full times are in ``test_crowd.py``.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

Stage = Any  # a fixture of conftest.py, which no test can import
IN_TIME, HOLD = 4.5, 4.0
SLACK = 1.0
"""Seconds that a busy machine may take on top, at these short times."""


def within(stage: Stage, person: Any) -> None:
    """Each request was answered within 4.5 s, in the time of the stage."""
    assert max(person.durations) <= IN_TIME / stage.scale + SLACK


def times_answered(texts: list[str], question: str) -> int:
    return sum(text.count(f"答：{question}") for text in texts)


def test_an_answer_that_is_ready_comes_at_once(quiet: Stage) -> None:
    person = quiet.person()
    text = quiet.play(lambda client: person.say("补贴多少？", client))
    assert "答：补贴多少？【1】" in text
    assert "“培训补贴每人一千元。”" in text
    assert "——《青川县培训补贴办法》" in text
    assert f"{person.url.removesuffix('wechat')}a/" in text
    assert person.durations[0] < HOLD / quiet.scale


def test_the_same_message_three_times_at_once_is_one_computation_and_one_answer(quiet: Stage) -> None:
    """CASES 44."""
    person = quiet.person()
    xml = person.text("慢0.3秒的问题", "4561255354251345929")

    async def scene(client: Any) -> list[str | None]:
        return await asyncio.gather(*(person.deliver(xml, client) for _ in range(3)))

    first, second, third = quiet.play(scene)
    assert first == second == third
    assert "答：慢0.3秒的问题" in first
    assert quiet.computed()["慢0.3秒的问题"] == 1
    # Asked once more later, the platform gets the same and nothing is worked out.
    assert quiet.play(lambda client: person.deliver(xml, client)) == first
    assert quiet.computed()["慢0.3秒的问题"] == 1


def test_an_event_that_is_repeated_is_one_event(quiet: Stage) -> None:
    person = quiet.person()
    xml = person.message("event", "<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[菜单的问题？]]></EventKey>")

    async def scene(client: Any) -> list[str | None]:
        return await asyncio.gather(*(person.deliver(xml, client) for _ in range(3)))

    assert len(set(quiet.play(scene))) == 1
    assert quiet.computed()["菜单的问题？"] == 1


def test_a_slow_answer_comes_with_the_next_message_where_nothing_can_be_pushed(quiet: Stage) -> None:
    """CASES 46: 20 s at an eighth of the time."""
    person = quiet.person()

    async def scene(client: Any) -> None:
        assert await person.say("慢2.5秒的一", client) is None
        await asyncio.sleep(2.6)
        assert times_answered([await person.say("二", client) or ""], "慢2.5秒的一") == 1
        assert await person.say("继续", client) == "没有未发完的内容了。请直接提问。"

    quiet.play(scene)
    within(quiet, person)
    assert times_answered(person.received, "慢2.5秒的一") == times_answered(person.received, "二") == 1
    assert any(text.startswith("您问：“慢2.5秒的一”") for text in person.received)
    assert quiet.api.calls == []


@pytest.mark.parametrize("corp", [False, True])
def test_a_slow_answer_is_pushed_and_does_not_come_again(pushing: Stage, *, corp: bool) -> None:
    person = pushing.person(corp=corp)

    async def scene(client: Any) -> None:
        assert await person.say("慢1.5秒的一", client) is None
        await asyncio.to_thread(pushing.until, lambda: pushing.api.to(person.name))
        await person.say("二", client)

    pushing.play(scene)
    within(pushing, person)
    assert times_answered(pushing.api.to(person.name), "慢1.5秒的一") == 1
    assert times_answered(person.received, "慢1.5秒的一") == 0
    assert times_answered(person.received, "二") == 1


@pytest.mark.parametrize("pushes", [False, True])
def test_a_second_question_while_the_first_is_running_is_answered_too(
    quiet: Stage, pushing: Stage, *, pushes: bool
) -> None:
    """CASES 45."""
    stage = pushing if pushes else quiet
    person = stage.person()

    async def scene(client: Any) -> None:
        first = asyncio.create_task(person.say("慢1.2秒的一", client))
        await asyncio.sleep(0.2)
        assert times_answered([await person.say("二", client) or ""], "二") == 1
        assert await first is None
        await asyncio.sleep(1.5)
        await person.say("继续", client)

    stage.play(scene)
    within(stage, person)
    everything = person.received + stage.api.to(person.name)
    assert [times_answered(everything, question) for question in ("慢1.2秒的一", "二")] == [1, 1]


def test_a_platform_that_asks_again_while_the_first_request_still_waits_shows_one_answer(pushing: Stage) -> None:
    """The connection is dropped before the response: another request of the same message carries it, or a push."""
    person = pushing.person()
    person.patience = 0.3  # less than the server holds, 0.5 s: each request overlaps the one before

    async def scene(client: Any) -> None:
        await person.say("慢0.7秒的一", client)
        await asyncio.sleep(1.5)

    pushing.play(scene)
    everything = person.received + pushing.api.to(person.name)
    assert times_answered(everything, "慢0.7秒的一") == 1
    assert pushing.computed()["慢0.7秒的一"] == 1


def test_a_response_that_is_lost_is_given_again(quiet: Stage) -> None:
    person = quiet.person()
    quiet.play(lambda client: person.say("要丢的一", client, drop=2))
    assert times_answered(person.received, "要丢的一") == 1
    assert quiet.computed()["要丢的一"] == 1


def test_a_message_whose_requests_were_all_dropped_is_answered_later(quiet: Stage) -> None:
    person = quiet.person()

    async def scene(client: Any) -> None:
        person.patience = 0.15
        assert await person.say("慢1.1秒的一", client) is None
        person.patience = 5
        await asyncio.sleep(1.2)
        await person.say("二", client)

    quiet.play(scene)
    assert times_answered(person.received, "慢1.1秒的一") == times_answered(person.received, "二") == 1


@pytest.mark.parametrize(
    ("end", "pushes"),
    [
        ("kill", False),
        ("stop", True),
        pytest.param("kill", True, marks=pytest.mark.soak),
        pytest.param("stop", False, marks=pytest.mark.soak),
    ],
)
def test_a_restart_in_between_loses_and_doubles_nothing(stage: Stage, end: str, *, pushes: bool) -> None:
    """CASES 44: the answer is worked out again by the next process, and given once."""
    if pushes:
        stage.push()
    first = stage.start()
    person = stage.person()

    async def before(client: Any) -> None:
        assert await person.say("慢1.5秒的一", client) is None
        assert times_answered([await person.say("二", client) or ""], "二") == 1

    stage.play(before)
    getattr(first, end)()
    stage.start(first.port)

    async def after(client: Any) -> None:
        if pushes:
            await asyncio.to_thread(stage.until, lambda: stage.api.sent)
        else:
            await asyncio.to_thread(stage.until, lambda: stage.computed()["慢1.5秒的一"] == 2)
            await asyncio.sleep(1.8)
        await person.say("三", client)
        await person.say("继续", client)

    stage.play(after)
    everything = person.received + stage.api.to(person.name)
    assert [times_answered(everything, question) for question in ("慢1.5秒的一", "二", "三")] == [1, 1, 1]


def test_two_workers_share_messages_conversation_pending_replies_and_tokens(stage: Stage, state_url: str) -> None:
    stage.push()
    stage.settings["POLICY_DATABASE_URL"] = state_url
    one, two = stage.start(), stage.start()
    here, there = stage.person(one), stage.person(two)
    there.name = here.name
    xml = here.text("慢0.2秒的一", "9")

    async def scene(client: Any) -> None:
        # The platform's second request reaches the other worker, which waits for the first one's answer.
        first, second = await asyncio.gather(here.deliver(xml, client), there.deliver(xml, client))
        assert first == second
        assert "（接着慢0.2秒的一）" in (await there.say("接着呢？", client) or "")
        # Each worker has an answer to push: one token for both.
        await asyncio.gather(here.say("慢1.2秒的二", client), there.say("慢1.2秒的三", client))
        await asyncio.to_thread(stage.until, lambda: len(stage.api.sent) == 2)
        # What one worker could not push the other one delivers.
        stage.api.script = [45015]
        await here.say("慢1秒的四", client)
        await asyncio.to_thread(stage.until, lambda: 45015 in stage.api.calls)
        await asyncio.sleep(0.3)
        assert times_answered([await there.say("五", client) or ""], "慢1秒的四") == 1
        await there.say("清空", client)
        assert "接着慢" not in (await here.say("接着呢？", client) or "")

    stage.play(scene)
    assert stage.computed()["慢0.2秒的一"] == 1
    assert stage.api.tokens == 1
    # A message that comes again when its worker is long gone is not answered twice.
    one.kill()
    assert stage.play(lambda client: there.deliver(xml, client)) == here.received[0]
    assert stage.computed()["慢0.2秒的一"] == 1


def test_a_long_answer_comes_in_parts_in_order(pushing: Stage) -> None:
    person = pushing.person()

    async def scene(client: Any) -> None:
        await person.say("很长", client)
        await asyncio.to_thread(pushing.until, lambda: len(pushing.api.to(person.name)) == 4)

    pushing.play(scene)
    parts = person.received + pushing.api.to(person.name)
    assert len(parts) == 5
    assert sum(part.count("长") for part in parts) == 3_000
    assert "/a/" in parts[-1]


def test_without_a_push_the_rest_of_a_long_answer_is_asked_for(quiet: Stage) -> None:
    person = quiet.person()

    async def scene(client: Any) -> None:
        await person.say("很长", client)
        while "继续" in person.received[-1]:
            await person.say("继续", client)

    quiet.play(scene)
    assert sum(part.count("长") for part in person.received) == 3_000
    assert len(person.received) == 5
    assert "/a/" in person.received[-1]


def test_the_shipped_times_answer_each_request_within_four_and_a_half_seconds(stage: Stage) -> None:
    """CASES 46 in full time, with an answer that takes 4.6 s."""
    stage.scale = 1.0
    stage.start()
    person = stage.person()

    async def scene(client: Any) -> None:
        assert await person.say("慢4.6秒的一", client) is None
        await asyncio.sleep(0.9)
        assert times_answered([await person.say("二", client) or ""], "慢4.6秒的一") == 1

    stage.play(scene)
    assert max(person.durations) < IN_TIME
