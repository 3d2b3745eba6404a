"""Messages, replies and tokens of the bots: two workers over one database never do the same thing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.state import inbox as inbox_module
from assistant.state import tables
from assistant.state import tokens as tokens_module
from assistant.state.inbox import Inbox, Kind, Message
from assistant.state.outbox import Outbox
from assistant.state.shared import State

Open = Callable[[str], State]
HELLO = Message("key", "wechat", "someone", Kind.TEXT, "你好")
FAR = 4e9


@pytest.fixture
def two(state_url: str, open_state: Open) -> tuple[State, State]:
    """The stores of two workers."""
    return open_state(state_url), open_state(state_url)


def put(state: State, text: str, key: str = "key", *, may_push: bool = False, due: float = 0.0) -> None:
    with state.database.transaction() as connection:
        state.outbox("wechat").put_within(connection, "someone", key, [text], may_push=may_push, due=due)


def finish(state: State, inbox: Inbox, key: str, reply: str | None = None) -> float | None:
    with state.database.transaction() as connection:
        return inbox.finish_within(connection, key, reply)


def test_of_many_that_take_a_message_at_once_one_gets_it(two: tuple[State, State]) -> None:
    inboxes = [state.inbox("wechat", lease=60) for state in two]
    start = threading.Barrier(8)

    def take(number: int) -> bool:
        start.wait()
        return inboxes[number % 2].claim(HELLO, 1.0)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


def test_a_message_is_taken_over_when_its_lease_ends_and_the_first_worker_may_not_finish_it(
    two: tuple[State, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (state.inbox("wechat", lease=60) for state in two)
    assert first.claim(HELLO, FAR)
    assert second.recover(10) == []
    later = inbox_module.now() + 61
    monkeypatch.setattr(inbox_module, "now", lambda: later)
    [claim] = second.recover(10)
    assert (claim.message, claim.attempt) == (HELLO, 2)
    assert finish(two[0], first, "key") is None
    assert finish(two[1], second, "key") == FAR
    assert finish(two[1], second, "key") is None
    assert second.done(["key", "other"]) == {"key"}


def test_a_worker_that_lives_keeps_its_messages(two: tuple[State, State], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (state.inbox("wechat", lease=60) for state in two)
    first.claim(HELLO, 1.0)
    start = inbox_module.now()
    monkeypatch.setattr(inbox_module, "now", lambda: start + 50)
    first.renew()
    monkeypatch.setattr(inbox_module, "now", lambda: start + 100)
    assert second.recover(10) == []
    first.release()
    assert [claim.late for claim in second.recover(10)] == [True]


def test_a_message_of_a_dead_process_does_not_wait_for_its_lease(two: tuple[State, State]) -> None:
    first, second = (state.inbox("wechat", lease=3_600) for state in two)
    host = first._owner.split(":")[0]
    first._owner = f"{host}:{2**22 + 1}:dead"  # beyond the highest number of a process
    first.claim(HELLO, 1.0)
    assert [claim.message.key for claim in second.recover(10)] == ["key"]


def test_the_same_message_gets_the_same_response_and_others_get_nothing(two: tuple[State, State]) -> None:
    first, second = (state.outbox("wechat") for state in two)
    for state, key in ((two[0], "key"), (two[1], "next")):
        state.inbox("wechat", lease=60).claim(Message(key, "wechat", "someone", Kind.TEXT), 1.0)
    put(two[0], "一")
    put(two[0], "二")
    assert first.take("someone", "key", 2_048, "更多") == "一\n\n二"
    assert second.take("someone", "key", 2_048, "更多") == "一\n\n二"
    assert second.take("someone", "next", 2_048, "更多") is None
    assert second.take("another", "next", 2_048, "更多") is None


def test_what_does_not_fit_is_announced_and_comes_next_in_order(two: tuple[State, State]) -> None:
    inbox, outbox = two[0].inbox("wechat", lease=60), two[0].outbox("wechat")
    for number in range(3):
        inbox.claim(Message(str(number), "wechat", "someone", Kind.TEXT), 1.0)
        put(two[0], str(number) * 900, str(number))
    said = [outbox.take("someone", key, 2_048, "更多") for key in ("0", "1", "2")]
    assert said == ["0" * 900 + "\n\n" + "1" * 900 + "\n\n更多", "2" * 900, None]
    assert max(len((text or "").encode()) for text in said) <= 2_048


@pytest.mark.parametrize("round_number", range(10))
def test_a_text_is_taken_by_one_of_many_whether_by_response_or_by_push(
    two: tuple[State, State], round_number: int
) -> None:
    for number in (2, 3):
        two[0].inbox("wechat", lease=60).claim(Message(f"other-{number}", "wechat", "someone", Kind.TEXT), 1.0)
    put(two[0], "一", may_push=True)
    boxes = [state.outbox("wechat") for state in two]
    start = threading.Barrier(4)

    def take(number: int) -> int:
        start.wait()
        if number < 2:
            return len(boxes[number].collect(10))
        return int(boxes[number % 2].take("someone", f"other-{number}", 2_048, "更多") is not None)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


def test_pushes_wait_until_they_are_due_and_go_to_one_worker_a_person(two: tuple[State, State]) -> None:
    first, second = (state.outbox("wechat") for state in two)
    put(two[0], "后来的", may_push=True, due=200.0)
    assert first.collect(10, 100.0) == []
    [parcel] = first.collect(10, 201.0)
    put(two[0], "再后来的", may_push=True, due=200.0)
    assert second.collect(10, 202.0) == []  # another worker is speaking with this person
    first.sent(parcel)
    assert [parcel.text for parcel in second.collect(10, 203.0)] == ["再后来的"]
    assert [parcel.text for parcel in first.collect(10, 203.0 + 61)] == ["再后来的"]  # that worker died over it


def test_a_push_that_a_dead_process_began_does_not_wait_for_its_lease(two: tuple[State, State]) -> None:
    first, second = (state.outbox("wechat") for state in two)
    host = first._owner.split(":")[0]
    put(two[0], "一", may_push=True)
    assert len(first.collect(10)) == 1
    assert second.collect(10) == []
    with two[0].database.transaction() as connection:
        connection.execute(tables.outbox.update().values(owner=f"{host}:{2**22 + 1}:dead"))
    assert [parcel.text for parcel in second.collect(10)] == ["一"]


def test_a_push_that_was_refused_waits_for_the_next_message(two: tuple[State, State]) -> None:
    outbox: Outbox = two[0].outbox("wechat")
    two[0].inbox("wechat", lease=60).claim(HELLO, 1.0)
    put(two[0], "一", may_push=True)
    outbox.keep(outbox.collect(10))
    assert outbox.collect(10, FAR) == []
    assert outbox.has_waiting("someone")
    assert outbox.take("someone", "key", 2_048, "更多") == "一"


def test_one_worker_fetches_a_token_and_the_others_find_it(two: tuple[State, State]) -> None:
    first, second = (state.tokens for state in two)
    assert first.find("wechat") is None
    assert first.claim("wechat")
    assert not second.claim("wechat")
    first.keep("wechat", "T1", 7_200)
    assert second.find("wechat") == "T1"
    assert not second.claim("wechat")  # nothing to do
    assert second.find("wechat", rejected="T1") is None
    assert second.claim("wechat", rejected="T1")
    assert not first.claim("wechat", rejected="T1")
    second.give_up("wechat")
    assert first.claim("wechat", rejected="T1")
    first.keep("wechat", "T2", 7_200)
    assert second.find("wechat", rejected="T1") == "T2"


def test_a_token_ends_a_little_early_and_a_fetch_that_hangs_blocks_nobody_for_long(
    two: tuple[State, State], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (state.tokens for state in two)
    first.claim("wechat")
    start = tokens_module.now()
    monkeypatch.setattr(tokens_module, "now", lambda: start + tokens_module.FETCH_SECONDS + 1)
    assert second.claim("wechat")
    second.keep("wechat", "T", 7_200)
    monkeypatch.setattr(tokens_module, "now", lambda: start + 7_200 - tokens_module.MARGIN_SECONDS + 20)
    assert first.find("wechat") is None
    assert first.claim("wechat")
