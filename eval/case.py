"""A case: a conversation whose last question has a known answer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.answer import Status


_ALWAYS = frozenset(("id", "category", "turns", "answerable", "facts", "evidence"))


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

    def to_json(self) -> dict[str, Any]:
        """Return the case as a line of a question set; what is empty is left out where it may be."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "extra"}
        kept = {name: value for name, value in own.items() if name in _ALWAYS or value not in {None, ()}}
        return kept | dict(self.extra)


FIELDS = frozenset(field.name for field in fields(Case)) - {"extra"}


def groups(case: Case) -> dict[str, str | None]:
    """Return what a case can be grouped by: its value of each field, those beyond the format included."""
    own = {
        "category": case.category,
        "split": case.split,
        "script": case.script,
        "answerable": "true" if case.answerable else "false",
        "turns": "multi" if len(case.turns) > 1 else "single",
    }
    return own | dict(case.extra)
