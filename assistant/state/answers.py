"""Answers by id, for the page that shows one with its passages; and what people say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from assistant.answer import Turn
from assistant.state import records, statistics
from assistant.state.database import Database, now
from assistant.state.tables import answers, feedback


class Answers:
    """The answers whose page may be opened: whoever has the id can read it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_within(self, connection: Connection, turn: Turn) -> None:
        """Keep an answer under its id, as part of a transaction; a second one of the same id replaces the first."""
        row = {"question": records.storable(turn.question), "answer": records.dump(turn.answer), "created": now()}
        statement = self._database.upsert(answers, ["id"], {"id": turn.answer.id, **row}, row)
        connection.execute(statement)
        statistics.count_within(self._database, connection, turn.answer)

    def keep(self, turn: Turn) -> None:
        """Keep an answer under its id."""
        with self._database.transaction() as connection:
            self.keep_within(connection, turn)

    def find(self, answer_id: str) -> Turn | None:
        """Return a question and its answer; None for an unknown id."""
        query = select(answers.c.question, answers.c.answer).where(answers.c.id == records.storable(answer_id))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else Turn(row.question, records.load(row.answer))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person said of an answer: ``rating`` is up or down."""

    answer_id: str
    rating: str
    comment: str | None = None


class Feedback:
    """Opinions, in the order they came in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, opinion: Opinion) -> None:
        """Remember an opinion."""
        comment = None if opinion.comment is None else records.storable(opinion.comment)
        row = {"answer_id": records.storable(opinion.answer_id), "rating": opinion.rating, "comment": comment}
        with self._database.transaction() as connection:
            connection.execute(insert(feedback).values(created=now(), **row))

    def of(self, answer_id: str) -> tuple[Opinion, ...]:
        """Return what was said of an answer, oldest first."""
        query = select(feedback).where(feedback.c.answer_id == records.storable(answer_id)).order_by(feedback.c.id)
        with self._database.reading() as connection:
            return tuple(Opinion(row.answer_id, row.rating, row.comment) for row in connection.execute(query))

    def latest(self, answer_ids: Sequence[str]) -> dict[str, str]:
        """Return the rating that was given last to each of some answers; those without one are left out."""
        if not answer_ids:
            return {}
        query = select(feedback.c.answer_id, feedback.c.rating).where(feedback.c.answer_id.in_(answer_ids))
        with self._database.reading() as connection:
            return {row.answer_id: row.rating for row in connection.execute(query.order_by(feedback.c.id))}
