"""The database: a SQLite file in WAL mode, SQLite in memory, or PostgreSQL. The engine is made here and nowhere else."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from assistant.errors import SettingsError
from assistant.state import tables
from assistant.state.errors import StateError

Transaction = Connection
"""What a ``…_within`` method writes through, as part of a larger whole."""
IN_MEMORY = "sqlite://"
BUSY_SECONDS = 5
"""Seconds that a writer waits for another one."""
_TRY_AGAIN = 0.02
_CONNECTIONS = 16
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}


def sqlite_url(path: Path) -> str:
    """Return the address of a SQLite file."""
    return f"sqlite:///{path}"


class Database:
    """Connections for one process; safe to share by threads."""

    def __init__(self, url: str = IN_MEMORY) -> None:
        """Open the database and make the tables that are missing.

        Raises SettingsError when the address cannot be used, StateError when what lies there cannot.
        """
        scheme, colon, rest = url.partition(":")
        if not colon or scheme not in _DRIVERS:
            raise SettingsError("设置 POLICY_DATABASE_URL 不能用：应以 sqlite:/// 或 postgresql:// 开头。")
        self.is_sqlite = scheme == "sqlite"
        self._writing: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()
        try:
            self._engine = _engine(f"{_DRIVERS[scheme]}:{rest}", is_sqlite=self.is_sqlite)
        except (ArgumentError, ValueError) as error:
            raise SettingsError("设置 POLICY_DATABASE_URL 不能用：地址的写法不对。") from error
        self.place = self._engine.url.render_as_string(hide_password=True)
        try:
            self._prepare()
        except StateError:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Run statements that take effect together or not at all; no other writer of SQLite comes between them.

        Raises StateError when the database cannot do it.
        """
        # Writers of this process queue up here: SQLite itself lets them try again and again, without an order.
        with self._writing, self._guarded(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Run queries over one state of the database, beside whoever writes; raises StateError like ``transaction``."""
        with self._guarded(), self._engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeoutError as error:
            raise StateError("数据库太忙，请稍后再试。") from error
        except SQLAlchemyError as error:
            raise StateError(f"数据库暂时不能用：{self.place}（{_reason(error)}）。") from error

    def upsert(self, table: Table, keys: list[str], values: dict[str, Any], changed: dict[str, Any]) -> Insert:
        """Return a statement that inserts a row or, where one with the same keys is, changes it.

        With nothing in ``changed`` it leaves that row alone. Its row count is 1 where something was written.
        """
        dialect: Any = sqlite if self.is_sqlite else postgresql
        statement = dialect.insert(table).values(**values)
        result: Insert
        if changed:
            result = statement.on_conflict_do_update(index_elements=keys, set_=changed)
        else:
            result = statement.on_conflict_do_nothing(index_elements=keys)
        return result.execution_options(preserve_rowcount=True)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _prepare(self) -> None:
        path = self._engine.url.database if self.is_sqlite else None
        try:
            if path:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # messages are nobody else's business
        except OSError as error:
            raise StateError(f"无法写入数据库文件 {path}：{error.strerror}。请检查数据目录的权限。") from error
        if not self.is_sqlite:
            self._create_tables()
            return
        try:
            self._create_tables()
        except StateError as error:
            raise StateError(
                f"数据库文件 {path} 打不开或已损坏（{_cause(error)}）。对话可以丢弃的话，移走这个文件再启动。"
            ) from error

    def _create_tables(self) -> None:
        with self.transaction() as connection:
            if not self.is_sqlite:  # workers that start together make the tables one after the other
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(720001)")
            tables.metadata.create_all(connection)
            found = connection.scalar(select(tables.schema.c.version))
            if found is None:
                connection.execute(insert(tables.schema).values(version=tables.VERSION))
        if found not in {None, tables.VERSION}:
            raise StateError(
                f"数据库 {self.place} 是版本 {found} 的，这个程序用版本 {tables.VERSION}。请换一个数据库，或换回原来的程序。"
            )


def now() -> float:
    """Return the time by which the workers agree: seconds since 1970."""
    return time.time()


def _engine(url: str, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        return create_engine(url, pool_size=_CONNECTIONS, max_overflow=0, pool_pre_ping=True)
    # What is in memory lives in one connection, which the threads lend each other.
    size = 1 if url in {"sqlite:", "sqlite://", "sqlite:///:memory:"} else _CONNECTIONS
    arguments = {"check_same_thread": False, "timeout": BUSY_SECONDS}
    engine = create_engine(url, poolclass=QueuePool, pool_size=size, max_overflow=0, connect_args=arguments)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions by rules of its own
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=NORMAL")


def _write_ahead(connection: Any) -> None:
    """Switch to WAL mode. Of processes that do so at once on a new file SQLite tells all but one to try again."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if (
                error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
                or time.monotonic() > until
            ):
                raise
            time.sleep(_TRY_AGAIN)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _reason(error: SQLAlchemyError) -> str:
    """Return the database's own words, one line, without statement and values."""
    return str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]


def _cause(error: StateError) -> str:
    return _reason(error.__cause__) if isinstance(error.__cause__, SQLAlchemyError) else str(error)
