"""The database of conversations and feedback as a file: copied while the service writes, put back before it starts.

Only SQLite; PostgreSQL has tools of its own (``pg_dump``, ``pg_restore``).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from assistant.state.errors import StateError

NAME = "assistant.sqlite3"


def copy(database: Path, target: Path) -> None:
    """Copy a database as it is at one moment, whoever writes meanwhile; raises StateError."""
    try:
        address = f"{database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(target)) as copied:
            source.backup(copied)
    except sqlite3.Error as error:
        raise StateError(f"数据库 {database} 无法备份（{error}）。") from error


def check(database: Path) -> None:
    """Raise StateError where a file is no whole database."""
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            told = opened.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        raise StateError(f"备份里的数据库已损坏（{error}）。") from error
    if told != ("ok",):
        raise StateError(f"备份里的数据库已损坏（{told[0] if told else '是空的'}）。")
