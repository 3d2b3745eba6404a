"""Many people at once: 30 ask every five seconds, the way the page's API asks; the slowest still get their answers soon."""

from __future__ import annotations

import math
import os
import threading
import time

import httpx
import pytest

PEOPLE, PAUSE_SECONDS, SECONDS, ALONE = 30, 5.0, 60.0, 20
QUESTIONS = (
    "2018年国务院印发了什么文件？", "哪些人属于重点群体？", "请按时间顺序列出培训政策的出台过程", "培训有哪些类型？",
    "补贴标准是多少？", "企业新型学徒制是什么？", "技能中国行动是什么时候提出的？",
)  # fmt: skip


def p95(latencies: list[float]) -> float:
    return sorted(latencies)[math.ceil(0.95 * len(latencies)) - 1]


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_thirty_people_wait_at_most_three_times_as_long_as_one(shipped: str) -> None:
    faults: list[str] = []

    def ask(client: httpx.Client, number: int) -> float:
        started = time.perf_counter()
        response = client.post("/api/ask", json={"question": QUESTIONS[number % len(QUESTIONS)]})
        if response.status_code != 200:
            faults.append(f"{response.status_code} {response.text[:100]}")
        return time.perf_counter() - started

    with httpx.Client(base_url=shipped, timeout=60) as client:
        for number in range(len(QUESTIONS)):
            ask(client, number)
        alone = [ask(client, number) for number in range(ALONE * 2)]
    together: list[float] = []
    begun = time.monotonic()

    def person(number: int) -> None:
        time.sleep(number * PAUSE_SECONDS / PEOPLE)
        with httpx.Client(base_url=shipped, timeout=60) as client:
            for turn in range(int(SECONDS / PAUSE_SECONDS)):
                time.sleep(max(0.0, begun + number * PAUSE_SECONDS / PEOPLE + turn * PAUSE_SECONDS - time.monotonic()))
                together.append(ask(client, number + turn))

    people = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    load = os.getloadavg()[0]
    told = f"alone p95 {p95(alone):.3f} s, {PEOPLE} people p95 {p95(together):.3f} s, {len(together)} answers, load {load:.1f}"
    print(told)
    assert faults == []
    assert p95(together) <= 3 * p95(alone), told
