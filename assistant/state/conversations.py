"""Conversations: the latest turns of those that were spoken in lately."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, delete, insert, select

from assistant.answer import Turn
from assistant.state import records
from assistant.state.database import Database, now
from assistant.state.tables import turns

MAX_TURNS = 20
KEPT_SECONDS = 7 * 86_400.0
"""Seconds after its last turn for which a conversation is remembered."""
_ID_BYTES = 16


def new_conversation_id() -> str:
    """Return an id of 128 random bits that nobody can guess, 22 characters of URL-safe base64."""
    return secrets.token_urlsafe(_ID_BYTES)


class Conversations:
    """The latest ``max_turns`` turns of every conversation whose last one is at most ``kept`` seconds old."""

    def __init__(self, database: Database, *, max_turns: int = MAX_TURNS, kept: float = KEPT_SECONDS) -> None:
        self._database = database
        self._max_turns = max_turns
        self._kept = kept

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """Return the turns, oldest first; none when the conversation is unknown, was forgotten or has expired."""
        query = (
            select(turns.c.question, turns.c.answer, turns.c.created)
            .where(turns.c.conversation_id == records.storable(conversation_id))
            .order_by(turns.c.id.desc())
            .limit(self._max_turns)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        if not rows or rows[0].created < now() - self._kept:
            return ()
        latest = [Turn(row.question, records.load(row.answer)) for row in rows]
        return tuple(reversed(latest))

    def append(self, conversation_id: str, turn: Turn) -> None:
        """Add a turn, beginning the conversation when there is none; of an expired one nothing comes back."""
        with self._database.transaction() as connection:
            self.append_within(connection, conversation_id, turn)

    def append_within(self, connection: Connection, conversation_id: str, turn: Turn) -> None:
        """Add a turn as part of a transaction."""
        key = records.storable(conversation_id)
        mine = turns.c.conversation_id == key
        last = connection.scalar(select(turns.c.created).where(mine).order_by(turns.c.id.desc()).limit(1))
        if last is not None and last < now() - self._kept:
            connection.execute(delete(turns).where(mine))
        row = {"question": records.storable(turn.question), "answer": records.dump(turn.answer), "created": now()}
        connection.execute(insert(turns).values(conversation_id=key, **row))
        surplus = select(turns.c.id).where(mine).order_by(turns.c.id.desc()).offset(self._max_turns)
        # As a list: PostgreSQL and SQLite agree on LIMIT without OFFSET in a subquery, not on the reverse.
        old = list(connection.scalars(surplus.limit(self._max_turns)))
        if old:
            connection.execute(delete(turns).where(turns.c.id.in_(old)))

    def forget(self, conversation_id: str) -> None:
        """Drop a conversation; an unknown one is no fault."""
        with self._database.transaction() as connection:
            self.forget_within(connection, conversation_id)

    def forget_within(self, connection: Connection, conversation_id: str) -> None:
        """Drop a conversation as part of a transaction."""
        connection.execute(delete(turns).where(turns.c.conversation_id == records.storable(conversation_id)))
