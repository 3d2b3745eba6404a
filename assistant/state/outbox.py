"""What the bots have to say: each text reaches its person once, in the response to a message or by a push, in order.

A text is ``waiting`` until a response carries it or a worker takes it to push it, and ``sent`` afterwards. A push whose
worker dies, or whose outcome the platform left open, makes the text ``waiting`` again: twice is better than never.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, exists, insert, or_, select, update

from assistant.state import records, workers
from assistant.state.database import Database, now
from assistant.state.tables import messages, outbox

_WAITING, _TAKEN, _SENT = "waiting", "taken", "sent"
_SEPARATOR = "\n\n"
_AFTER_RESPONSE_SECONDS = 0.3
"""Seconds that the rest of a reply waits so that the response before it is there first."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Parcel:
    """A text that a worker has taken to push."""

    id: int
    receiver: str
    text: str
    attempts: int


class Outbox:
    """The texts of one channel; a push that was begun is another worker's after ``lease`` seconds."""

    def __init__(self, database: Database, channel: str, *, lease: float = 60.0) -> None:
        self._database = database
        self._channel = channel
        self._lease = lease
        self._owner = workers.new_worker()

    def put_within(
        self, connection: Connection, receiver: str, key: str, texts: Sequence[str], *, may_push: bool, due: float
    ) -> None:
        """Store the reply to a message, one row a text; to be pushed from ``due`` on if it may be."""
        shared = {
            "channel": self._channel,
            "receiver": receiver,
            "message_key": key,
            "state": _WAITING,
            "may_push": int(may_push),
            "due": due,
            "lease_until": 0.0,
            "attempts": 0,
            "created": now(),
        }
        rows = [{**shared, "text": records.storable(text)} for text in texts]
        if rows:
            connection.execute(insert(outbox), rows)

    def take(self, receiver: str, key: str, limit: int, more: str) -> str | None:
        """Return what the response to a message says: all that waits for its sender and fits in ``limit`` bytes.

        ``more`` is added where something is left that nobody will push. The same message always gets the same
        response; None when nothing waits.
        """
        if not self._has_something(receiver, key):
            return None  # the usual case of an answer that is not ready; it need not queue up with the writers
        for _ in range(_TRIES):
            with self._database.transaction() as connection:
                given = connection.scalar(select(messages.c.reply).where(messages.c.key == key))
                if given is not None:
                    return str(given)
                rows = self._waiting(connection, receiver)
                chosen = _fitting([row.text for row in rows], limit - len((_SEPARATOR + more).encode()))
                if not chosen:
                    return None
                text = _SEPARATOR.join(row.text for row in rows[:chosen])
                left = rows[chosen:]
                if any(not row.may_push for row in left):
                    text += _SEPARATOR + more
                if self._mark_sent(connection, [row.id for row in rows[:chosen]]):
                    self._hold_back(connection, [row.id for row in left])
                    connection.execute(update(messages).where(messages.c.key == key).values(reply=text))
                    return text
                connection.rollback()  # a push has taken one of them meanwhile
        return None

    def collect(self, most: int, time: float | None = None) -> list[Parcel]:
        """Take the texts that are due for one person, oldest first, to push them; empty when there are none.

        Nobody's texts are taken while another worker is pushing to the same person.
        """
        time = now() if time is None else time
        dead = self._dead_owners()
        other = outbox.alias()
        is_busy = exists().where(
            other.c.channel == outbox.c.channel,
            other.c.receiver == outbox.c.receiver,
            other.c.state == _TAKEN,
            other.c.lease_until > time,
            other.c.owner.not_in(dead),
        )
        is_left = and_(outbox.c.state == _TAKEN, or_(outbox.c.lease_until <= time, outbox.c.owner.in_(dead)))
        is_free = or_(outbox.c.state == _WAITING, is_left)
        due = and_(outbox.c.channel == self._channel, is_free, outbox.c.may_push == 1, outbox.c.due <= time, ~is_busy)
        with self._database.transaction() as connection:
            first = connection.execute(select(outbox).where(due).order_by(outbox.c.id).limit(1)).first()
            if first is None:
                return []
            theirs = and_(due, outbox.c.receiver == first.receiver)
            rows = connection.execute(select(outbox).where(theirs).order_by(outbox.c.id).limit(most)).all()
            ids = [row.id for row in rows]
            taken = connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(ids), is_free)
                .values(state=_TAKEN, owner=self._owner, lease_until=time + self._lease, attempts=outbox.c.attempts + 1)
            )
            if taken.rowcount != len(ids):
                connection.rollback()
                return []
        return [Parcel(row.id, row.receiver, row.text, row.attempts + 1) for row in rows]

    def sent(self, parcel: Parcel) -> None:
        """Say that a text has arrived."""
        self._set([parcel.id], state=_SENT, lease_until=0.0)

    def keep(self, parcels: Sequence[Parcel]) -> None:
        """Keep texts for the next message of their person."""
        self._set([parcel.id for parcel in parcels], state=_WAITING, lease_until=0.0, may_push=0)

    def postpone(self, parcels: Sequence[Parcel], seconds: float) -> None:
        """Push texts later."""
        self._set([parcel.id for parcel in parcels], state=_WAITING, lease_until=0.0, due=now() + seconds)

    def has_waiting(self, receiver: str) -> bool:
        """Tell whether something waits for a person."""
        query = select(outbox.c.id).where(self._of(receiver), outbox.c.state == _WAITING).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(query) is not None

    def _has_something(self, receiver: str, key: str) -> bool:
        given = select(messages.c.key).where(messages.c.key == key, messages.c.reply.is_not(None))
        waiting = select(outbox.c.id).where(self._of(receiver), outbox.c.state == _WAITING)
        with self._database.reading() as connection:
            return bool(connection.scalar(select(or_(exists(given), exists(waiting)))))

    def _dead_owners(self) -> list[str]:
        query = select(outbox.c.owner).where(outbox.c.channel == self._channel, outbox.c.state == _TAKEN).distinct()
        with self._database.reading() as connection:
            return workers.gone(connection.scalars(query))

    def drop_within(self, connection: Connection, receiver: str) -> None:
        """Forget what waits for a person who has left."""
        connection.execute(
            update(outbox).where(self._of(receiver), outbox.c.state == _WAITING).values(state=_SENT, text="")
        )

    def _waiting(self, connection: Connection, receiver: str) -> Sequence[Any]:
        query = select(outbox.c.id, outbox.c.text, outbox.c.may_push)
        waiting = and_(self._of(receiver), outbox.c.state == _WAITING)
        return connection.execute(query.where(waiting).order_by(outbox.c.id)).all()

    def _of(self, receiver: str) -> Any:
        return and_(outbox.c.channel == self._channel, outbox.c.receiver == receiver)

    def _mark_sent(self, connection: Connection, ids: Sequence[int]) -> bool:
        waiting = and_(outbox.c.id.in_(ids), outbox.c.state == _WAITING)
        return connection.execute(update(outbox).where(waiting).values(state=_SENT)).rowcount == len(ids)

    def _hold_back(self, connection: Connection, ids: Sequence[int]) -> None:
        due = now() + _AFTER_RESPONSE_SECONDS
        connection.execute(update(outbox).where(outbox.c.id.in_(ids), outbox.c.state == _WAITING).values(due=due))

    def _set(self, ids: Sequence[int], **values: object) -> None:
        with self._database.transaction() as connection:
            connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**values))


def _fitting(texts: Sequence[str], limit: int) -> int:
    """Return how many of the texts, from the first on, fit in ``limit`` bytes together; at least one if there is one."""
    size = 0
    for number, text in enumerate(texts):
        size += len(text.encode()) + (len(_SEPARATOR) if number else 0)
        if size > limit:
            return max(number, 1)
    return len(texts)
