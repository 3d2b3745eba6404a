"""What is old goes: the service remembers no longer than it needs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from sqlalchemy import delete

from assistant.state.database import Database, now
from assistant.state.errors import StateError
from assistant.state.statistics import fold_ratings
from assistant.state.tables import (
    answers,
    messages,
    outbox,
    outcomes,
    pauses,
    rates,
    sessions,
    turns,
    windows,
)

DAY = 86_400.0
TURN_DAYS, MESSAGE_DAYS, WAITING_DAYS = 7, 2, 30
"""Days for which turns, messages with their replies, and replies that nobody fetched are kept at most."""
FEEDBACK_DAYS = 30
"""Days for which questions with their answers, and what was said of those, are kept where nothing is set."""
EVERY_SECONDS = 3_600.0
_LOG = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def keeping_clean(database: Database, days: int = FEEDBACK_DAYS) -> AsyncIterator[None]:
    """Clean the database now and every hour for as long as the context lasts; ``days`` as for ``clean``."""

    async def forever() -> None:
        while True:
            try:
                await asyncio.to_thread(clean, database, days)
            except StateError as error:
                _LOG.warning("%s", error)
            await asyncio.sleep(EVERY_SECONDS)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def clean(database: Database, days: int = FEEDBACK_DAYS) -> None:
    """Delete what is older than it is kept; no question and nothing said of an answer is kept longer than ``days``.

    The counts of each day stay.
    """
    time = now()
    oldest = time - days * DAY
    turn, message, waiting = (max(oldest, time - least * DAY) for least in (TURN_DAYS, MESSAGE_DAYS, WAITING_DAYS))
    with database.transaction() as connection:
        connection.execute(delete(turns).where(turns.c.created < turn))
        connection.execute(delete(answers).where(answers.c.created < oldest))
        connection.execute(delete(outcomes).where(outcomes.c.created < oldest))
        fold_ratings(database, connection, oldest)
        connection.execute(delete(sessions).where(sessions.c.expires < time))
        connection.execute(delete(messages).where(messages.c.created < message))
        connection.execute(delete(outbox).where(outbox.c.state == "sent", outbox.c.created < message))
        connection.execute(delete(outbox).where(outbox.c.created < waiting))
        connection.execute(delete(windows).where(windows.c.start < time - DAY))
        connection.execute(delete(rates).where(rates.c.ends < time))
        connection.execute(delete(pauses).where(pauses.c.until < time - DAY))
