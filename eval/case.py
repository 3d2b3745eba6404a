"""A case: a conversation whose last question has a known answer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answer import Status


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation whose last question has a known answer.

    ``facts`` lists what a right answer says, each fact as its accepted spellings; ``evidence`` the words of the
    documents it rests on; ``absent`` what a right answer does not say. ``expected_status`` is the one right status.
    ``extra`` holds fields beyond the format by which cases can be grouped.
    """

    id: str
    category: str
    turns: tuple[str, ...]
    answerable: bool
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[str, ...] = ()
    reference: str | None = None
    doc_ids: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    expected_status: Status | None = None
    split: str | None = None
    script: str | None = None
    extra: tuple[tuple[str, str], ...] = ()


FIELDS = frozenset(field.name for field in fields(Case)) - {"extra"}
