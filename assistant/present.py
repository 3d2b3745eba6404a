"""Verified draft -> Answer: numbering, marks, quotes, what else one might ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant import gate
from assistant.answer import Answer, Citation, Retrieved, Status
from assistant.draft import Draft, Statement
from assistant.evidence import Sentence, Unit
from assistant.understand import Query
from knowledge.document import Hit

_RELATED = 3

Key = tuple[str, int, int]


class Library(Protocol):
    """What is looked up here of the documents."""

    def place(self, doc_id: str, offset: int) -> tuple[str, ...]:
        """Return what a place of a document is cited by: its page, where there are pages, and its headings."""

    def twins(self, doc_id: str) -> tuple[str, ...]:
        """Return the ids of the documents that are the same as this one, to the character."""


def reply(status: Status, text: str, question: str) -> Answer:
    """Return an answer that rests on no document."""
    return Answer(id="", status=status, answer=text, question=question)


def answer(  # noqa: PLR0917  # what it looks at, by name
    draft: Draft,
    query: Query,
    hits: Sequence[Hit],
    units: Sequence[Unit],
    library: Library,
    offer: Callable[[Draft], tuple[str, ...]],
) -> Answer:
    """Return the answer that a verified draft amounts to; what stands in several documents is cited from each.

    ``offer`` gives what else one might ask.
    """
    retrieved = tuple(
        Retrieved(doc_id, hit.passage.start, hit.passage.end, hit.passage.text, round(hit.score, 4))
        for hit in hits
        for doc_id in (hit.passage.doc_id, *library.twins(hit.passage.doc_id))
    )
    if draft.options:
        text = "\n".join([gate.STATUS_TEXT[draft.status], *(f"- {option}" for option in draft.options)])
        return Answer("", draft.status, text, retrieved=retrieved, suggestions=draft.options, question=query.text)
    if not draft.statements:
        related = _related(units, library) if draft.status is Status.NOT_FOUND else ()
        text = gate.STATUS_TEXT[draft.status]
        if related:
            text += "下面是文件中相近的内容，供参考。"
        offered = offer(draft) if draft.status is Status.NOT_FOUND else ()
        text = f"{text}\n{draft.note}" if draft.note else text
        return Answer(
            "",
            draft.status,
            text,
            related=related,
            retrieved=retrieved,
            suggestions=offered,
            question=query.text,
            is_passing=draft.is_passing,
        )
    told = Told(library, draft.lead)
    text = "".join(told.add(statement) for statement in draft.statements).rstrip()
    return Answer(
        "",
        draft.status,
        f"{text}\n{draft.note}" if draft.note else text,
        citations=tuple(told.citations),
        retrieved=retrieved,
        suggestions=offer(draft),
        question=query.text,
        is_passing=draft.is_passing,
    )


class Told:
    """The text of an answer as it grows: each statement with its marks, and the citations that they name.

    Marks never change once given, so that a sentence can be shown before the next one is known.
    """

    def __init__(self, library: Library, lead: str = "") -> None:
        self._library = library
        self._lead = lead
        self._numbers: dict[Key, tuple[int, ...]] = {}
        self._text = ""
        self._is_list = False
        self.citations: list[Citation] = []

    def add(self, statement: Statement) -> str:
        """Return what a statement adds to the text: joined, these pieces are the answer."""
        marks = "".join(f"[{number}]" for number in self._marks(statement))
        shown = f"- {statement.text}{marks}" if statement.is_item else f"{statement.text}{marks}{statement.stop}"
        if not self._text and self._lead:
            shown = f"{self._lead}：\n{shown}"
        elif self._text and (statement.is_item or self._is_list):
            shown = f"\n{shown}"
        self._text += shown
        self._is_list = statement.is_item
        return shown

    def _marks(self, statement: Statement) -> dict[int, None]:
        for sentence in statement.evidence:
            if _key(sentence) not in self._numbers:
                found = _citations(sentence, self._library)
                first = len(self.citations) + 1
                self._numbers[_key(sentence)] = tuple(range(first, first + len(found)))
                self.citations.extend(found)
        return dict.fromkeys(number for sentence in statement.evidence for number in self._numbers[_key(sentence)])


def _distinct(found: Sequence[Sentence]) -> dict[Key, Sentence]:
    distinct: dict[Key, Sentence] = {}
    for sentence in found:
        distinct.setdefault(_key(sentence), sentence)
    return distinct


def _key(sentence: Sentence) -> Key:
    return sentence.doc_id, sentence.start, sentence.end


def _citations(sentence: Sentence, library: Library) -> list[Citation]:
    headings = library.place(sentence.doc_id, sentence.start)
    return [
        Citation(doc_id, sentence.title, sentence.start, sentence.end, sentence.text, headings)
        for doc_id in (sentence.doc_id, *library.twins(sentence.doc_id))
    ]


def _related(units: Sequence[Unit], library: Library) -> tuple[Citation, ...]:
    near = [unit.sentence for unit in units if unit.coverage > 0.2 and not unit.sentence.is_heading]  # noqa: PLR2004
    return tuple(_citations(sentence, library)[0] for sentence in list(_distinct(near).values())[:_RELATED])
