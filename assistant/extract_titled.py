"""A part of a document whose heading the question repeats: 「如何优化检验服务」 is answered by all of 「五、优化检验服务。」.

Under such a heading each sentence tells a part of the answer, and the one with most words of the question is seldom all
of it. A label before a colon (「第一级人群：」) and 「在帮扶企业方面，」 head what follows them likewise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant import gate
from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Sentence, match, own_match
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document, Section
from knowledge.sentences import sentences

_KINDS = {Kind.WHY, Kind.HOW, Kind.LIST, Kind.WHAT, Kind.STATEMENT}
_REPEATED = 0.8  # of the characters of a heading
_ABOUT = 0.8  # of the weight of the question, in heading, title and what else says what a document is about
_IN_TEXT = 0.5
_SHORTEST = 4  # characters of a heading
_LONGEST, _LONGEST_LIST = 300, 450  # characters of a part that is told whole: running text, numbered items
_NUMBER = re.compile(r"^\s*(?:第[一二三四五六七八九十百零\d]+[章节条]|[（(]?[一二三四五六七八九十\d]+[)）、.．])\s*")
_BY_WHOM = re.compile(r"\s*[（(][^（()）]{2,200}?(?:[部局厅委办]|政府|单位|牵头|配合|负责)[^（()）]{0,40}[)）]\s*$")
_LABEL = re.compile(r"(?:^|(?<=[\n。；;　 ]))([^\s，,。；;：:、（()）“”]{4,16})[：:](?=\s*\S)")
_REGARDING = re.compile(r"(?:^|(?<=[\n。；;　 ]))在([^\s，,。；;：:、（()）]{4,16})方面[，,]")
_ITEM = re.compile(r"(?:^|(?<=[。；;\n　 ]))\s*(?=(?:[（(]\d{1,2}[)）]|\d{1,2}[.．、](?!\d)))")


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading as it is compared, and where it, what it heads and its end are in a document."""

    heading: str
    start: int
    body: int
    end: int


def titled(query: Query, documents: Sequence[Document], library: gate.Library) -> Draft | None:
    """Answer with the part whose heading the question repeats; None where none is, or it is long."""
    if query.kind not in _KINDS or query.wanted is not None or query.asks_yes_no or query.asks_others:
        return None
    found = [
        (document, part)
        for document in documents
        if gate.is_of_places(query, document)
        for part in _parts(document.text, library.outline(document.id))
        if _repeats(query, part.heading) and _is_about(query, part.heading, document)
    ]
    document, part = max(found, key=lambda one: len(one[1].heading), default=(None, None))
    if document is None or part is None or _says_as_much(query, document.text, part):
        return None
    return _draft(document, part)


@lru_cache(maxsize=64)
def _parts(text: str, outline: Sequence[Section]) -> tuple[_Part, ...]:
    return (*_sections(text, outline), *_labelled(text, outline))


def _sections(text: str, outline: Sequence[Section]) -> Iterator[_Part]:
    for number, section in enumerate(outline):
        following = (other.start for other in outline[number + 1 :] if other.level <= section.level)
        yield _Part(_NUMBER.sub("", section.title), section.start, section.end, next(following, len(text)))


def _labelled(text: str, outline: Sequence[Section]) -> Iterator[_Part]:
    """Yield what stands behind labels, up to the next one, a heading or the end of the line; one sentence of 在…方面."""
    labels = list(_LABEL.finditer(text))
    edges = sorted((*(label.start() for label in labels), *(section.start for section in outline), len(text)))
    for label in labels:
        following = next(edge for edge in edges if edge > label.start())
        line = text.find("\n", label.end())
        yield _Part(label[1], label.start(1), label.end(), min(following, line if line >= 0 else len(text)))
    for match_ in _REGARDING.finditer(text):
        stop = text.find("。", match_.end())
        yield _Part(match_[1], match_.start(), match_.start(), stop + 1 if stop >= 0 else len(text))


def _repeats(query: Query, heading: str) -> bool:
    """Tell whether a question says nearly all that a heading does."""
    if len(heading) < _SHORTEST or not all(value.text in heading for value in query.premises):
        return False
    said = [word for word in words.words(heading) if word not in words.stop_words() | words.generic_words()]
    variants = {word for term in query.terms for word, _ in term.variants}
    asked = words.normal(query.text)
    told = sum(len(word) for word in said if word in asked or word in variants)
    return 0 < told >= _REPEATED * sum(map(len, said))


def _is_about(query: Query, heading: str, document: Document) -> bool:
    """Tell whether a heading and what a document is about have nearly all of a question."""
    about = gate.head_of(document)
    terms = [term for term in query.terms if term.word not in words.generic_words() and len(term.word) > 1]
    told = sum(
        term.weight * max(match(term, heading), match(term, about), _IN_TEXT * match(term, document.text))
        for term in terms
    )
    return told >= _ABOUT * sum(term.weight for term in terms)


def _says_as_much(query: Query, text: str, part: _Part) -> bool:
    """Tell whether one sentence of a part says as much of the question as its heading: then that one answers."""
    body = text[part.body : part.end]
    terms = [term for term in query.terms if match(term, part.heading)]
    own = own_match(terms, part.heading)
    return part.body > part.start and any(own_match(terms, body[start:end]) >= own for start, end in sentences(body))


def _draft(document: Document, part: _Part) -> Draft | None:
    told = _BY_WHOM.sub("", document.text[part.body : part.end].strip(" 　\n。：:")).strip()
    items = [as_shown(item) for item in _ITEM.split(told) if item.strip()]
    if not told or len(told) > (_LONGEST_LIST if len(items) > 1 else _LONGEST):
        return None
    whole = document.text[part.start : part.end].rstrip()
    cited = Sentence(document.id, document.title, (part.heading,), part.start, part.start + len(whole), whole, "", 1.0)
    if len(items) > 1:
        return Draft(tuple(Statement(item, (cited,), is_item=True) for item in items), lead="包括")
    return Draft((Statement(as_shown(told), (cited,)),))
