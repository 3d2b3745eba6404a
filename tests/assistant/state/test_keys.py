"""Keys of programs and the counts of their requests, in both databases and from two workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from assistant.errors import SettingsError
from assistant.state import rates as rates_module
from assistant.state.housekeeping import clean
from assistant.state.keys import KeyNameError, Keys
from assistant.state.rates import DatabaseStorage, Rates, parsed
from assistant.state.tables import api_keys, rates

if TYPE_CHECKING:
    from collections.abc import Callable


Open = "Callable[[str], State]"


def test_a_key_is_good_until_it_is_revoked_and_never_lies_in_the_database(open_state: Open, state_url: str) -> None:
    state = open_state(state_url)
    key, text = state.keys.add("门户", "5/minute")
    assert state.keys.find(text) == key
    assert (key.name, key.rate) == ("门户", "5/minute")
    with state.database.reading() as connection:
        stored = str(connection.execute(select(api_keys)).all())
    assert text not in stored
    assert text.split("_", 2)[2] not in stored
    state.keys.revoke("门户")
    assert state.keys.find(text) is None
    assert state.keys.exist()  # the last one revoked opens nothing
    assert state.keys.reset() == 1
    assert not state.keys.exist()


def test_another_worker_hears_of_keys(open_state: Open, state_url: str) -> None:
    issuing, serving = open_state(state_url), Keys(open_state(state_url).database, fresh=0.0)
    assert not serving.exist()
    _, text = issuing.keys.add("a")
    assert serving.find(text) is not None
    issuing.keys.revoke("a")
    assert serving.find(text) is None


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", lambda t: t.upper(), lambda t: "", lambda t: "pa_",
                                    lambda t: t.replace("pa_", "", 1), lambda t: "_".join(t.split("_", 2)[:2]) + "_", lambda t: "pa_x_é\ud800"])  # fmt: skip
def test_nothing_but_the_whole_key_is_good(open_state: Open, change: Callable[[str], str]) -> None:
    keys = open_state("sqlite://").keys
    _, text = keys.add("a")
    assert keys.find(change(text)) is None


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 65])
def test_a_name_that_cannot_be_read_is_refused(open_state: Open, name: str) -> None:
    with pytest.raises(KeyNameError):
        open_state("sqlite://").keys.add(name)


def test_names_are_of_one_good_key_each(open_state: Open) -> None:
    keys = open_state("sqlite://").keys
    keys.add("a")
    with pytest.raises(KeyNameError, match="a"):
        keys.add("a")
    keys.revoke("a")
    second, _ = keys.add("a")
    assert keys.revoke(second.id) == second
    with pytest.raises(KeyNameError):
        keys.revoke("a")


def test_two_workers_count_together_and_let_exactly_the_limit_through(open_state: Open, state_url: str) -> None:
    workers = [Rates(open_state(state_url).database) for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda number: workers[number % 2].wait("10/minute", "address", "a"), range(40)))
    assert waits.count(None) == 10
    assert all(0 < wait <= 60 for wait in waits if wait is not None)
    assert workers[0].wait("10/minute", "address", "b") is None


def test_a_window_ends(open_state: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_state("sqlite://").database
    counting, clock = Rates(database), [1_000.0]
    monkeypatch.setattr(rates_module, "now", lambda: clock[0])
    assert counting.wait("1/minute", "a") is None
    assert counting.wait("1/minute", "a") == 60.0
    clock[0] += 59
    assert counting.wait("1/minute", "a") == 1.0
    clock[0] += 2
    assert counting.wait("1/minute", "a") is None


def test_who_is_refused_again_and_again_costs_the_database_nothing(open_state: Open) -> None:
    state = open_state("sqlite://")
    counting = Rates(state.database)
    for _ in range(50):
        counting.wait("1/minute", "a")
    with state.database.reading() as connection:
        assert connection.execute(select(rates.c.count)).all() == [(2,)]


def test_old_counts_go(open_state: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    state = open_state("sqlite://")
    monkeypatch.setattr(rates_module, "now", lambda: 1_000.0)
    Rates(state.database).wait("1/minute", "a")
    clean(state.database)
    assert DatabaseStorage(state.database).reset() == 0


@pytest.mark.parametrize("rate", ["", "often", "5/fortnight", "-1/minute"])
def test_a_rate_that_cannot_be_read_is_named(rate: str) -> None:
    with pytest.raises(SettingsError, match="minute"):
        parsed(rate)


def test_nought_is_no_limit() -> None:
    counting = Rates()
    assert [counting.wait("0", "a") for _ in range(1_000)] == [None] * 1_000
