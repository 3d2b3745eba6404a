"""To ask back: where several policies answer a question equally well and differently, and nothing in it tells them apart.

「补贴标准是多少？」 over documents on five subsidies is answered by none of them alone. What names a document, a body, a place or a
value has told which is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assistant.answer import Status
from assistant.draft import Draft
from assistant.evidence import Unit
from assistant.extract_value import share_title, states
from assistant.kinds import Kind
from assistant.named import short_title
from assistant.understand import Query
from knowledge import words

_EQUAL = 0.95
_FEW = 3  # telling words; a question of more of them says what it is about
_MOST = 4  # options
_LONGEST_TITLE = 40  # characters
_KINDS = {Kind.COUNT, Kind.WHEN, Kind.WHERE, Kind.LIST, Kind.VALUE}


def clarify(query: Query, units: Sequence[Unit], title: Callable[[str], str]) -> Draft | None:
    """Return the question back, with a question for each policy that may be meant; None where one is.

    ``units`` are the answerable ones, best first; ``title`` gives a document's title by its id.
    """
    if not units or query.kind not in _KINDS or _is_told(query):
        return None
    best = units[0]
    rivals = [
        unit
        for unit in units
        if unit.coverage >= _EQUAL * best.coverage
        and unit.own >= _EQUAL * best.own
        and (query.wanted is None or states(query, unit))
    ]
    named = _apart([title(unit.sentence.doc_id) for unit in rivals])
    if len(named) <= 1:
        return None
    asked = query.text.lstrip("，, ")
    options = tuple(f"《{short_title(name)[:_LONGEST_TITLE]}》的{asked}" for name in named[:_MOST])
    return Draft(status=Status.CLARIFY, options=options)


def _is_told(query: Query) -> bool:
    """Tell whether a question says itself which of several policies it means."""
    if (
        query.names
        or query.titles
        or query.numbers
        or query.places
        or query.unknown_places
        or query.bodies
        or query.years
        or query.premises
    ):
        return True
    telling = [term for term in query.terms if term.word not in words.generic_words() and len(term.word) > 1]
    return len(telling) > _FEW or any(term.word in words.policy_terms() and len(term.word) > 3 for term in telling)  # noqa: PLR2004


def _apart(titles: Iterable[str]) -> list[str]:
    """Return the titles that are of different policies, in order: of each policy the first."""
    found: list[str] = []
    for title in dict.fromkeys(titles):
        if not any(share_title(title, other) for other in found):
            found.append(title)
    return found
