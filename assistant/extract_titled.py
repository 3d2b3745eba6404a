"""A section whose heading the question repeats: 「如何优化检验服务」 is answered by all of 「五、优化检验服务。」.

Under such a heading each sentence tells a part of the answer, and the one with most words of the question is seldom all
of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

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
_SHORTEST = 4  # characters of a heading that are repeated
_LONGEST = 450
_HEAD, _FOOT = 150, 60  # characters that say what a document is about
_NUMBER = re.compile(r"^\s*(?:第[一二三四五六七八九十百零\d]+[章节条]|[（(]?[一二三四五六七八九十\d]+[)）、.．])\s*")
_AIDE = re.compile(r"\s*[（(][^（()）]{2,200}?(?:[部局厅委办]|政府|单位|牵头|配合|负责)[^（()）]{0,40}[)）]\s*$")


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    document: Document
    section: Section
    end: int


def titled(query: Query, documents: Sequence[Document], library: gate.Library) -> Draft | None:
    """Answer with the section whose heading the question repeats; None where none is, or it is long."""
    if query.kind not in _KINDS or query.wanted is not None or query.asks_yes_no or query.asks_others:
        return None
    found = [one for document in documents for one in _candidates(query, document, library)]
    best = max(found, key=lambda one: one.score, default=None)
    if best is None or _says_better(query, best):
        return None
    return _draft(best)


def _candidates(query: Query, document: Document, library: gate.Library) -> list[_Candidate]:
    if not gate.is_of_places(query, document):
        return []
    outline = library.outline(document.id)
    about = f"{document.title}\n{document.text[:_HEAD]}\n{document.text[-_FOOT:]}"
    found = []
    for number, section in enumerate(outline):
        label = _NUMBER.sub("", section.title)
        if _repeated(query, label) and _about(query, label, about, document.text) >= _ABOUT:
            following = (other.start for other in outline[number + 1 :] if other.level <= section.level)
            end = next(following, len(document.text))
            found.append(_Candidate(len(label), document, section, end))
    return found


def _repeated(query: Query, label: str) -> bool:
    """Tell whether a question says nearly all that a heading does."""
    if not all(value.text in label for value in query.premises):
        return False
    said = [word for word in words.words(label) if word not in words.stop_words() | words.generic_words()]
    variants = {word for term in query.terms for word, _ in term.variants}
    asked = words.normal(query.text)
    told = sum(len(word) for word in said if word in asked or word in variants)
    return told >= _SHORTEST and told >= _REPEATED * sum(map(len, said))


def _about(query: Query, label: str, about: str, text: str) -> float:
    """Return the share of a question that a heading and what a document is about have."""
    terms = [term for term in query.terms if term.word not in words.generic_words() and len(term.word) > 1]
    total = sum(term.weight for term in terms)
    told = sum(
        term.weight * max(match(term, label), match(term, about), _IN_TEXT * match(term, text)) for term in terms
    )
    return told / total if total else 0.0


def _says_better(query: Query, best: _Candidate) -> bool:
    """Tell whether one sentence of a section says as much of the question as its heading: then that one answers."""
    body = best.document.text[best.section.end : best.end]
    own = own_match(query.terms, best.section.title)
    return any(own_match(query.terms, body[start:end]) >= own for start, end in sentences(body))


def _draft(best: _Candidate) -> Draft | None:
    document, section = best.document, best.section
    text = document.text[section.end : best.end]
    told = _AIDE.sub("", text.strip(" 　\n。：:")).strip()
    if not told or len(told) > _LONGEST:
        return None
    start = section.end + text.find(told[:1])
    cited = Sentence(
        document.id, document.title, (section.title,), section.start, best.end,
        document.text[section.start : best.end].rstrip(), "", 1.0,
    )
    return Draft((Statement(as_shown(told), (cited,)),))
