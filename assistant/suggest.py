"""What else one might ask: questions that the passages just read answer and the answer given does not."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Protocol

from assistant.draft import Draft
from assistant.evidence import Sentence
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document, Hit
from knowledge.history import events
from knowledge.sentences import sentences

_MOST = 3
_SAME = 0.6
_COUNTED = re.compile(
    r"(?:实施|健全|开展|建立|推进|坚持|落实|实行|完善|做好)?([两三四五六七八九十])([个类项种大])([\u4e00-\u9fff]{2,6})(?=[，,]?(?:即|包括|分别|[:：]))"
)
_POSED = re.compile(r"(?:问|Q)\s*[:：]\s*(.{4,40}[?？])")
_LABELLED = re.compile(r"为((?:主要|重点)[\u4e00-\u9fff]{2,4})(?=[，,；;。])")


class Prepared(Protocol):
    """A question known to be answered between two places of a document."""

    @property
    def text(self) -> str:
        """The question."""

    @property
    def doc_id(self) -> str:
        """The document that answers it."""

    @property
    def start(self) -> int:
        """Where the answer begins, in characters of the document."""

    @property
    def end(self) -> int:
        """Where the answer ends."""


Offered = Mapping[str, Sequence[Prepared]]


def suggestions(
    query: Query,
    draft: Draft,
    hits: Sequence[Hit],
    prepared: Offered | None = None,
    asked: Container[str] = (),
) -> tuple[str, ...]:
    """Return up to three questions, those about the cited sentences first; none that was ``asked`` already.

    ``prepared`` are questions known to be answered; of a document without any, what its sentences let expect is taken.
    """
    said = query.text + "".join(statement.text for statement in draft.statements)
    cited = [sentence for statement in draft.statements for sentence in statement.evidence]
    own = _nearest(prepared, cited, hits) if prepared else _expected([sentence.text for sentence in cited], hits, said)
    fresh = (question for question in own if question not in asked and not _is_said(question, query.text))
    return tuple(islice(dict.fromkeys(fresh), _MOST))


def _nearest(prepared: Offered, cited: Sequence[Sentence], hits: Sequence[Hit]) -> Iterator[str]:
    """Yield the prepared questions of the documents cited, nearest to the cited words first, then of those found."""
    read = [(sentence.doc_id, sentence.start) for sentence in cited]
    read += [(hit.passage.doc_id, hit.passage.start) for hit in hits[:_MOST]]
    for doc_id, start in read:
        found = [question for question in prepared.get(doc_id, ()) if not _overlap(question, cited)]
        found.sort(key=lambda question: abs(question.start - start))  # called before the next turn
        yield from (question.text for question in found)


def _overlap(question: Prepared, cited: Sequence[Sentence]) -> bool:
    """Tell whether a question is answered by what is cited already."""
    return any(
        sentence.doc_id == question.doc_id and sentence.start <= question.start and question.end <= sentence.end
        for sentence in cited
    )


def _is_said(question: str, asked: str) -> bool:
    """Tell whether a question asks nearly the same as was asked."""
    own, other = _content(question), _content(asked)
    return len(own & other) > _SAME * len(own | other)


@lru_cache(maxsize=1024)
def _content(text: str) -> frozenset[str]:
    return frozenset(word for word in words.words(text) if word not in words.stop_words())


def _expected(cited: Sequence[str], hits: Sequence[Hit], said: str) -> list[str]:
    nearby = [hit.passage.text[start:end] for hit in hits for start, end in sentences(hit.passage.text)]
    texts = dict.fromkeys([*cited, *nearby])
    lists = dict.fromkeys(question for text in texts for question in _lists(text, said))
    issued = dict.fromkeys(question for text in texts for question in _issued(text, said))
    return [question for pair in zip_longest(lists, issued) for question in pair if question is not None]


def drawn(text: str) -> Iterator[str]:
    """Yield the questions that a sentence lets expect an answer to: its counted lists, what was issued."""
    yield from _lists(text, "")
    yield from _issued(text, "")


def openers(documents: Iterable[Document], most: int = 40) -> tuple[str, ...]:
    """Return questions that documents may answer: those they pose themselves, their counted lists, what was issued."""
    found: dict[str, None] = {}
    for document in documents:
        for start, end in sentences(document.text):
            text = document.text[start:end]
            posed = _POSED.fullmatch(text)
            if posed:
                found[posed.group(1)] = None
            found.update(dict.fromkeys(drawn(text)))
            if len(found) >= most:
                return tuple(found)[:most]
    return tuple(found)


def _lists(text: str, said: str) -> Iterable[str]:
    for match in _COUNTED.finditer(text):
        number, unit, noun = match.groups()
        if noun not in said:
            yield f"{number}{unit}{noun}是哪些？"
    for match in _LABELLED.finditer(text):
        if match.group(1) not in said:
            yield f"{match.group(1)}有哪些？"


def _issued(text: str, said: str) -> Iterable[str]:
    for event in events(text):
        if event.title not in said and event.date:
            yield f"{event.title}是什么时候印发的？"
        elif event.issuer and event.issuer not in said:
            yield f"{event.title}是由谁印发的？"
