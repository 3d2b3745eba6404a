"""Keys of programs: several, each with a name, revocable. What is stored of a key proves it and does not give it away.

A key is ``pa_``, its id, and 256 random bits; of those a plain SHA-256 cannot be turned round by guessing, so that none
of the slow functions made for passwords is needed at every request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from assistant.errors import AssistantError
from assistant.state import records
from assistant.state.database import Database, now
from assistant.state.tables import api_keys

FRESH_SECONDS = 1.0
"""Seconds after which a worker reads the keys again: so long a revoked one may still be good."""
_PREFIX = "pa"
_ID_BYTES, _SECRET_BYTES = 4, 32
_MOST_NAME = 64
_NOTHING = hashlib.sha256(b"").hexdigest()


class KeyNameError(AssistantError):
    """A key cannot be added or revoked as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key. ``rate``: its own limit, such as ``600/minute``; times are seconds since 1970."""

    id: str
    name: str
    rate: str | None
    created: float
    revoked: float | None = None


class Keys:
    """The keys in the database; ``find`` and ``exist`` go by what was read at most ``fresh`` seconds ago."""

    def __init__(self, database: Database, *, fresh: float = FRESH_SECONDS) -> None:
        self._database = database
        self._fresh = fresh
        self._known: dict[str, tuple[Key, str]] | None = None
        self._issued = False
        self._read_at = 0.0

    def add(self, name: str, rate: str | None = None) -> tuple[Key, str]:
        """Make a key and return it with its text, which nobody can be shown again; raises KeyNameError for a name in use."""
        name = records.storable(name).strip()
        if not name or len(name) > _MOST_NAME or not name.isprintable():
            raise KeyNameError(f"密钥的名称应为 1 到 {_MOST_NAME} 个可见字符，例如 门户网站。")
        if any(key.name == name for key in self.all() if key.revoked is None):
            raise KeyNameError(f"已有名为 {name} 的密钥。请换一个名称，或先吊销它。")
        key = Key(secrets.token_hex(_ID_BYTES), name, rate, now())
        text = f"{_PREFIX}_{key.id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        row = {"id": key.id, "name": name, "digest": _digest(text), "rate": rate, "created": key.created}
        with self._database.transaction() as connection:
            connection.execute(insert(api_keys).values(**row))
        self._known = None
        return key, text

    def all(self) -> tuple[Key, ...]:
        """Return every key there was, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created, api_keys.c.id)).all()
        return tuple(Key(row.id, row.name, row.rate, row.created, row.revoked) for row in rows)

    def revoke(self, name: str) -> Key:
        """Make a key worthless, named by its id or its name; raises KeyNameError where no good key has it."""
        good = [key for key in self.all() if key.revoked is None and name in {key.id, key.name}]
        if not good:
            raise KeyNameError(f"没有在用的密钥叫 {name}。用 python -m assistant keys list 看有哪些。")
        with self._database.transaction() as connection:
            connection.execute(update(api_keys).where(api_keys.c.id == good[0].id).values(revoked=now()))
        self._known = None
        return good[0]

    @property
    def is_stale(self) -> bool:
        """Whether the next look reads the database."""
        return self._known is None or time.monotonic() - self._read_at > self._fresh

    def renew(self) -> None:
        """Read the good keys; raises StateError."""
        self._read_at = time.monotonic()  # first: whoever looks meanwhile goes by what was known
        with self._database.reading() as connection:
            rows = connection.execute(select(api_keys)).all()
        self._issued = bool(rows)
        good = [row for row in rows if row.revoked is None]
        self._known = {row.id: (Key(row.id, row.name, row.rate, row.created), row.digest) for row in good}

    def reset(self) -> int:
        """Forget every key, so that none is asked for any more; return how many there were."""
        with self._database.transaction() as connection:
            count = connection.execute(delete(api_keys)).rowcount
        self._known = None
        return int(count)

    def exist(self) -> bool:
        """Tell whether a key was ever issued: whoever revokes the last one does not mean to let everybody in."""
        self._current()
        return self._issued

    def find(self, text: str) -> Key | None:
        """Return the good key of a text; None for any other. The time taken does not tell how much of it was right."""
        parts = text.split("_", 2)
        key, digest = self._current().get(parts[1] if len(parts) > 1 else "", (None, _NOTHING))
        is_right = hmac.compare_digest(digest, _digest(text))
        return key if is_right else None

    def _current(self) -> dict[str, tuple[Key, str]]:
        if self.is_stale:
            self.renew()
        return self._known or {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
