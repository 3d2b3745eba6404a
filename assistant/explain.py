"""What one answer was made from, for whoever wants to see it: query, hits, prompt, and each sentence with its verdict.

Like ``steps``, the one who wants to know is known to the thread that answers; without one nothing is kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

from assistant.draft import Statement
from assistant.understand import Query
from knowledge.document import Hit


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence, the words it rests on, and what they lack of it; with nothing lacking it was said."""

    text: str
    evidence: tuple[str, ...]
    lacking: tuple[str, ...]


@dataclass(slots=True)
class Account:
    """What is known of one answer so far; ``prompts`` are (role, text) as they went to the model."""

    query: Query | None = None
    hits: tuple[Hit, ...] = ()
    prompts: list[tuple[str, str]] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


_account: ContextVar[Account | None] = ContextVar("account", default=None)


@contextlib.contextmanager
def explained() -> Iterator[Account]:
    """Keep an account of what is answered within, in this thread."""
    account = Account()
    token = _account.set(account)
    try:
        yield account
    finally:
        _account.reset(token)


def begun() -> None:
    """Tell that a question begins: the account is of the last one."""
    account = _account.get()
    if account is not None:
        account.query, account.hits = None, ()
        for part in (account.prompts, account.checked, account.remarks):
            part.clear()


def understood(query: Query, hits: Sequence[Hit]) -> None:
    """Tell what is looked for and what was found."""
    account = _account.get()
    if account is not None:
        account.query, account.hits = query, tuple(hits)


def prompted(turns: Sequence[tuple[str, str]]) -> None:
    """Tell what goes to the model."""
    account = _account.get()
    if account is not None:
        account.prompts.extend(turns)


def checked(statement: Statement, lacking: Sequence[str]) -> None:
    """Tell what verification made of a sentence."""
    account = _account.get()
    if account is not None:
        evidence = tuple(sentence.text for sentence in statement.evidence)
        account.checked.append(Checked(statement.text, evidence, tuple(lacking)))


def remarked(line: str) -> None:
    """Tell anything else that decided the answer."""
    account = _account.get()
    if account is not None:
        account.remarks.append(line)
