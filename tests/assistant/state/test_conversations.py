"""Conversations in a database are bounded, separate, expire, and are safe to share by threads and processes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from assistant.answer import Answer, Citation, Retrieved, Status, Turn
from assistant.state import conversations as module
from assistant.state.conversations import KEPT_SECONDS, MAX_TURNS, Conversations, new_conversation_id
from assistant.state.shared import State

Open = Callable[[str], State]


def turn(question: str) -> Turn:
    return Turn(question, Answer(question, Status.ANSWERED, question))


@pytest.fixture
def kept(state_url: str, open_state: Open) -> Conversations:
    return open_state(state_url).conversations


def test_turns_come_back_in_the_order_they_were_added(kept: Conversations) -> None:
    kept.append("a", turn("一"))
    kept.append("a", turn("二"))
    kept.append("b", turn("别的"))
    assert [item.question for item in kept.turns("a")] == ["一", "二"]
    assert [item.question for item in kept.turns("b")] == ["别的"]


def test_an_answer_comes_back_whole_but_for_the_passages_that_were_only_considered(kept: Conversations) -> None:
    citation = Citation("文件/一.txt", "办法", 3, 8, "补贴\0五千。\ud800😀", ("一、标准", "（一）金额"))
    answer = Answer(
        "x", Status.PARTIAL, "五千[1]。", (citation,), (citation,), (), ("谁可以申请？",), "a", 1.5, "模型超时", "补贴标准是多少？"
    )  # fmt: skip
    kept.append("a", Turn("标准?", replace(answer, retrieved=(Retrieved("d", 0, 1, "长", 1.0),))))
    assert kept.turns("a") == (Turn("标准?", answer),)


def test_an_unknown_conversation_has_no_turns(kept: Conversations) -> None:
    for strange in ("unknown", "", "\0", "\ud800", "'; DROP TABLE turns; --", "x" * 5_000):
        assert kept.turns(strange) == ()


def test_only_the_latest_turns_are_kept(kept: Conversations) -> None:
    for number in range(MAX_TURNS + 5):
        kept.append("a", turn(str(number)))
    assert [item.question for item in kept.turns("a")] == [str(number) for number in range(5, MAX_TURNS + 5)]


def test_a_conversation_expires_and_what_was_said_does_not_come_back(
    kept: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.append("a", turn("一"))
    later = module.now() + KEPT_SECONDS + 1
    monkeypatch.setattr(module, "now", lambda: later)
    assert kept.turns("a") == ()
    kept.append("a", turn("二"))
    assert [item.question for item in kept.turns("a")] == ["二"]


def test_a_forgotten_conversation_is_gone_and_forgetting_twice_is_no_fault(kept: Conversations) -> None:
    kept.append("a", turn("一"))
    kept.forget("a")
    kept.forget("a")
    assert kept.turns("a") == ()


def test_threads_lose_no_turn(state_url: str, open_state: Open) -> None:
    kept = Conversations(open_state(state_url).database, max_turns=1_000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kept.append("a", turn(str(number))), range(200)))
    assert {item.question for item in kept.turns("a")} == {str(number) for number in range(200)}


def test_another_process_sees_the_conversation_at_once(state_url: str, open_state: Open) -> None:
    """Two engines on one database are what two worker processes have."""
    here, there = open_state(state_url), open_state(state_url)
    here.conversations.append("a", turn("一"))
    there.conversations.append("a", turn("二"))
    assert [item.question for item in here.conversations.turns("a")] == ["一", "二"]
    there.conversations.forget("a")
    assert here.conversations.turns("a") == ()


def test_ids_are_long_and_never_repeat() -> None:
    ids = {new_conversation_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert min(map(len, ids)) >= 22
