"""The tables. Times are seconds since 1970; texts have no bound, because what is stored was bounded at the door."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text

VERSION = 1
"""Raised whenever a table changes; a database of another version is refused."""

metadata = MetaData()
# SQLite counts up by itself only under the name INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")

schema = Table("schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

turns = Table(
    "turns",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("conversation_id", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created", Float, nullable=False, index=True),
    Index("turns_of_conversation", "conversation_id", "id"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created", Float, nullable=False, index=True),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("answer_id", Text, nullable=False, index=True),
    Column("rating", Text, nullable=False),
    Column("comment", Text),
    Column("created", Float, nullable=False),
)

# One row for each message of a person, however often the platform delivers it.
messages = Table(
    "messages",
    metadata,
    Column("key", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("links", Text, nullable=False),  # where the answer pages are reached from
    Column("state", Text, nullable=False),  # open, done
    Column("owner", Text),  # the worker that is at it
    Column("lease_until", Float, nullable=False),
    Column("awaited_until", Float, nullable=False),  # until then some request waits to carry the reply
    Column("attempts", Integer, nullable=False),
    Column("reply", Text),  # what was given in the response, so that a repeated message gets the same
    Column("created", Float, nullable=False, index=True),
    Index("messages_open", "state", "lease_until"),
)

# What is to be said to a person, in order; each row is one message of the platform.
outbox = Table(
    "outbox",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("message_key", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),  # waiting, taken, sent
    Column("owner", Text),  # the worker that pushes it
    Column("may_push", Integer, nullable=False),
    Column("due", Float, nullable=False),  # not to be pushed before
    Column("lease_until", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created", Float, nullable=False, index=True),
    Index("outbox_of_receiver", "channel", "receiver", "state", "id"),
    Index("outbox_due", "channel", "state", "due"),
)

pauses = Table("pauses", metadata, Column("name", Text, primary_key=True), Column("until", Float, nullable=False))

tokens = Table(
    "tokens",
    metadata,
    Column("name", Text, primary_key=True),
    Column("token", Text, nullable=False),
    Column("expires", Float, nullable=False),
    Column("refreshing_until", Float, nullable=False),
)

windows = Table(
    "rate_windows",
    metadata,
    Column("name", Text, primary_key=True),
    Column("start", Float, nullable=False),
    Column("count", Integer, nullable=False),
)

# A key is never stored, only what proves it. Tables that only come to be need no other version.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),  # SHA-256 of the key, in hexadecimal
    Column("rate", Text),  # its own limit; none: the one of every key
    Column("created", Float, nullable=False),
    Column("revoked", Float),
)

rates = Table(
    "rate_counts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("ends", Float, nullable=False, index=True),
)

# How an answer ended, for as long as the answer is kept: what the texts alone would have to be searched for.
outcomes = Table(
    "outcomes",
    metadata,
    Column("answer_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("created", Float, nullable=False, index=True),
)

# Counts of a day, kept for good: numbers only, nothing of what was asked or by whom.
daily = Table(
    "daily_counts",
    metadata,
    Column("day", Text, primary_key=True),  # ISO, by the clock of the service
    Column("kind", Text, primary_key=True),  # status, latency, rating
    Column("value", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

# One row a thing that only one may work at; the last work is remembered with what came of it.
works = Table(
    "works",
    metadata,
    Column("name", Text, primary_key=True),
    Column("token", Text, nullable=False),  # of the work that has it
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),  # idle, running, done, failed
    Column("progress", Text, nullable=False),
    Column("report", Text, nullable=False),  # JSON
    Column("started", Float, nullable=False),
    Column("updated", Float, nullable=False),
    Column("lease_until", Float, nullable=False),
)

# Who is signed in to the administration; the cookie itself is never stored.
sessions = Table(
    "admin_sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("expires", Float, nullable=False, index=True),
)
