"""How often somebody may do something, counted for all workers together."""

from __future__ import annotations

from sqlalchemy import case, delete, select, update

from assistant.state import records
from assistant.state.database import Database, now
from assistant.state.tables import pauses, windows


class Limits:
    """Counts in windows of fixed length that begin with the first event."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def allows(self, name: str, most: int, seconds: float) -> bool:
        """Count one event and tell whether it is among the first ``most`` of its window."""
        key, time = records.storable(name), now()
        is_over = windows.c.start <= time - seconds
        # One statement, so that no two workers count the same place.
        changed = {
            "count": case((is_over, 1), else_=windows.c.count + 1),
            "start": case((is_over, time), else_=windows.c.start),
        }
        upsert = self._database.upsert(windows, ["name"], {"name": key, "start": time, "count": 1}, changed)
        with self._database.transaction() as connection:
            count = connection.scalar(upsert.returning(windows.c.count))
        return int(count or 0) <= most

    def forget(self, name: str) -> None:
        """Begin to count anew."""
        with self._database.transaction() as connection:
            connection.execute(delete(windows).where(windows.c.name == records.storable(name)))

    def pause(self, name: str, until: float) -> None:
        """Stop something until a time, for every worker."""
        row = {"name": name, "until": until}
        with self._database.transaction() as connection:
            connection.execute(self._database.upsert(pauses, ["name"], row, {"until": until}))

    def is_paused(self, name: str) -> bool:
        """Tell whether something is stopped now."""
        with self._database.reading() as connection:
            until = connection.scalar(select(pauses.c.until).where(pauses.c.name == name))
        return until is not None and until > now()

    def resume(self, name: str) -> None:
        """Let something go on that was stopped."""
        with self._database.transaction() as connection:
            connection.execute(update(pauses).where(pauses.c.name == name).values(until=0.0))
