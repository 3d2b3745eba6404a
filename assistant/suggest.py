"""What else one might ask: questions that the passages just read answer and the answer given does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from assistant.draft import Draft
from assistant.understand import Query
from knowledge.document import Document, Hit
from knowledge.history import events
from knowledge.sentences import sentences

_MOST = 3
_COUNTED = re.compile(
    r"(?:实施|健全|开展|建立|推进|坚持|落实|实行|完善|做好)?([两三四五六七八九十])([个类项种大])([\u4e00-\u9fff]{2,6})(?=[，,]?(?:即|包括|分别|[:：]))"
)
_POSED = re.compile(r"(?:问|Q)\s*[:：]\s*(.{4,40}[?？])")
_LABELLED = re.compile(r"为((?:主要|重点)[\u4e00-\u9fff]{2,4})(?=[，,；;。])")


def suggestions(query: Query, draft: Draft, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return up to three questions, those about the cited sentences first."""
    said = query.text + "".join(statement.text for statement in draft.statements)
    cited = [sentence.text for statement in draft.statements for sentence in statement.evidence]
    nearby = [hit.passage.text[start:end] for hit in hits for start, end in sentences(hit.passage.text)]
    texts = dict.fromkeys([*cited, *nearby])
    lists = dict.fromkeys(question for text in texts for question in _lists(text, said))
    issued = dict.fromkeys(question for text in texts for question in _issued(text, said))
    mixed = [question for pair in zip_longest(lists, issued) for question in pair if question is not None]
    return tuple(mixed)[:_MOST]


def openers(documents: Iterable[Document], most: int = 40) -> tuple[str, ...]:
    """Return questions that documents may answer: those they pose themselves, their counted lists, what was issued."""
    found: dict[str, None] = {}
    for document in documents:
        for start, end in sentences(document.text):
            text = document.text[start:end]
            posed = _POSED.fullmatch(text)
            if posed:
                found[posed.group(1)] = None
            found.update(dict.fromkeys([*_lists(text, ""), *_issued(text, "")]))
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
