"""Documents that a question names, in full or in short, among those that the texts tell of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.evidence import Sentence
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document
from knowledge.history import Event, events, title_key

DOCUMENT_NOUN = re.compile(r"文件|政策|意见|方案|规划|计划|通知|办法|条例|规定|决定|纲要|公告|指南|细则|文")
# Least share of a title that a question must have to mean it; less where two are named beside each other.
_SAME_TITLE = 0.62
_SAME_TITLE_IN_PAIR = 0.5


@dataclass(frozen=True, slots=True)
class Told:
    """An event together with the document and the sentence that tells it."""

    event: Event
    sentence: Sentence


def told_in(documents: Sequence[Document]) -> list[Told]:
    """Return the events of some documents."""
    found = []
    for document in documents:
        for event in _events(document.text):
            text = document.text[event.start : event.end]
            found.append(Told(event, Sentence(document.id, document.title, (), event.start, event.end, text, "", 0.0)))
    return found


@lru_cache(maxsize=256)
def _events(text: str) -> tuple[Event, ...]:
    return tuple(events(text))


def bodies(issuer: str) -> list[str]:
    """Take the issuing bodies of a document apart; 工业和信息化部 is one."""
    found = [""]
    for token in words.tokens(issuer):
        if token in {"、", "和", "与", "及"}:
            found.append("")
        else:
            found[-1] += token
    return [body for body in found if body]


def mentioned(query: Query, told: Sequence[Told]) -> list[list[Told]]:
    """Return the documents a question names, in full or in short, each with all its events, in order of mention."""
    question = query.text
    if not DOCUMENT_NOUN.search(question):
        return []
    by_key = by_document(told)
    scored = []
    for key, items in by_key.items():
        score, position = _likeness(key, question)
        if score >= (_SAME_TITLE if query.kind is not Kind.ORDER else _SAME_TITLE_IN_PAIR):
            scored.append((score, position, items))
    if query.titles:
        exact = [
            entry
            for entry in scored
            if any(title_key(title) in {title_key(i.event.title) for i in entry[2]} for title in query.titles)
        ]
        scored = exact or [entry for entry in scored if entry[0] > 0.85]  # noqa: PLR2004
    best: dict[int, tuple[float, int, list[Told]]] = {}
    for entry in sorted(scored, key=lambda entry: -entry[0]):
        if all(abs(entry[1] - other[1]) > 4 for other in best.values()):  # noqa: PLR2004
            best[entry[1]] = entry
    return [items for _, _, items in sorted(best.values(), key=lambda entry: entry[1])]


def by_document(told: Sequence[Told]) -> dict[str, list[Told]]:
    """Group events by the document they are about, however its title is written."""
    by_key: dict[str, list[Told]] = {}
    for item in told:
        by_key.setdefault(merged_key(title_key(item.event.title), by_key), []).append(item)
    return by_key


def merged_key(key: str, known: dict[str, list[Told]]) -> str:
    """Take 行动实施方案 and 行动方案 for one document: all words of the shorter title are in the longer."""
    own = set(words.words(key))
    for other in known:
        shorter, longer = sorted((own, set(words.words(other))), key=len)
        if shorter <= longer | {"实施方案", "方案"} and len(longer - shorter) <= 1 and key[:4] == other[:4]:
            return other
    return key


def _likeness(key: str, question: str) -> tuple[float, int]:
    """Return the share of a title's weight that stands in the question, and where its last word stands there."""
    if not words.words(key):
        return 0.0, 0
    normal = words.normal(question)
    form = words.normal(key)
    position = normal.find(form.removeprefix("关于"))
    if position >= 0:
        return 1.0, position + len(form.removeprefix("关于"))
    weights = {word: words.rarity(word) for word in words.words(key) if word not in words.stop_words()}
    parts = {word: {word, *words.parts(word)} for word in weights}
    told = 0.0
    for word, weight in weights.items():
        covered = {
            place
            for part in parts[word]
            if part in normal
            for place in range(word.find(part), word.find(part) + len(part))
        }
        told += weight * len(covered) / len(word)
    last = words.words(key)[-1]
    position = max(normal.rfind(part) for part in {last, last[-2:]})
    if position < 0:
        return 0.0, 0
    return told / sum(weights.values()) if weights else 0.0, position + 2
