"""Laid-out lists asked for: a line that leads in (「应当提交下列材料：」) and the items that follow it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant import gate
from assistant.aspect import CREDIT
from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import IN_HEADING, UNDER_QUESTION, UNDER_TITLE, Sentence, Unit, match, own_match
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.blocks import Block, blocks
from knowledge.document import Document, Hit
from knowledge.query import QueryTerm

_IN_ITEMS = 0.3
_LEAST = 0.55
_AGAINST_UNIT = 0.9  # a list is preferred to a sentence that is this much better
_TYPED_AGAINST_UNIT = 0.65  # one that says that it lists what is asked for
_TYPE_BONUS, _TYPE_MALUS = 0.1, 0.25
_LEADS_IN = re.compile(r"下列|以下(?!简?称)|如下|之一")
_APART = 3  # characters between a sentence and the list it leads in
_LONGEST_ITEM = 150  # characters; longer ones are sections, not items
_LONG_ITEM = 60  # characters
_MOST_ITEMS = 12
_LABEL = re.compile(r"[^。，,；;：:\n]{1,12}。")
_WHOLE_KINDS = {Kind.LIST, Kind.WHAT}
_KINDS = {Kind.LIST, Kind.WHO, Kind.WHAT, Kind.HOW, Kind.STATEMENT}
_LISTED = re.compile(
    r"条件|材料|手续|证件|对象|情形|情况|流程|程序|步骤|几步|范围|措施|举措|要求|内容|方面|打算|安排|部署|做法|计划|哪[些几]|分别"
)


class Library(gate.Library, Protocol):
    """What is looked up here: headings by place, besides."""

    def headings_at(self, doc_id: str, offset: int) -> tuple[str, ...]:
        """Return the headings a place of a document stands under, outermost first."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    document: Document
    block: Block
    headings: tuple[str, ...]
    is_typed: bool


def laid_out(  # noqa: PLR0917  # what it looks at, by name
    query: Query,
    documents: Sequence[Document],
    hits: Sequence[Hit],
    units: Sequence[Unit],
    weigh: Callable[[QueryTerm], float],
    library: Library,
) -> Draft | None:
    """Answer with the list whose lead-in covers the question; None where none does so as well as a sentence.

    Only lists of the document found first, or that begin in a retrieved passage, are looked at.
    """
    if query.kind not in _KINDS or query.wanted is not None or not _LISTED.search(query.text):
        return None
    candidates = [
        _Candidate(
            _score(query, document, block, headings, weigh) + fit,
            document,
            block,
            headings,
            is_typed=fit >= _TYPE_BONUS and _fit(query, document.text[slice(*block.lead)], ()) == fit,
        )
        for document in documents
        if gate.is_of_places(query, document)
        and all(match(term, document.text) for term in query.terms if gate.is_subject(term))
        for block in _retrieved(document, hits)
        for headings in [(*library.headings_at(document.id, block.lead[0]), *_question_above(document.text, block))]
        if gate.in_section(query, library, document.id, block.lead[0], document.text[slice(*block.lead)])
        for fit in [_fit(query, document.text[slice(*block.lead)], headings)]
    ]
    best = max(candidates, key=lambda candidate: candidate.score, default=None)
    if best is None or best.score < _LEAST:
        return None
    against = _TYPED_AGAINST_UNIT if best.is_typed else _AGAINST_UNIT
    if units and best.score < against * units[0].own:
        return None
    return _draft(best)


def completed(query: Query, draft: Draft, library: Library) -> Draft:
    """Return, where an answer only leads in a list (符合下列情形之一的人员：), the answer with the list."""
    if query.kind is Kind.YES_NO or query.wanted is not None or len(draft.statements) != 1:
        return draft
    [told] = draft.statements
    if told.is_item or len(told.evidence) != 1:
        return draft
    [own] = told.evidence
    document = library.document(own.doc_id)
    if own.under and query.kind in _WHOLE_KINDS and not own_match(query.terms, own.text):
        return _all_of(draft, document, own, library)
    if not _LEADS_IN.search(told.text):
        return draft
    led = (block for block in blocks(document.text) if own.start <= block.lead[1] - 1 < own.end + _APART)
    block = next((block for block in led if own.end <= block.items[0][0]), None)
    if block is None or not _has_items(document.text, block):
        return draft
    best = _Candidate(0.0, document, block, library.headings_at(document.id, block.lead[0]), is_typed=False)
    return Draft((told, *_draft(best).statements))


def _all_of(draft: Draft, document: Document, item: Sentence, library: Library) -> Draft:
    """Return the list that an item belongs to, which by itself has no word of the question; the draft where there is none."""
    block = next(
        (one for one in blocks(document.text) if any(a < item.end and item.start < b for a, b in one.items)), None
    )
    if block is None or not _has_items(document.text, block):
        return draft
    headings = library.headings_at(document.id, block.lead[0])
    return _draft(_Candidate(0.0, document, block, headings, is_typed=False))


def _retrieved(document: Document, hits: Sequence[Hit]) -> list[Block]:
    """Return the lists that begin in a retrieved passage, and all those of the document that was found first."""
    first = hits[0].passage.doc_id if hits else ""
    spans = [(hit.passage.start, hit.passage.end) for hit in hits if hit.passage.doc_id == document.id]
    return [
        block
        for block in blocks(document.text)
        if _has_items(document.text, block)
        and (
            document.id == first
            or any(start <= block.items[0][0] < end or start <= block.lead[0] < end for start, end in spans)
        )
    ]


def _has_items(text: str, block: Block) -> bool:
    """Tell items from whole sections that are numbered: sections have lines or several sentences.

    What is counted off by 一是, 二是 in running text is a list, however much is said of each.
    """
    if all(text[:start].endswith("是") for start, _ in block.items):
        return True
    sections = sum(
        end - start > _LONGEST_ITEM
        or "\n" in text[start:end]
        or text.count("。", start, end) > 1 + bool(_LABEL.match(text, start, end))
        for start, end in block.items
    )
    return 2 * sections < len(block.items)


def _question_above(text: str, block: Block) -> tuple[str, ...]:
    """Return the line above a lead-in where it is the question that the list answers."""
    above = text[: block.lead[0]].rstrip().rsplit("\n", 1)[-1]
    return (above,) if above.endswith(("?", "？")) else ()


def _score(
    query: Query, document: Document, block: Block, headings: tuple[str, ...], weigh: Callable[[QueryTerm], float]
) -> float:
    """Return the share of the question's weight that a list's lead-in, its heading, title or items have."""
    lead = document.text[block.lead[0] : block.lead[1]]
    items = " ".join(document.text[start:end] for start, end in block.items)
    in_form = query.aspect is not None and query.aspect.tells(words.normal(lead + "".join(headings[-1:])))
    total = told = 0.0
    for term in query.terms:
        weight = weigh(term)
        total += weight
        told += weight * max(
            CREDIT if in_form and query.aspect is not None and query.aspect.asks(term.word) else 0.0,
            match(term, lead),
            max((_under(heading) * match(term, heading) for heading in headings[-2:]), default=0.0),
            UNDER_TITLE * match(term, document.title),
            _IN_ITEMS * match(term, items),
        )
    return told / total if total else 0.0


def _under(heading: str) -> float:
    return UNDER_QUESTION if heading.endswith(("?", "？")) else IN_HEADING


# What a question wants listed, and how a lead-in or its heading says that it lists that.
_TYPES = tuple(
    (re.compile(asked), re.compile(led))
    for asked, led in (
        (
            r"材料|证件|手续|资料|带(?:什么|哪些|啥)|提交(?:什么|哪些)|准备(?:什么|哪些)",
            r"材料|证件|资料|提交|出示|携带|提供",
        ),
        (r"情形|情况下|哪[些种]情况|什么情况|停发|不予|不[发给补算]|不能|取消", r"情形|情况|不予|停止|取消|不[得能]"),
        (r"流程|程序|步骤|几步|怎么办理|如何办理", r"流程|程序|步骤|办理"),
        (r"条件|资格|门槛|满足|符合", r"条件|符合|具备|资格"),
        (r"哪些人|什么人|哪类人|哪几类人|谁|对象|人群|面向", r"人员|对象|群体|人群|职工|劳动者|企业"),
    )
)


def _fit(query: Query, lead: str, headings: tuple[str, ...]) -> float:
    """Return a bonus where a list is of the type asked for, a malus where it is of another."""
    label = lead + "".join(headings[-1:])
    for asked, led in _TYPES:
        if asked.search(query.text):
            return _TYPE_BONUS if led.search(label) else -_TYPE_MALUS
    named = any(match(term, label) > 0 for term in query.terms if term.word in query.focus)
    return 0.0 if named else -_TYPE_MALUS


def _draft(best: _Candidate) -> Draft:
    text = best.document.text
    start, end = best.block.lead[0], best.block.end
    cited = Sentence(best.document.id, best.document.title, best.headings, start, end, text[start:end], "", 1.0)
    shown = [as_shown(_head(text[a:b])) for a, b in best.block.items]
    return Draft(tuple(Statement(item, (cited,), is_item=True) for item in shown[:_MOST_ITEMS]), lead="包括")


def _head(item: str) -> str:
    """Return an item, of a long one its heading or its first sentence."""
    first = item.split("\n", 1)[0].strip()
    if len(first) > _LONG_ITEM:
        first = re.split(r"(?<=[。；;])", first)[0]
    return first
