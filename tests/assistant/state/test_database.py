"""The database file: where it lies, who may read it, and what is said when it cannot be used."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.state.answers import Opinion
from assistant.state.database import Database, sqlite_url
from assistant.state.errors import StateError
from assistant.state.housekeeping import clean
from assistant.state.shared import State

Open = Callable[[str], State]


def test_a_file_is_made_with_its_folder_for_its_owner_alone_in_wal_mode(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.sqlite3"
    Database(sqlite_url(path)).close()
    assert path.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_workers_that_start_at_once_on_a_new_file_all_get_in(tmp_path: Path) -> None:
    """Of connections that switch a file to WAL mode at once SQLite turns all but one away, without waiting."""
    for turn in range(25):
        url, door = sqlite_url(tmp_path / f"{turn}.sqlite3"), threading.Barrier(6)

        def start(url: str = url, door: threading.Barrier = door) -> None:
            door.wait()
            Database(url).close()

        with ThreadPoolExecutor(6) as pool:
            for started in [pool.submit(start) for _ in range(6)]:
                started.result()


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    path.write_bytes(b"this is no database" * 500)
    with pytest.raises(StateError, match="损坏") as caught:
        Database(sqlite_url(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    Database(sqlite_url(path)).close()
    path.write_bytes(path.read_bytes()[:5_000])
    with pytest.raises(StateError, match="损坏"):
        Database(sqlite_url(path))


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    Database(sqlite_url(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE schema SET version = 99")
    connection.close()
    with pytest.raises(StateError, match="99"):
        Database(sqlite_url(path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="无法写入"):
        Database(sqlite_url(tmp_path / "file" / "state.sqlite3"))


@pytest.mark.parametrize("url", ["mysql://a/b", "state.sqlite3", "", "postgresql", "http://secret@example.org"])
def test_an_address_that_is_none_of_ours_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError, match="POLICY_DATABASE_URL") as caught:
        Database(url)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StateError) as caught:
        Database("postgresql://policy:geheim@127.0.0.1:1/policy")
    assert "geheim" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_opinions_of_an_answer_are_kept_in_order(state_url: str, open_state: Open) -> None:
    state = open_state(state_url)
    state.feedback.add(Opinion("a", "up"))
    state.feedback.add(Opinion("a", "down", "不对\0\ud800"))
    state.feedback.add(Opinion("b", "up"))
    assert [(opinion.rating, opinion.comment) for opinion in state.feedback.of("a")] == [
        ("up", None),
        ("down", "不对 ?"),
    ]


def test_places_of_a_window_are_counted_for_all_workers_together(state_url: str, open_state: Open) -> None:
    here, there = open_state(state_url).limits, open_state(state_url).limits
    assert [worker.allows("a", 3, 60) for worker in (here, there, here, there)] == [True, True, True, False]
    assert here.allows("b", 3, 60)
    assert here.allows("a", 3, 0)  # a new window
    there.pause("push", 4e9)
    assert here.is_paused("push")
    there.resume("push")
    assert not here.is_paused("push")


def test_cleaning_leaves_what_is_new(state_url: str, open_state: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.answer import Answer, Status, Turn
    from assistant.state import housekeeping

    state = open_state(state_url)
    state.answers.keep(Turn("一", Answer("old", Status.ANSWERED, "一")))
    clean(state.database)
    assert state.answers.find("old") is not None
    later = housekeeping.now() + 31 * housekeeping.DAY
    monkeypatch.setattr(housekeeping, "now", lambda: later)
    clean(state.database)
    assert state.answers.find("old") is None
