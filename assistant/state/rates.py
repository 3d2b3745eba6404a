"""How many requests somebody may make in a time, by the library ``limits``: counted in memory, or for all workers together.

Windows have a fixed length and begin with the first request, so that one statement counts a request.
"""

from __future__ import annotations

import time
from functools import lru_cache

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import case, delete, select

from assistant.errors import SettingsError
from assistant.state.database import Database, now
from assistant.state.errors import StateError
from assistant.state.tables import rates

UNLIMITED = "0"
_MOST_REFUSED = 10_000


class Rates:
    """Counts requests; without a database in the memory of this process."""

    def __init__(self, database: Database | None = None) -> None:
        storage = MemoryStorage() if database is None else DatabaseStorage(database)
        self.is_quick = database is None
        self._limiter = FixedWindowRateLimiter(storage)
        self._refused: dict[tuple[str, ...], float] = {}

    def wait(self, rate: str, *who: str) -> float | None:
        """Count one request; return the seconds after which to try again where it is one too many, else None.

        Raises StateError when the database cannot count.
        """
        until = self._refused.get((rate, *who))
        if until is not None and until > now():  # a flood costs the database nothing
            return until - now()
        for limit in parsed(rate):
            if not self._limiter.hit(limit, *who):
                until = self._limiter.get_window_stats(limit, *who).reset_time
                self._refuse((rate, *who), until)
                return max(until - now(), 1.0)
        return None

    def _refuse(self, who: tuple[str, ...], until: float) -> None:
        if len(self._refused) >= _MOST_REFUSED:
            self._refused = {name: end for name, end in self._refused.items() if end > now()}
        if len(self._refused) < _MOST_REFUSED:
            self._refused[who] = until


@lru_cache(maxsize=256)
def parsed(rate: str) -> tuple[RateLimitItem, ...]:
    """Return the limits of a text such as ``60/minute; 1000/hour``; none for ``0``. Raises SettingsError."""
    if rate.strip() == UNLIMITED:
        return ()
    try:
        return tuple(parse_many(rate))
    except ValueError as error:
        raise SettingsError(f"限流 {rate!r} 读不懂：应如 60/minute、1000/hour，可用分号连写；0 表示不限。") from error


class DatabaseStorage(Storage):
    """The counts of ``limits`` in our database."""

    STORAGE_SCHEME = None

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database raises."""
        return StateError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count ``amount`` and return how many there are in the window, which lasts ``expiry`` seconds."""
        at = now()
        is_over = rates.c.ends <= at
        changed = {
            "count": case((is_over, amount), else_=rates.c.count + amount),
            "ends": case((is_over, at + expiry), else_=rates.c.ends),
        }
        row = {"name": key, "count": amount, "ends": at + expiry}
        upsert = self._database.upsert(rates, ["name"], row, changed)
        with self._database.transaction() as connection:
            return int(connection.scalar(upsert.returning(rates.c.count)) or 0)

    def get(self, key: str) -> int:
        """Return how many there are in the window that runs."""
        query = select(rates.c.count).where(rates.c.name == key, rates.c.ends > now())
        with self._database.reading() as connection:
            return int(connection.scalar(query) or 0)

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since 1970."""
        with self._database.reading() as connection:
            return float(connection.scalar(select(rates.c.ends).where(rates.c.name == key)) or time.time())

    def check(self) -> bool:
        """Tell whether the database can be read."""
        try:
            self.get("")
        except StateError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counts; return how many there were."""
        with self._database.transaction() as connection:
            return int(connection.execute(delete(rates)).rowcount)

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._database.transaction() as connection:
            connection.execute(delete(rates).where(rates.c.name == key))
