"""What is old goes: the service remembers no longer than it needs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from sqlalchemy import delete

from assistant.state.database import Database, now
from assistant.state.errors import StateError
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
TURN_DAYS, MESSAGE_DAYS, ANSWER_DAYS, WAITING_DAYS = 7, 2, 30, 30
"""Days for which turns, messages with their replies, answer pages, and replies that nobody fetched are kept."""
EVERY_SECONDS = 3_600.0
_LOG = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def keeping_clean(database: Database) -> AsyncIterator[None]:
    """Clean the database now and every hour for as long as the context lasts."""

    async def forever() -> None:
        while True:
            try:
                await asyncio.to_thread(clean, database)
            except StateError as error:
                _LOG.warning("%s", error)
            await asyncio.sleep(EVERY_SECONDS)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def clean(database: Database) -> None:
    """Delete what is older than it is kept."""
    time = now()
    with database.transaction() as connection:
        connection.execute(delete(turns).where(turns.c.created < time - TURN_DAYS * DAY))
        connection.execute(delete(answers).where(answers.c.created < time - ANSWER_DAYS * DAY))
        connection.execute(delete(outcomes).where(outcomes.c.created < time - ANSWER_DAYS * DAY))
        connection.execute(delete(sessions).where(sessions.c.expires < time))
        connection.execute(delete(messages).where(messages.c.created < time - MESSAGE_DAYS * DAY))
        is_old = outbox.c.created < time - MESSAGE_DAYS * DAY
        connection.execute(delete(outbox).where(outbox.c.state == "sent", is_old))
        connection.execute(delete(outbox).where(outbox.c.created < time - WAITING_DAYS * DAY))
        connection.execute(delete(windows).where(windows.c.start < time - DAY))
        connection.execute(delete(rates).where(rates.c.ends < time))
        connection.execute(delete(pauses).where(pauses.c.until < time - DAY))
