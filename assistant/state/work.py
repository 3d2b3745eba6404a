"""Work of which there is one at a time, whichever worker does it; every worker can see how far it is."""

from __future__ import annotations

import enum
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select, update

from assistant.state import records
from assistant.state.database import Database, now
from assistant.state.tables import works

LEASE_SECONDS = 30.0
"""Seconds after its last sign of life in which work counts as running."""


class WorkState(enum.StrEnum):
    """Where work stands; ``interrupted`` is work whose worker gave no sign of life any more."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Work:
    """The last work: ``kind`` and ``report`` are the worker's own; times are seconds since 1970."""

    kind: str = ""
    state: WorkState = WorkState.IDLE
    progress: str = ""
    report: dict[str, Any] = field(default_factory=dict)
    started: float = 0.0
    updated: float = 0.0


class Works:
    """The work of one name. The order is: ``claim``, ``tell`` as often as it likes, ``finish``."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def last(self) -> Work:
        """Return the work that is being done, or the last one that was."""
        with self._database.reading() as connection:
            row = connection.execute(select(works).where(works.c.name == self._name)).first()
        if row is None:
            return Work()
        state = WorkState(row.state)
        if state is WorkState.RUNNING and row.lease_until <= now():
            state = WorkState.INTERRUPTED
        return Work(row.kind, state, row.progress, json.loads(row.report), row.started, row.updated)

    def claim(self, kind: str) -> str | None:
        """Take the work on; returns the token to go on with, or None while another work is running."""
        time, token = now(), secrets.token_hex(8)
        empty = {
            "name": self._name,
            "token": "",
            "kind": "",
            "state": WorkState.IDLE.value,
            "progress": "",
            "report": "{}",
            "started": 0.0,
            "updated": 0.0,
            "lease_until": 0.0,
        }
        is_free = or_(works.c.state != WorkState.RUNNING.value, works.c.lease_until <= time)
        row = {"token": token, "kind": kind, "state": WorkState.RUNNING.value, "progress": "", "report": "{}"}
        with self._database.transaction() as connection:
            connection.execute(self._database.upsert(works, ["name"], empty, {}))
            taken = connection.execute(
                update(works)
                .where(works.c.name == self._name, is_free)
                .values(**row, started=time, updated=time, lease_until=time + LEASE_SECONDS)
            )
        return token if taken.rowcount == 1 else None

    def tell(self, token: str, progress: str | None = None) -> None:
        """Give a sign of life, and say how far the work is."""
        said = {} if progress is None else {"progress": records.storable(progress)}
        self._set(token, **said, lease_until=now() + LEASE_SECONDS)

    def finish(self, token: str, state: WorkState, report: dict[str, Any]) -> None:
        """Say what came of it; from now on other work can be claimed."""
        self._set(token, state=state.value, report=json.dumps(report), progress="", lease_until=0.0)

    def _set(self, token: str, **values: object) -> None:
        mine = (works.c.name == self._name, works.c.token == token)
        with self._database.transaction() as connection:
            connection.execute(update(works).where(*mine).values(updated=now(), **values))
