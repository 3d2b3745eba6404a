"""The messages that people send to the bots: each is taken by one worker, however often it comes and whoever dies.

A worker holds a message under a lease that it renews while it lives. When the lease ends, or its process is gone,
another takes the message over; what the first one might still bring is then refused.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select, update

from assistant.state import records, workers
from assistant.state.database import Database, now
from assistant.state.tables import messages

_OPEN, _DONE = "open", "done"


class Kind(enum.StrEnum):
    """What a person did."""

    TEXT = "text"
    WELCOME = "welcome"
    GOODBYE = "goodbye"
    UNHEARD = "unheard"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a person. ``key`` is the same whenever the platform repeats it; ``links`` is the service's address."""

    key: str
    channel: str
    sender: str
    kind: Kind
    text: str = ""
    links: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker is at; ``attempt`` counts from 1."""

    message: Message
    attempt: int
    late: bool = False


class Inbox:
    """Messages of one channel as one worker sees them; ``lease`` in seconds."""

    def __init__(self, database: Database, channel: str, *, lease: float) -> None:
        self._database = database
        self._channel = channel
        self._lease = lease
        self._owner = workers.new_worker()

    def claim(self, message: Message, awaited_until: float) -> bool:
        """Take a message that came for the first time; a repeated one only notes how long its request waits."""
        time = now()
        row = {
            "key": message.key,
            "channel": self._channel,
            "sender": message.sender,
            "kind": message.kind.value,
            "text": records.storable(message.text),
            "links": message.links,
            "state": _OPEN,
            "owner": self._owner,
            "lease_until": time + self._lease,
            "awaited_until": awaited_until,
            "attempts": 1,
            "created": time,
        }
        with self._database.transaction() as connection:
            if connection.execute(self._database.upsert(messages, ["key"], row, {})).rowcount == 1:
                return True
            again = update(messages).where(messages.c.key == message.key, messages.c.awaited_until < awaited_until)
            connection.execute(again.values(awaited_until=awaited_until))
            return False

    def done(self, keys: Collection[str]) -> set[str]:
        """Return those of the messages whose reply is ready."""
        query = select(messages.c.key).where(messages.c.key.in_(keys), messages.c.state == _DONE)
        with self._database.reading() as connection:
            return set(connection.scalars(query))

    def age(self, key: str) -> float | None:
        """Return the seconds since a message came; None for an unknown one."""
        with self._database.reading() as connection:
            created = connection.scalar(select(messages.c.created).where(messages.c.key == key))
        return None if created is None else now() - created

    def reply(self, key: str) -> str | None:
        """Return the reply that is stored with a message; None while there is none."""
        query = select(messages.c.reply).where(messages.c.key == key, messages.c.state == _DONE)
        with self._database.reading() as connection:
            return connection.scalar(query)

    def finish_within(self, connection: Connection, key: str, reply: str | None = None) -> float | None:
        """Mark a message as done, as part of the transaction that stores what belongs to it.

        ``reply`` is kept with the message, for platforms that ask for it again and again. Returns the time until which a request waits to carry the reply; None when the message is no longer this
        worker's, and then nothing may be stored.
        """
        mine = and_(messages.c.key == key, messages.c.owner == self._owner, messages.c.state == _OPEN)
        kept = {} if reply is None else {"reply": reply}
        done = connection.execute(update(messages).where(mine).values(state=_DONE, lease_until=0.0, **kept))
        if done.rowcount != 1:
            return None
        return connection.scalar(select(messages.c.awaited_until).where(messages.c.key == key))

    def renew(self) -> None:
        """Say that this worker lives."""
        mine = and_(messages.c.owner == self._owner, messages.c.state == _OPEN)
        with self._database.transaction() as connection:
            connection.execute(update(messages).where(mine).values(lease_until=now() + self._lease))

    def release(self) -> None:
        """Let others take over at once what this worker has not finished."""
        mine = and_(messages.c.owner == self._owner, messages.c.state == _OPEN)
        with self._database.transaction() as connection:
            connection.execute(update(messages).where(mine).values(owner=None, lease_until=0.0))

    def recover(self, most: int) -> list[Claim]:
        """Take over at most ``most`` messages whose worker is gone, oldest first."""
        time = now()
        orphaned = and_(
            messages.c.channel == self._channel,
            messages.c.state == _OPEN,
            or_(messages.c.lease_until <= time, messages.c.owner.in_(self._dead_owners())),
        )
        query = select(messages).where(orphaned).order_by(messages.c.created).limit(most)
        claims: list[Claim] = []
        with self._database.transaction() as connection:
            for row in connection.execute(query).all():
                taken = connection.execute(
                    update(messages)
                    .where(messages.c.key == row.key, messages.c.attempts == row.attempts, messages.c.state == _OPEN)
                    .values(owner=self._owner, lease_until=time + self._lease, attempts=row.attempts + 1)
                )
                if taken.rowcount == 1:
                    message = Message(row.key, row.channel, row.sender, Kind(row.kind), row.text, row.links)
                    claims.append(Claim(message, row.attempts + 1, late=row.awaited_until <= time))
        return claims

    def _dead_owners(self) -> list[str]:
        query = (
            select(messages.c.owner).where(messages.c.channel == self._channel, messages.c.state == _OPEN).distinct()
        )
        with self._database.reading() as connection:
            return workers.gone(connection.scalars(query))
