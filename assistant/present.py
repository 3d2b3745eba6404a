"""Verified draft -> Answer: numbering, marks, quotes, what else one might ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant import gate
from assistant.answer import Answer, Citation, Retrieved, Status
from assistant.draft import Draft, Statement
from assistant.evidence import Sentence, Unit
from assistant.suggest import suggestions
from assistant.understand import Query
from knowledge.document import Hit

_RELATED = 3

Path = Callable[[str, int], tuple[str, ...]]


def reply(status: Status, text: str, question: str) -> Answer:
    """Return an answer that rests on no document."""
    return Answer(id="", status=status, answer=text, question=question)


def answer(draft: Draft, query: Query, hits: Sequence[Hit], units: Sequence[Unit], path: Path) -> Answer:
    """Return the answer that a verified draft amounts to; ``path`` gives the headings above a place of a document."""
    retrieved = tuple(
        Retrieved(hit.passage.doc_id, hit.passage.start, hit.passage.end, hit.passage.text, round(hit.score, 4))
        for hit in hits
    )
    if not draft.statements:
        related = _related(units, path) if draft.status is Status.NOT_FOUND else ()
        text = gate.STATUS_TEXT[draft.status]
        if related:
            text += "下面是文件中相近的内容，供参考。"
        return Answer("", draft.status, text, related=related, retrieved=retrieved, question=query.text)
    cited = _distinct([sentence for statement in draft.statements for sentence in statement.evidence])
    numbers = {key: number for number, key in enumerate(cited, start=1)}
    return Answer(
        "",
        draft.status,
        _text(draft, numbers),
        citations=tuple(_citation(sentence, path) for sentence in cited.values()),
        retrieved=retrieved,
        suggestions=suggestions(query, draft, hits),
        question=query.text,
    )


def _distinct(found: Sequence[Sentence]) -> dict[tuple[str, int, int], Sentence]:
    distinct: dict[tuple[str, int, int], Sentence] = {}
    for sentence in found:
        distinct.setdefault(_key(sentence), sentence)
    return distinct


def _key(sentence: Sentence) -> tuple[str, int, int]:
    return sentence.doc_id, sentence.start, sentence.end


def _citation(sentence: Sentence, path: Path) -> Citation:
    headings = path(sentence.doc_id, sentence.start)
    return Citation(sentence.doc_id, sentence.title, sentence.start, sentence.end, sentence.text, headings)


def _text(draft: Draft, numbers: dict[tuple[str, int, int], int]) -> str:
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


def _marks(statement: Statement, numbers: dict[tuple[str, int, int], int]) -> str:
    found = list(dict.fromkeys(numbers[_key(sentence)] for sentence in statement.evidence))
    return "".join(f"[{number}]" for number in found)


def _related(units: Sequence[Unit], path: Path) -> tuple[Citation, ...]:
    near = [unit.sentence for unit in units if unit.coverage > 0.2 and not unit.sentence.is_heading]  # noqa: PLR2004
    return tuple(_citation(sentence, path) for sentence in list(_distinct(near).values())[:_RELATED])
