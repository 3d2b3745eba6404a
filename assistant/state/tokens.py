"""Access tokens of platforms, fetched once for all workers: fetching a new one makes the old one worthless."""

from __future__ import annotations

from sqlalchemy import or_, select, update

from assistant.state.database import Database, now
from assistant.state.tables import tokens

FETCH_SECONDS = 15.0
"""Seconds that the one worker that fetches has; after them another may try."""
MARGIN_SECONDS = 200.0
"""A token is fetched anew this long before it ends; never more than a tenth of its life."""


class Tokens:
    """Tokens by name. The order is: ``find``, else ``claim``, fetch, ``keep``; who may not claim waits and finds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str, rejected: str | None = None) -> str | None:
        """Return the token that is good now and is not the one that the platform has just rejected."""
        with self._database.reading() as connection:
            row = connection.execute(select(tokens).where(tokens.c.name == name)).first()
        if row is None or row.expires <= now() or row.token in {"", rejected}:
            return None
        return str(row.token)

    def claim(self, name: str, rejected: str | None = None) -> bool:
        """Take it on to fetch the token; False when another worker is at it or has just done it."""
        time = now()
        empty = {"name": name, "token": "", "expires": 0.0, "refreshing_until": 0.0}
        is_worthless = or_(tokens.c.expires <= time, tokens.c.token == (rejected or ""))
        with self._database.transaction() as connection:
            connection.execute(self._database.upsert(tokens, ["name"], empty, {}))
            taken = connection.execute(
                update(tokens)
                .where(tokens.c.name == name, tokens.c.refreshing_until <= time, is_worthless)
                .values(refreshing_until=time + FETCH_SECONDS)
            )
            return taken.rowcount == 1

    def keep(self, name: str, token: str, seconds: float) -> None:
        """Give every worker the token that was fetched; it lives for ``seconds``."""
        expires = now() + seconds - min(MARGIN_SECONDS, seconds / 10)
        self._set(name, token=token, expires=expires, refreshing_until=0.0)

    def give_up(self, name: str) -> None:
        """Let another worker try: the fetch has failed."""
        self._set(name, refreshing_until=0.0)

    def _set(self, name: str, **values: object) -> None:
        with self._database.transaction() as connection:
            connection.execute(update(tokens).where(tokens.c.name == name).values(**values))
