"""Thirty people at the page at once, each asking every five seconds: nobody waits three times as long as one alone."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import statistics
import time
from typing import Any

import httpx
import pytest

QUESTIONS = ["哪些人属于重点群体？", "2018年国务院印发了什么文件？", "重点实施哪三类培训？", "湖北的补贴标准是多少？"]
PEOPLE, ROUNDS, EVERY = 30, 6, 5.0


async def answered(client: httpx.AsyncClient, question: str) -> float:
    """Ask as the page does; return the seconds until the whole answer has come."""
    session = secrets.token_hex(6)
    body = {"data": [question, "{}"], "fn_index": 0, "session_hash": session}
    started = time.perf_counter()
    (await client.post("/gradio_api/queue/join", json=body)).raise_for_status()
    async with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as events:
        async for line in events.aiter_lines():
            event: dict[str, Any] = json.loads(line[6:]) if line.startswith("data: ") else {}
            if event.get("msg") == "process_completed":
                assert event["success"], event
                assert question in json.dumps(event, ensure_ascii=False)
                return time.perf_counter() - started
    pytest.fail("the answer never came")


async def person(client: httpx.AsyncClient, number: int, rounds: int, every: float) -> list[float]:
    """Ask again and again, beginning at a moment of one's own."""
    await asyncio.sleep(every * number / PEOPLE)
    found = []
    for turn in range(rounds):
        due = time.perf_counter() + every
        found.append(await answered(client, QUESTIONS[(number + turn) % len(QUESTIONS)]))
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return found


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


@pytest.mark.soak
def test_thirty_people_at_once_wait_at_most_three_times_as_long_as_one(shipped: str) -> None:
    async def measured() -> tuple[list[float], list[float]]:
        async with httpx.AsyncClient(base_url=shipped, timeout=60, limits=httpx.Limits(max_connections=100)) as client:
            await person(client, 0, 8, 0.1)  # the first ones load the words
            alone = await person(client, 0, 40, 0.3)
            crowd = await asyncio.gather(*(person(client, number, ROUNDS, EVERY) for number in range(PEOPLE)))
        return alone, [one for found in crowd for one in found]

    alone, crowd = asyncio.run(measured())
    print(
        f"\np95 alone {p95(alone) * 1000:.0f} ms, in the crowd {p95(crowd) * 1000:.0f} ms, load {os.getloadavg()[0]:.1f}"
    )
    assert len(crowd) == PEOPLE * ROUNDS
    assert p95(crowd) <= 3 * p95(alone)
