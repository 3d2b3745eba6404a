"""Verified draft -> Answer: numbering, marks, quotes, what else one might ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant import gate
from assistant.answer import Answer, Citation, Retrieved, Status
from assistant.draft import Draft, Statement
from assistant.evidence import Sentence, Unit
from assistant.suggest import suggestions
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


def answer(draft: Draft, query: Query, hits: Sequence[Hit], units: Sequence[Unit], library: Library) -> Answer:
    """Return the answer that a verified draft amounts to; what stands in several documents is cited from each."""
    retrieved = tuple(
        Retrieved(doc_id, hit.passage.start, hit.passage.end, hit.passage.text, round(hit.score, 4))
        for hit in hits
        for doc_id in (hit.passage.doc_id, *library.twins(hit.passage.doc_id))
    )
    if not draft.statements:
        related = _related(units, library) if draft.status is Status.NOT_FOUND else ()
        text = gate.STATUS_TEXT[draft.status]
        if related:
            text += "下面是文件中相近的内容，供参考。"
        return Answer("", draft.status, text, related=related, retrieved=retrieved, question=query.text)
    cited = _distinct([sentence for statement in draft.statements for sentence in statement.evidence])
    citations: list[Citation] = []
    numbers: dict[Key, tuple[int, ...]] = {}
    for key, sentence in cited.items():
        found = _citations(sentence, library)
        numbers[key] = tuple(range(len(citations) + 1, len(citations) + len(found) + 1))
        citations.extend(found)
    return Answer(
        "",
        draft.status,
        _text(draft, numbers),
        citations=tuple(citations),
        retrieved=retrieved,
        suggestions=suggestions(query, draft, hits),
        question=query.text,
    )


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


def _text(draft: Draft, numbers: Mapping[Key, tuple[int, ...]]) -> str:
    lines: list[str] = []
    if draft.lead:
        lines.append(f"{draft.lead}：")
    sentences = ""
    for statement in draft.statements:
        marks = _marks(statement, numbers)
        if statement.is_item:
            if sentences:
                lines.append(sentences)
                sentences = ""
            lines.append(f"- {statement.text}{marks}")
        else:
            sentences += f"{statement.text}{marks}。"
    if sentences:
        lines.append(sentences)
    return "\n".join(lines)


def _marks(statement: Statement, numbers: Mapping[Key, tuple[int, ...]]) -> str:
    found = dict.fromkeys(number for sentence in statement.evidence for number in numbers[_key(sentence)])
    return "".join(f"[{number}]" for number in found)


def _related(units: Sequence[Unit], library: Library) -> tuple[Citation, ...]:
    near = [unit.sentence for unit in units if unit.coverage > 0.2 and not unit.sentence.is_heading]  # noqa: PLR2004
    return tuple(_citations(sentence, library)[0] for sentence in list(_distinct(near).values())[:_RELATED])
