"""Who is signed in to the administration, for all workers; signing out ends a session everywhere."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from assistant.state.database import Database, now
from assistant.state.tables import sessions


class Sessions:
    """Sessions by a digest of what the browser holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, digest: str, seconds: float) -> None:
        """Begin a session that ends by itself after some seconds."""
        with self._database.transaction() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires <= now()))
            connection.execute(insert(sessions).values(digest=digest, expires=now() + seconds))

    def is_open(self, digest: str) -> bool:
        """Tell whether a session has begun and not ended."""
        query = select(sessions.c.expires).where(sessions.c.digest == digest)
        with self._database.reading() as connection:
            expires = connection.scalar(query)
        return expires is not None and expires > now()

    def close(self, digest: str) -> None:
        """End a session."""
        with self._database.transaction() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))
