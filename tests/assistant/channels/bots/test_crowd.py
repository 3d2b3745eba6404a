"""Many people at once, each of whom gets exactly one answer to each question, whatever happens on the way.

Everybody asks a slow question, a second one meanwhile, and something later; responses get lost; the service is killed
and started again in between.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any

import pytest

Stage = Any  # a fixture of conftest.py, which no test can import
LIMIT = 4.5


@dataclass(frozen=True)
class Play:
    """How many people, how fast the clock runs, and how long the slow answers take (seconds)."""

    people: int
    scale: float
    slow: float
    slack: float


@pytest.mark.parametrize(
    "play",
    [
        pytest.param(Play(20, 8, 1.5, 2.0), id="20"),
        pytest.param(Play(200, 1, 20.0, 0.0), id="200", marks=[pytest.mark.soak, pytest.mark.timeout(900)]),
    ],
)
@pytest.mark.parametrize(
    "pushes", [pytest.param(False, marks=pytest.mark.soak, id="next-message"), pytest.param(True, id="pushed")]
)
def test_everybody_gets_exactly_one_answer_to_each_question(stage: Stage, play: Play, *, pushes: bool) -> None:
    stage.scale, stage.threads = play.scale, play.people * 3
    if pushes:
        stage.push()
    first = stage.start()
    people = [stage.person(corp=number % 4 == 0) for number in range(play.people)]
    chance = random.Random(7)
    drops = [[chance.choice((0, 0, 0, 1, 2)) for _ in range(3)] for _ in people]
    slow, quick, last = (f"慢{play.slow}秒的一", "二", "三")

    async def moment() -> None:
        """Wait a while, as people do: up to ten seconds of the shipped clock."""
        await asyncio.sleep(chance.random() * 10 / play.scale)

    async def ask(person: Any, drop: list[int], client: Any) -> None:
        await moment()
        first_question = asyncio.create_task(person.say(slow, client))
        await moment()
        await person.say(quick, client, drop=drop[1])
        await first_question

    async def go_on(person: Any, drop: list[int], client: Any) -> None:
        await moment()
        await person.say(last, client, drop=drop[2])
        for _ in range(3):
            await moment()
            await person.say("继续", client)

    async def all_of_them(what: Any, client: Any) -> None:
        await asyncio.gather(*(what(person, drop, client) for person, drop in zip(people, drops, strict=True)))

    stage.play(lambda client: all_of_them(ask, client))
    # Whether a push arrived that was under way when the power went, nobody can know, and it is made again. For an exact
    # count the platform lets none in at that moment, and has noted those before.
    stage.api.closed = True
    time.sleep(0.5)
    first.kill()
    stage.api.closed = False
    stage.start(first.port)

    async def after(client: Any) -> None:
        # What was being worked out when the service died is worked out again.
        await asyncio.sleep((play.slow * play.scale + 12) / play.scale + play.slack)
        await all_of_them(go_on, client)
        await asyncio.sleep(2 if pushes else 0)

    stage.play(after)
    for person in people:
        everything = person.received + stage.api.to(person.name)
        said = [sum(text.count(f"答：{question}") for text in everything) for question in (slow, quick, last)]
        assert said == [1, 1, 1], (person.name, everything)
    durations, served = sorted(duration for person in people for duration in person.durations), stage.served()
    middle = len(durations) // 2
    print(
        f"{len(durations)} requests as their senders saw them: median {durations[middle]:.2f} s, longest {durations[-1]:.2f} s"
    )
    print(f"{len(served)} requests in the server: median {served[len(served) // 2]:.2f} s, longest {served[-1]:.2f} s")
    assert durations[-1] <= LIMIT / play.scale + play.slack
