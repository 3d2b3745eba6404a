"""Conversations kept in memory are bounded, separate and safe to share by threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from assistant.answer import Answer, Status, Turn
from assistant.conversation import MAX_TURNS, MemoryConversations, new_conversation_id


def turn(question: str) -> Turn:
    return Turn(question, Answer(question, Status.ANSWERED, question))


def test_turns_come_back_in_the_order_they_were_added() -> None:
    kept = MemoryConversations()
    kept.append("a", turn("一"))
    kept.append("a", turn("二"))
    kept.append("b", turn("别的"))
    assert [item.question for item in kept.turns("a")] == ["一", "二"]
    assert [item.question for item in kept.turns("b")] == ["别的"]


def test_an_unknown_conversation_has_no_turns_and_is_not_begun_by_asking_for_them() -> None:
    kept = MemoryConversations(max_conversations=1)
    kept.append("a", turn("一"))
    assert kept.turns("unknown") == ()
    assert len(kept.turns("a")) == 1


def test_only_the_latest_turns_are_kept() -> None:
    kept = MemoryConversations()
    for number in range(MAX_TURNS + 5):
        kept.append("a", turn(str(number)))
    assert [item.question for item in kept.turns("a")] == [str(number) for number in range(5, MAX_TURNS + 5)]


def test_the_conversation_that_was_used_longest_ago_makes_room() -> None:
    kept = MemoryConversations(max_conversations=2)
    kept.append("old", turn("一"))
    kept.append("new", turn("二"))
    kept.turns("old")  # reading is using
    kept.append("newest", turn("三"))
    assert kept.turns("new") == ()
    assert len(kept.turns("old")) == len(kept.turns("newest")) == 1


def test_a_forgotten_conversation_is_gone_and_forgetting_twice_is_no_fault() -> None:
    kept = MemoryConversations()
    kept.append("a", turn("一"))
    kept.forget("a")
    kept.forget("a")
    assert kept.turns("a") == ()


def test_threads_lose_no_turn() -> None:
    kept = MemoryConversations(max_turns=1_000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kept.append("a", turn(str(number))), range(400)))
    assert {item.question for item in kept.turns("a")} == {str(number) for number in range(400)}


def test_ids_are_long_and_never_repeat() -> None:
    ids = {new_conversation_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert min(map(len, ids)) >= 22
