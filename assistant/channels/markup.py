"""A conversation -> HTML. Everything that came from a person, a document or an answer is escaped here."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from assistant.answer import Status
from assistant.channels.cards import gather

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.answer import Answer, Citation, Turn
    from assistant.channels.cards import Card, FindSource, Piece
    from assistant.channels.samples import Topic
    from knowledge.document import Document

LABELS = {
    Status.ANSWERED: "文件中有依据",
    Status.PARTIAL: "只找到一部分",
    Status.NOT_FOUND: "文件里没有写",
    Status.OUT_OF_SCOPE: "不在可回答的范围",
    Status.SMALL_TALK: "",
    Status.REFUSED: "无法回应这样的要求",
    Status.CLARIFY: "请再说具体一点",
    Status.FAILED: "没能完成回答",
}
_MARK = re.compile(r"\[(\d{1,3})\]")
_BULLET = re.compile(r"^\s*(?:[-*•·]\s+|[•·]|(\d{1,2})(?:、|[.．](?!\d))\s*)(?=\S)")
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_SHOWN_DOCUMENTS = 3
_TOOLTIP_CHARACTERS = 120


def conversation(turns: Sequence[Turn], find: FindSource, pending: str | None = None) -> str:
    """Return the whole conversation; ``pending`` is a question that is being answered."""
    parts = [_turn(number, turn, find) for number, turn in enumerate(turns, 1)]
    if pending is not None:
        parts.append(
            f'<section class="turn pending"><h2 class="asked">{escape(pending)}</h2>'
            '<div class="reply"><p class="looking">正在文件中查找依据……</p></div></section>'
        )
    return "".join(parts)


def introduction(documents: Sequence[Document]) -> str:
    """Return the head of the page: what it is, what it can answer, which documents it knows."""
    return (
        '<header class="intro"><h1>政策问答</h1>'
        "<p>用自己的话提问，只根据下列文件回答，每一句都附原文依据；文件里没有写的，会直接说明。</p>"
        f"{_shelf(documents)}</header>"
    )


def sample_questions(topics: Iterable[Topic]) -> str:
    """Return the sample questions by topic, as buttons."""
    groups = "".join(
        f'<section class="topic"><h3>{escape(topic.name)}</h3><ul>'
        + "".join(f"<li>{_ask_button(question)}</li>" for question in topic.questions)
        + "</ul></section>"
        for topic in topics
    )
    return f'<nav class="samples" aria-label="示例问题"><h2>可以这样问</h2><div class="topics">{groups}</div></nav>'


def hint(text: str) -> str:
    """Return a short remark about the question box; nothing for an empty text."""
    return f'<p class="hint" role="alert">{escape(text)}</p>' if text else ""


def _shelf(documents: Sequence[Document]) -> str:
    if not documents:
        return '<p class="shelf">还没有收录文件。</p>'
    items = [f"<li>{_document(document)}</li>" for document in documents]
    shown, more = items[:_SHOWN_DOCUMENTS], items[_SHOWN_DOCUMENTS:]
    rest = f"<details><summary>其余 {len(more)} 份</summary><ul>{''.join(more)}</ul></details>" if more else ""
    return f'<div class="shelf"><h2>已收录 {len(documents)} 份文件</h2><ul>{"".join(shown)}</ul>{rest}</div>'


def _document(document: Document) -> str:
    facts = " · ".join(_facts(document))
    details = f'<span class="facts">{escape(facts)}</span>' if facts else ""
    return f"<cite>{escape(document.title)}</cite>{details}"


def _turn(number: int, turn: Turn, find: FindSource) -> str:
    answer = turn.answer
    evidence = _evidence(number, answer.citations, find, title="依据", kind="cited")
    related = _evidence(number, answer.related, find, title="相关内容", kind="related")
    label = LABELS[answer.status]
    badge = f'<p class="badge">{escape(label)}</p>' if label else ""
    aside = f'<div class="sources">{evidence}{related}</div>' if evidence or related else ""
    return (
        f'<section class="turn status-{answer.status.value}"><h2 class="asked">{escape(turn.question)}</h2>'
        f'<div class="reply"><div class="answer">{badge}{_body(number, answer)}</div>'
        f"{aside}{_suggestions(answer)}</div></section>"
    )


def _body(turn: int, answer: Answer) -> str:
    """Return the answer's lines: runs of bullets as a list, the others as paragraphs."""
    blocks: list[str] = []
    items: list[str] = []
    tag = "ul"
    for line in answer.answer.splitlines():
        bullet = _BULLET.match(line)
        if bullet:
            tag = "ol" if bullet[1] else "ul"
            number = f' value="{bullet[1]}"' if bullet[1] else ""
            items.append(f"<li{number}>{_marked(turn, line[bullet.end() :], answer.citations)}</li>")
            continue
        if items:
            blocks.append(f"<{tag}>{''.join(items)}</{tag}>")
            items = []
        if line.strip():
            blocks.append(f"<p>{_marked(turn, line.strip(), answer.citations)}</p>")
    if items:
        blocks.append(f"<{tag}>{''.join(items)}</{tag}>")
    return "".join(blocks)


def _marked(turn: int, text: str, citations: Sequence[Citation]) -> str:
    """Return escaped text whose ``[n]`` marks lead to their evidence; a mark without a citation stays text."""

    def link(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 1 <= number <= len(citations):
            return match[0]
        words = citations[number - 1].quote
        tooltip = words if len(words) <= _TOOLTIP_CHARACTERS else words[:_TOOLTIP_CHARACTERS] + "……"
        return (
            f'<a class="mark" href="#{_anchor(turn, number)}" title="{escape(tooltip)}"'
            f' aria-label="依据 {number}">[{number}]</a>'
        )

    return _MARK.sub(link, escape(text))


def _suggestions(answer: Answer) -> str:
    if not answer.suggestions:
        return ""
    items = "".join(f"<li>{_ask_button(question)}</li>" for question in answer.suggestions)
    return f'<div class="suggestions"><h3>还可以问</h3><ul>{items}</ul></div>'


def _ask_button(question: str) -> str:
    return f'<button type="button" class="ask" data-question="{escape(question)}">{escape(question)}</button>'


def _evidence(turn: int, citations: Sequence[Citation], find: FindSource, *, title: str, kind: str) -> str:
    """Return a list of paragraphs: ``cited`` ones are numbered and marked, ``related`` ones are the nearest there are."""
    if not citations:
        return ""
    cards = "".join(_card(turn, card, kind) for card in gather(citations, find))
    note = '<p class="note">没有直接回答，内容最接近的原文：</p>' if kind == "related" else ""
    return f'<section class="{kind}"><h3>{title}</h3>{note}{cards}</section>'


def _card(turn: int, card: Card, kind: str) -> str:
    numbered = kind == "cited"
    numbers = "".join(f'<span class="number">{number}</span>' for number in card.numbers) if numbered else ""
    path = " › ".join(heading for heading in card.headings if heading.strip())
    where = f'<p class="path">{escape(path)}</p>' if path else ""
    words = "".join(_piece(turn, piece, numbered=numbered) for piece in card.pieces)
    before, after = "……" if card.cut_before else "", "……" if card.cut_after else ""
    return (
        f'<article class="card"><div class="source">{numbers}<div>'
        f'<p class="title">{escape(card.title)}</p>{_origin(card.document)}{where}</div></div>'
        f"<blockquote>{before}{words}{after}</blockquote></article>"
    )


def _piece(turn: int, piece: Piece, *, numbered: bool) -> str:
    if not piece.numbers:
        return escape(piece.text)
    if not numbered:
        return f'<span class="near">{escape(piece.text)}</span>'
    anchors = "".join(
        f'<span class="anchor" id="{_anchor(turn, number)}" tabindex="-1">{number}</span>' for number in piece.opens
    )
    covered = " ".join(_anchor(turn, number) for number in piece.numbers)
    return f'<mark data-cited="{covered}">{anchors}{escape(piece.text)}</mark>'


def _facts(document: Document) -> list[str]:
    published = f"{document.published} 发布" if document.published else None
    return [fact for fact in (document.issuer, document.number, published) if fact]


def _origin(document: Document | None) -> str:
    if document is None:
        return ""
    parts = [escape(fact) for fact in _facts(document)]
    if document.source and _WEB_ADDRESS.match(document.source):
        parts.append(f'<a href="{escape(document.source)}" target="_blank" rel="noopener noreferrer">原文链接</a>')
    return f'<p class="origin">{" · ".join(parts)}</p>' if parts else ""


def _anchor(turn: int, number: int) -> str:
    return f"turn-{turn}-source-{number}"
