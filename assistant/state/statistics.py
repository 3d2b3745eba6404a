"""How the service is used: counts by day, kept for good, and the questions of the answers that are still kept."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, delete, func, select

from assistant.answer import Answer, Status
from assistant.state.database import Database, now
from assistant.state.tables import answers, daily, feedback, outcomes

_STATUS, _LATENCY, _RATING = "status", "latency", "rating"
_STEPS = 10  # classes of latency in a decade (the R10 series of ISO 3): a bound is at most 26 % above what it bounds
_UNTOLD = (Status.NOT_FOUND, Status.OUT_OF_SCOPE, Status.REFUSED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Day:
    """A day (ISO): answers by status, median and 95th percentile of the latency in milliseconds, ratings.

    The percentiles are the upper bounds of their classes, at most 26 % too high; None where nothing was asked.
    """

    day: str
    statuses: Mapping[Status, int]
    p50: float | None
    p95: float | None
    up: int = 0
    down: int = 0

    @property
    def total(self) -> int:
        """The number of answers."""
        return sum(self.statuses.values())


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, how often it was asked, and how it ended most lately."""

    question: str
    count: int
    status: Status
    latest: float


@dataclass(frozen=True, slots=True)
class Disliked:
    """An answer that somebody found of no use, with what they said; ``created`` is seconds since 1970."""

    answer_id: str
    question: str
    status: Status
    comment: str
    created: float


def count_within(database: Database, connection: Connection, answer: Answer) -> None:
    """Count an answer as part of a transaction; one that was counted before is not counted again."""
    time_now = now()
    row = {"status": answer.status.value, "latency_ms": answer.latency_ms, "created": time_now}
    new = database.upsert(outcomes, ["answer_id"], {"answer_id": answer.id, **row}, {})
    if connection.execute(new).rowcount != 1:
        return
    for kind, value in ((_STATUS, answer.status.value), (_LATENCY, str(_class(answer.latency_ms)))):
        key = {"day": _day(time_now), "kind": kind, "value": value}
        one_more = database.upsert(daily, [*key], {**key, "count": 1}, {"count": daily.c.count + 1})
        connection.execute(one_more)


class Statistics:
    """Questions are known for as long as their answers are kept; counts for good."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def days(self, number: int) -> tuple[Day, ...]:
        """Return the last ``number`` days, the oldest first, those on which nothing was asked too."""
        today = date.fromisoformat(_day(now()))
        names = [(today - timedelta(back)).isoformat() for back in range(number - 1, -1, -1)]
        query = select(daily.c.day, daily.c.kind, daily.c.value, daily.c.count.label("number")).where(
            daily.c.day >= names[0]
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            ratings = self._ratings(connection, names[0])
        counts: dict[tuple[str, str], dict[str, int]] = {}
        for row in rows:
            counts.setdefault((row.day, row.kind), {})[row.value] = row.number
            if row.kind == _RATING:
                ratings[row.day, row.value] += row.number
        return tuple(
            _summed(name, counts.get((name, _STATUS), {}), counts.get((name, _LATENCY), {}), ratings) for name in names
        )

    def latency(self, number: int) -> tuple[float | None, float | None]:
        """Return median and 95th percentile, in milliseconds, of the last ``number`` days together."""
        first = date.fromisoformat(_day(now())) - timedelta(number - 1)
        query = (
            select(daily.c.value, func.sum(daily.c.count).label("total"))
            .where(daily.c.day >= first.isoformat(), daily.c.kind == _LATENCY)
            .group_by(daily.c.value)
        )
        with self._database.reading() as connection:
            classes = sorted((int(row.value), int(row.total)) for row in connection.execute(query))
        return _percentile(classes, 0.5), _percentile(classes, 0.95)

    def asked(self, limit: int, statuses: Sequence[Status] = tuple(Status)) -> tuple[Asked, ...]:
        """Return the questions that were asked most often and ended in one of some ways, the most frequent first."""
        among = outcomes.c.status.in_([status.value for status in statuses])
        count, latest = func.count().label("asked"), func.max(answers.c.created).label("latest")
        # Of questions that ended in different ways at different times: the greatest name, so that it is always the same.
        how = func.max(outcomes.c.status).label("status")
        query = (
            select(answers.c.question, count, latest, how)
            .join(outcomes, outcomes.c.answer_id == answers.c.id)
            .where(among)
            .group_by(answers.c.question)
            .order_by(count.desc(), latest.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Asked(row.question, row.asked, Status(row.status), row.latest) for row in rows)

    def untold(self, limit: int) -> tuple[Asked, ...]:
        """Return the questions that got no answer from the documents, the most frequent first."""
        return self.asked(limit, _UNTOLD)

    def disliked(self, limit: int) -> tuple[Disliked, ...]:
        """Return the answers whose last rating is a thumb down, the latest first."""
        last = select(func.max(feedback.c.id)).group_by(feedback.c.answer_id)
        query = (
            select(feedback, answers.c.question, outcomes.c.status)
            .join(answers, answers.c.id == feedback.c.answer_id)
            .join(outcomes, outcomes.c.answer_id == answers.c.id)
            .where(feedback.c.id.in_(last), feedback.c.rating == "down")
            .order_by(feedback.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Disliked(row.answer_id, row.question, Status(row.status), row.comment or "", row.created) for row in rows
        )

    def _ratings(self, connection: Connection, first: str) -> Counter[tuple[str, str]]:
        """Return how many answers were rated up and down by day; of an answer the last rating counts."""
        since = time.mktime(date.fromisoformat(first).timetuple())
        query = select(feedback.c.answer_id, feedback.c.rating, feedback.c.created).where(feedback.c.created >= since)
        last = {row.answer_id: row for row in connection.execute(query.order_by(feedback.c.id))}
        return Counter((_day(row.created), row.rating) for row in last.values())


def fold_ratings(database: Database, connection: Connection, before: float) -> None:
    """Delete what was said of answers before a time, as part of a transaction; ratings stay as counts of their days."""
    said = feedback.c.id, feedback.c.answer_id, feedback.c.rating, feedback.c.created
    # Deleted and read at once: of several machines on one database each row is counted by one.
    gone = connection.execute(delete(feedback).where(feedback.c.created < before).returning(*said)).all()
    rated_again = set(connection.execute(select(feedback.c.answer_id)).scalars()) if gone else set()
    last = {row.answer_id: row for row in sorted(gone, key=lambda row: row.id) if row.answer_id not in rated_again}
    counted = Counter((_day(row.created), row.rating) for row in last.values())
    for (day, rating), count in counted.items():
        key = {"day": day, "kind": _RATING, "value": rating}
        more = database.upsert(daily, [*key], {**key, "count": count}, {"count": daily.c.count + count})
        connection.execute(more)


def _summed(
    day: str, statuses: Mapping[str, int], latencies: Mapping[str, int], ratings: Mapping[tuple[str, str], int]
) -> Day:
    known = {Status(name): count for name, count in statuses.items()}
    classes = sorted((int(name), count) for name, count in latencies.items())
    up, down = ratings.get((day, "up"), 0), ratings.get((day, "down"), 0)
    return Day(day, known, _percentile(classes, 0.5), _percentile(classes, 0.95), up, down)


def _class(milliseconds: float) -> int:
    """Return the class of a latency: the least whole ``n`` with ``milliseconds <= 10 ** (n / 10)``, at least 0."""
    return max(0, math.ceil(_STEPS * math.log10(milliseconds) - 1e-9)) if milliseconds > 1 else 0


def _percentile(classes: Iterable[tuple[int, int]], share: float) -> float | None:
    """Return the upper bound of the class in which the nearest-rank percentile lies."""
    counted = list(classes)
    rank = math.ceil(share * sum(count for _, count in counted))
    passed = 0
    for number, count in counted:
        passed += count
        if passed >= rank > 0:
            return float(10 ** (number / _STEPS))
    return None


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
