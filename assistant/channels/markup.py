"""A conversation -> HTML. Everything that came from a person, a document or an answer is escaped here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.answer import Status
from assistant.channels.cards import gather

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from assistant.answer import Answer, Citation, Turn
    from assistant.channels.cards import Card, FindSource, Piece
    from assistant.channels.messages import Messages
    from assistant.steps import Step
    from knowledge.document import Document

_MARK = re.compile(r"\[(\d{1,3})\]")
_BULLET = re.compile(r"^\s*(?:[-*•·]\s+|[•·]|(\d{1,2})(?:、|[.．](?!\d))\s*)(?=\S)")
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_RATED = {Status.ANSWERED, Status.PARTIAL, Status.NOT_FOUND, Status.OUT_OF_SCOPE, Status.CLARIFY, Status.REFUSED}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a conversation is shown.

    ``root`` leads from there to the first page. Where no script runs, it is not ``is_live``: there are no buttons, and
    marks lead to the passages below. ``ratings`` is what has been said of the answers, by id: up or down.
    """

    told: Messages
    find: FindSource
    root: str = ""
    is_live: bool = True
    ratings: Mapping[str, str] = field(default_factory=dict)


def conversation(turns: Sequence[Turn], stage: Stage) -> str:
    """Return the turns of a conversation; what was asked in it is not offered again."""
    asked = {turn.question for turn in turns}
    return "".join(_turn(number, turn, stage, asked) for number, turn in enumerate(turns, 1))


def pending(question: str, step: Step, said: Sequence[str], told: Messages) -> str:
    """Return a turn that is being answered: how far the work is, and the sentences that are certain already."""
    words = "".join(_lines(_joined(said), escape))
    return (
        f'<section class="turn pending"><h2 class="asked">{escape(question)}</h2><div class="reply">'
        f'<div class="answer"><p class="looking">{escape(told(f"step.{step.value}"))}</p>{words}</div></div></section>'
    )


def stopped(question: str, said: Sequence[str], told: Messages) -> str:
    """Return a turn whose answer was stopped, with what had been said."""
    words = "".join(_lines(_joined(said), escape))
    note = f'<p class="note">{escape(told("stopped.note"))}</p>' if said else ""
    return (
        f'<section class="turn stopped"><h2 class="asked">{escape(question)}</h2><div class="reply">'
        f'<div class="answer"><p class="badge">{escape(told("stopped"))}</p>{words}{note}</div>'
        f'<div class="tools">{ask_button(question, told("again"))}</div></div></section>'
    )


def hint(text: str) -> str:
    """Return a short remark about the question box; nothing for an empty text."""
    return f'<p class="hint" role="alert">{escape(text)}</p>' if text else ""


def ask_button(question: str, label: str | None = None) -> str:
    """Return a button that asks a question: one that is offered is whole, one with a ``label`` may be a follow-up."""
    whole = "" if label else ' data-whole="true"'
    return f'<button type="button" class="ask" data-question="{escape(question)}"{whole}>{escape(label or question)}</button>'


def facts(document: Document, told: Messages) -> list[str]:
    """Return what is known of a document's origin: its issuing body, its number and the day it bears."""
    day = document.published and told("facts.published", date=document.published)
    day = day or (document.written and told("facts.written", date=document.written))
    return [fact for fact in (document.issuer, document.number, day) if fact]


def document_address(doc_id: str, marks: Iterable[tuple[int, Citation]] = (), root: str = "") -> str:
    """Return where a document can be read, with the words of some numbered citations marked."""
    query = "&".join(f"mark={number}:{citation.start}-{citation.end}" for number, citation in marks)
    return f"{root}documents/{quote(doc_id, safe='/')}{'?' if query else ''}{query}"


def original(document: Document, told: Messages) -> str:
    """Return a link to where a document came from, where that is a web address."""
    if not document.source or not _WEB_ADDRESS.match(document.source):
        return ""
    label = escape(told("evidence.original"))
    return f'<a href="{escape(document.source)}" target="_blank" rel="noopener noreferrer">{label}</a>'


def plain(turn: Turn, told: Messages) -> str:
    """Return a question, its answer and the cited words as text, for copying."""
    parts = [told("copy.question", text=turn.question), told("copy.answer", text=turn.answer.answer)]
    cited = [
        f"[{number}] 「{citation.quote.strip()}」\n—— {' › '.join((citation.title, *_named(citation.headings)))}"
        for number, citation in enumerate(turn.answer.citations, 1)
    ]
    return "\n\n".join((*parts, *([f"{told('evidence')}：\n" + "\n".join(cited)] if cited else [])))


def _turn(number: int, turn: Turn, stage: Stage, asked: Container[str]) -> str:
    answer, told = turn.answer, stage.told
    cited = _evidence(number, answer.citations, stage, kind="cited")
    related = _evidence(number, answer.related, stage, kind="related")
    label = told(f"status.{answer.status.value}")
    badge = f'<p class="badge">{escape(label)}</p>' if label else ""
    aside = f'<div class="sources">{cited}{related}</div>' if cited or related else ""
    tools, more = (_tools(turn, stage), _suggestions(answer, told, asked)) if stage.is_live else ("", "")
    return (
        f'<section class="turn status-{answer.status.value}"><h2 class="asked">{escape(turn.question)}</h2>'
        f'<div class="reply"><div class="answer">{badge}{_note(answer, told)}{_body(number, answer, stage)}</div>'
        f"{tools}{aside}{more}</div></section>"
    )


def _note(answer: Answer, told: Messages) -> str:
    """Return what a refusal says in the language of the interface, which is not always the answer's own."""
    text = told.get(f"note.{answer.status.value}", "")
    return f'<p class="note">{escape(text)}</p>' if text else ""


def _body(turn: int, answer: Answer, stage: Stage) -> str:
    links = _links(turn, answer.citations, stage)
    blocks = _lines(answer.answer, lambda text: _MARK.sub(lambda mark: links.get(mark[0], mark[0]), escape(text)))
    return f'<div class="words"{stage.told.foreign}>{"".join(blocks)}</div>'


def _joined(said: Sequence[str]) -> str:
    """Return sentences as they will stand in the answer: items of a list each on a line."""
    text = ""
    for sentence in said:
        text += f"\n{sentence}" if text and (_BULLET.match(sentence) or text.endswith(("：", ":"))) else sentence
    return text


def _lines(text: str, shown: Callable[[str], str]) -> list[str]:
    """Return the blocks of a text: runs of bullets as a list, the other lines as paragraphs."""
    blocks: list[str] = []
    items: list[str] = []
    tag = "ul"
    for line in text.splitlines():
        bullet = _BULLET.match(line)
        if bullet:
            tag = "ol" if bullet[1] else "ul"
            number = f' value="{bullet[1]}"' if bullet[1] else ""
            items.append(f"<li{number}>{shown(line[bullet.end() :])}</li>")
            continue
        if items:
            blocks.append(f"<{tag}>{''.join(items)}</{tag}>")
            items = []
        if line.strip():
            blocks.append(f"<p>{shown(line.strip())}</p>")
    if items:
        blocks.append(f"<{tag}>{''.join(items)}</{tag}>")
    return blocks


def _links(turn: int, citations: Sequence[Citation], stage: Stage) -> dict[str, str]:
    """Return a link for each mark that has a citation; a mark without one stays text."""
    links = {}
    for number, citation in enumerate(citations, 1):
        label = escape(stage.told("evidence.mark", number=number))
        if stage.is_live:
            together = [(n, other) for n, other in enumerate(citations, 1) if other.doc_id == citation.doc_id]
            target = f"{document_address(citation.doc_id, together, stage.root)}#cited-{number}"
            where = " › ".join((citation.title, *_named(citation.headings)))
            shown = f' data-quote="{escape(citation.quote)}" data-where="{escape(where)}"'
        else:
            target, shown = f"#{_anchor(turn, number)}", ""
        links[f"[{number}]"] = f'<a class="mark" href="{escape(target)}" aria-label="{label}"{shown}>[{number}]</a>'
    return links


def _tools(turn: Turn, stage: Stage) -> str:
    """Return what can be done with an answer: copy it, rate it."""
    answer, told = turn.answer, stage.told
    if answer.status not in _RATED:
        return ""
    rating = stage.ratings.get(answer.id)
    thumbs = "".join(
        f'<button type="button" class="tool rate {way}" data-rate="{way}" data-answer="{escape(answer.id)}"'
        f' aria-pressed="{"true" if rating == way else "false"}" title="{escape(told(f"rate.{way}"))}">'
        f'<span class="said">{escape(told(f"rate.{way}"))}</span></button>'
        for way in ("up", "down")
    )
    copy = escape(told("copy" if answer.citations else "copy.short"))
    return (
        f'<div class="tools"><button type="button" class="tool copy" data-copy="{escape(plain(turn, told))}">{copy}'
        f'</button><div class="rates" role="group" aria-label="{escape(told("rate.label"))}">{thumbs}</div></div>'
    )


def _suggestions(answer: Answer, told: Messages, asked: Container[str]) -> str:
    items = "".join(f"<li>{ask_button(question)}</li>" for question in answer.suggestions if question not in asked)
    if not items:
        return ""
    title = told("clarify" if answer.status is Status.CLARIFY else "suggestions")
    return f'<div class="suggestions"><h3>{escape(title)}</h3><ul>{items}</ul></div>'


def _evidence(turn: int, citations: Sequence[Citation], stage: Stage, *, kind: str) -> str:
    """Return a list of paragraphs: ``cited`` ones are numbered and marked, ``related`` ones are the nearest there are."""
    if not citations:
        return ""
    told = stage.told
    cards = "".join(_card(turn, card, citations, stage, kind) for card in gather(citations, stage.find))
    title = escape(told("related" if kind == "related" else "evidence"))
    note = f'<p class="note">{escape(told("related.note"))}</p>' if kind == "related" else ""
    return f'<section class="{kind}"><h3>{title}</h3>{note}{cards}</section>'


def _card(turn: int, card: Card, citations: Sequence[Citation], stage: Stage, kind: str) -> str:
    numbered = kind == "cited"
    numbers = "".join(f'<span class="number">{number}</span>' for number in card.numbers) if numbered else ""
    path = " › ".join(_named(card.headings))
    where = f'<p class="path"{stage.told.foreign}>{escape(path)}</p>' if path else ""
    words = "".join(_piece(turn, piece, numbered=numbered) for piece in card.pieces)
    before, after = "……" if card.cut_before else "", "……" if card.cut_after else ""
    return (
        f'<article class="card"><div class="source">{numbers}<div>'
        f'<h4 class="title"{stage.told.foreign}>{escape(card.title)}</h4>{_origin(card, citations, stage)}{where}</div></div>'
        f"<blockquote{stage.told.foreign}>{before}{words}{after}</blockquote></article>"
    )


def _piece(turn: int, piece: Piece, *, numbered: bool) -> str:
    if not piece.numbers:
        return escape(piece.text)
    if not numbered:
        return f'<span class="near">{escape(piece.text)}</span>'
    anchors = "".join(
        f'<span class="anchor" id="{_anchor(turn, number)}" tabindex="-1">{number}</span>' for number in piece.opens
    )
    return f"<mark>{anchors}{escape(piece.text)}</mark>"


def _origin(card: Card, citations: Sequence[Citation], stage: Stage) -> str:
    """Return where a paragraph comes from, and the way to its place in the whole document."""
    told = stage.told
    if card.document is None:
        return ""
    parts = [*map(escape, facts(card.document, told)), original(card.document, told)]
    known = " · ".join(filter(None, parts))
    together = [(n, other) for n, other in enumerate(citations, 1) if other.doc_id == card.doc_id]
    target = f"{document_address(card.doc_id, together, stage.root)}#cited-{card.numbers[0]}"
    whole = f'<a class="whole" href="{escape(target)}">{escape(told("evidence.open"))}</a>'
    return f'<p class="origin">{known}<span class="more">{" · " if known else ""}{whole}</span></p>'


def _named(headings: Iterable[str]) -> list[str]:
    return [heading for heading in headings if heading.strip()]


def _anchor(turn: int, number: int) -> str:
    return f"turn-{turn}-source-{number}"
