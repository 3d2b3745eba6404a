"""Whether the words of a statement are borne out: the share of its content that its evidence has, as such or in other words.

Claims tell a changed figure; a sentence without any can still be made up. Its content words, weighed by how much each
tells, must stand in the cited sentences or their headings, as themselves or as a synonym of the dictionary. What only
the question says counts in part: a statement may speak the words of who asks, not answer with them alone. A denial
must be denied in the evidence too.
"""

from __future__ import annotations

import re

from assistant.claims import claims
from assistant.draft import Statement
from assistant.evidence import match
from knowledge import words
from knowledge.query import QueryTerm, query_terms

LEAST = 0.74
"""Least share of a statement's content that its evidence must have."""
STRAYS = 2
"""Content words that neither evidence nor question has, from which on a statement says something else."""
_ASKED = 0.5
_CLAIM = 8.0  # nats that a number, a title or a name counts
_EMPTY_TAGS = frozenset("dtrcpuymqfe")  # adverbs, times, pronouns: how something is said
_TELLING = 6.0  # nats; words that are commoner are no stray ones
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_LATIN_WORD = re.compile(r"[a-z]{2,}")
_NEGATIVE = re.compile(
    r"不(?!断|仅|但|同|久|少于|低于|超过|限于|是吗)|未(?!来)|没有|没(?=[收发给])|无(?!论|缝|障)|禁止|非(?!常|遗|公)"
)
_CORRECTS = re.compile(r"^(?:不是的?|不对|并非如此|不|否)[。，,]\s*")
_FRAME = re.compile(
    r"^(?:是的|不是的?|不对|有的?|算|可以|能|会|对|管|在范围内|属于|根据(?:文件|规定|材料|原文)|按照(?:文件|规定)|文件(?:提出|要求|规定|指出|明确|说|中)*|文中(?:提到的?|说)?|文章(?:说|指出|提到)?)[，,：:。、 ]*"
)


def is_foreign(text: str) -> bool:
    """Tell whether a text is not in Chinese: more Latin letters than Chinese characters, its titles aside."""
    rest = re.sub(r"《[^》]*》|“[^”]*”", "", text)
    return len(_LATIN.findall(rest)) > 2 * len(_HAN.findall(rest))


def lacking(text: str, statement: Statement) -> list[str]:
    """Return the words of a statement that its evidence lacks, none where it bears out enough of them."""
    if is_foreign(text):
        # What it says can be compared only where it names something, and nobody asked in Chinese to be answered so.
        return [] if claims(text) and not _HAN.search(statement.asked.partition("\n")[0]) else [text]
    told = "\n".join(part for sentence in statement.evidence for part in (sentence.text, *sentence.headings[-1:]))
    known = words.normal(f"{told}\n{statement.asked}")
    strange = [word for word in _LATIN_WORD.findall(words.normal(text)) if word not in known]
    if strange:
        return strange
    denial = _NEGATIVE.search(_CORRECTS.sub("", text) if _corrects(text, statement.asked) else text)
    if denial and not _NEGATIVE.search(told) and not _NEGATIVE.search(statement.asked):
        return [denial.group()]
    terms = _content(text)
    borne_out = _CLAIM * len(claims(text))  # whoever asks for the wording has seen that they are held
    total = sum(term.weight for term in terms) + borne_out
    if not total:
        return []
    scores = [(term, match(term, told)) for term in terms]
    asked = {term.word: _ASKED * match(term, statement.asked) for term, score in scores if score < _ASKED}
    said = sum(term.weight * max(score, asked.get(term.word, 0.0)) for term, score in scores)
    share = (said + borne_out) / total
    strays = [
        term.word
        for term, score in scores
        if score == 0 and not asked.get(term.word) and term.weight >= _TELLING and len(term.word) > 1
    ]
    if share >= LEAST and len(strays) < STRAYS:
        return []
    return strays or [term.word for term, score in scores if score < _ASKED]


def _corrects(text: str, asked: str) -> bool:
    """Tell whether a statement states something else of a kind that the question states (another year, another body)."""
    own, others = claims(text), claims(asked)
    return any(
        other.type is claim.type and other.key != claim.key and other.key not in {known.key for known in own}
        for other in others
        for claim in own
    )


def coverage(text: str, told: str) -> float:
    """Return the share (0..1) of a statement's content that a text has."""
    terms = _content(text)
    total = sum(term.weight for term in terms)
    return sum(term.weight * match(term, told) for term in terms) / total if total else 0.0


def content_words(text: str) -> list[str]:
    """Return the words of a text that carry content, its claims aside."""
    return [term.word for term in _content(text)]


def _content(text: str) -> list[QueryTerm]:
    """Return the content words of a statement; its claims are checked as such."""
    text = _FRAME.sub("", text)
    form = words.normal(text)
    for claim in claims(text):
        form = form.replace(claim.text, " ")
    return [
        term
        for term in query_terms(form, parts=False)
        if term.word not in words.generic_words()
        and _HAN.search(term.word)
        and len(term.word) > 1
        and words.part_of_speech(term.word)[:1] not in _EMPTY_TAGS
    ]
