"""Counts by day without anything personal, the questions worth a look, work of which there is one at a time, sessions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Answer, Status, Turn
from assistant.state import housekeeping, statistics, work
from assistant.state.answers import Opinion
from assistant.state.shared import State
from assistant.state.work import WorkState

Open = Callable[[str], State]


def keep(state: State, number: int, question: str, status: Status, latency: float = 10.0) -> None:
    state.answers.keep(Turn(question, Answer(f"a{number}", status, "…", latency_ms=latency)))


def test_a_day_counts_statuses_latencies_and_last_ratings(state_url: str, open_state: Open) -> None:
    state = open_state(state_url)
    for number, latency in enumerate((1.0, 10.0, 100.0, 1000.0)):
        keep(state, number, "问", Status.ANSWERED, latency)
    keep(state, 4, "问二", Status.NOT_FOUND, 90.0)
    keep(state, 4, "问二", Status.NOT_FOUND, 90.0)  # the same answer kept once more is not counted once more
    state.feedback.add(Opinion("a0", "up"))
    state.feedback.add(Opinion("a0", "down", "不对"))
    first, today = state.statistics.days(2)
    assert (first.total, first.p50) == (0, None)
    assert today.statuses == {Status.ANSWERED: 4, Status.NOT_FOUND: 1}
    # In order 1, 10, 90, 100, 1000: the third of five is 90, in the class up to 100; the fifth is 1000.
    assert (today.p50, today.p95) == (100.0, 1000.0)
    assert state.statistics.latency(2) == (100.0, 1000.0)
    assert (today.up, today.down) == (0, 1)


def test_questions_are_told_by_how_often_they_were_asked(state_url: str, open_state: Open) -> None:
    state = open_state(state_url)
    for number, (question, status) in enumerate(
        [("甲", Status.ANSWERED), ("乙", Status.NOT_FOUND), ("乙", Status.NOT_FOUND), ("丙", Status.REFUSED)]
    ):
        keep(state, number, question, status)
    state.feedback.add(Opinion("a1", "down", "没说多少"))
    state.feedback.add(Opinion("a0", "down"))
    state.feedback.add(Opinion("a0", "up"))
    told = state.statistics
    assert [(row.question, row.count) for row in told.asked(2)] == [("乙", 2), ("丙", 1)]
    assert [(row.question, row.status) for row in told.untold(9)] == [
        ("乙", Status.NOT_FOUND), ("丙", Status.REFUSED),
    ]  # fmt: skip
    assert [(row.question, row.comment) for row in told.disliked(9)] == [("乙", "没说多少")]


def test_counts_outlive_what_was_asked(state_url: str, open_state: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    state = open_state(state_url)
    keep(state, 1, "甲", Status.ANSWERED)
    later = housekeeping.now() + 31 * housekeeping.DAY
    for module in (housekeeping, statistics):
        monkeypatch.setattr(module, "now", lambda: later)
    housekeeping.clean(state.database)
    assert state.statistics.asked(9) == ()
    assert sum(day.total for day in state.statistics.days(40)) == 1


def test_what_was_said_goes_after_the_days_that_are_set_and_the_counts_stay(
    state_url: str, open_state: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = open_state(state_url)
    for number in range(3):
        keep(state, number, "甲", Status.ANSWERED)
    for answer, rating in (("a0", "up"), ("a0", "down"), ("a1", "up"), ("a2", "down")):
        state.feedback.add(Opinion(answer, rating, "很长的意见"))

    def after(days: int) -> tuple[int, int]:
        time = housekeeping.now() + days * housekeeping.DAY
        with monkeypatch.context() as patch:
            for module in (housekeeping, statistics):
                patch.setattr(module, "now", lambda: time)
            housekeeping.clean(state.database, 10)
            told = state.statistics.days(40)
        return sum(day.up for day in told), sum(day.down for day in told)

    assert after(9) == (1, 2)
    assert len(state.feedback.of("a0")) == 2
    assert after(11) == (1, 2)
    assert after(12) == (1, 2)  # and no more
    assert [state.feedback.of(f"a{number}") for number in range(3)] == [(), (), ()]
    assert state.answers.find("a1") is None


@pytest.mark.parametrize(("latency", "bound"), [(0.0, 0), (1.0, 0), (1.2, 1), (10.0, 10), (10.1, 11), (1000.0, 30)])
def test_a_class_of_latency_holds_what_is_at_most_ten_to_a_tenth_of_it(latency: float, bound: int) -> None:
    assert statistics._class(latency) == bound


def test_work_is_done_by_one_and_seen_by_all(state_url: str, open_state: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = open_state(state_url).index_work, open_state(state_url).index_work
    assert here.last().state is WorkState.IDLE
    token = here.claim("add")
    assert token is not None
    assert there.claim("remove") is None
    here.tell(token, "一半")
    assert (there.last().state, there.last().kind, there.last().progress) == (WorkState.RUNNING, "add", "一半")
    here.finish(token, WorkState.DONE, {"added": 1})
    assert (there.last().state, there.last().report) == (WorkState.DONE, {"added": 1})
    # One whose worker is gone counts as interrupted, and may be followed by another; what the first says late is nothing.
    lost = here.claim("add")
    assert lost is not None
    later = work.now() + work.LEASE_SECONDS + 1
    monkeypatch.setattr(work, "now", lambda: later)
    assert there.last().state is WorkState.INTERRUPTED
    assert there.claim("rebuild") is not None
    here.finish(lost, WorkState.FAILED, {})
    assert (there.last().state, there.last().kind) == (WorkState.RUNNING, "rebuild")


def test_a_session_ends_when_it_is_closed_or_over(state_url: str, open_state: Open) -> None:
    here, there = open_state(state_url).sessions, open_state(state_url).sessions
    here.open("a", 60)
    here.open("b", -1)
    assert there.is_open("a")
    assert not there.is_open("b")
    assert not there.is_open("c")
    there.close("a")
    assert not here.is_open("a")


def test_attempts_can_be_counted_anew(state_url: str, open_state: Open) -> None:
    limits = open_state(state_url).limits
    assert [limits.allows("a", 1, 60), limits.allows("a", 1, 60)] == [True, False]
    limits.forget("a")
    assert limits.allows("a", 1, 60)
