"""Sentences -> ranked evidence: how much of the question each sentence covers, by itself and with what stands round it.

A unit is a sentence or a part of it between semicolons. A word of the question counts in full where the unit itself
has it, less where only the sentence, the heading, the sentence before or the title does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from assistant.aspect import CREDIT, Aspect
from knowledge import words
from knowledge.query import QueryTerm
from knowledge.sentences import clauses

IN_SENTENCE = 0.9
IN_HEADING = 0.7
IN_NEIGHBOUR = 0.5
IN_TITLE = 0.6
PARTIAL = 0.8
UNDER_QUESTION = 0.9
UNDER_LABEL = 0.85
UNDER_TITLE = 0.8
UNDER_OWN_TITLE = 0.95
_NEAR_BEST = 0.82
_RETRIEVAL_SHARE = 0.08
_ADJACENT_SHARE = 0.12
ASPECT_SHARE = 0.12
_LABELLED_SHARE, _LABELS = 0.05, 0.85  # for what stands under a heading that says so much of the question
_LENGTH_PENALTY = 0.0004  # a character
_GAP = 2  # characters between words that still stand together
_SELF = re.compile(r"本(?:办法|通知|规定|意见|方案|条例|细则|指南|公告|通告|规划|措施|决定)")
# Opening formulas name everything a document is about and tell nothing of it.
_PREAMBLE = re.compile(
    r"(?:通知|通告|公告|意见|办法|方案|措施|事项|规定|细则|要求|安排|答复|情况).{0,6}如下[：:。]?$|^(?:第[一二三四五六七八九十]+条\s*)?(?:为|根据|按照|依据|经).{10,}(?:制定|特制定|提出|现将|现就|决定)"
    r"|(?:通报|介绍)了?(?:相关|有关)?情况[。]?$|召开.{0,30}(?:发布会|会议)[。]?$|^\S{0,12}(?:新华社|本报|人民网|央视网?)?记者[ 　]?[\u4e00-\u9fff]{2,4}[ 　]"
    r"|^(?:来源|字号|作者|编辑|发布(?:时间|日期)|浏览|阅读)[:：]|^(?:近日|日前|近期|最近)[,，].{0,60}(?:印发|出台|发布|制定|下发)了?[《“]|印发给你们|请.{0,6}(?:遵照|贯彻|认真|组织)执行|同时废止|负责解释"
)
_PREAMBLE_PENALTY = 0.25
_ATTACHED = re.compile(r"附件|附表|附录|样表|模板|样本|范本")
_QUESTION = re.compile(r"(?:[（(]?[一二三四五六七八九十\d]+[)）、.．]\s*)?(?:问|Q)")
_LABELLED = re.compile(r"\s+(?=[\u4e00-\u9fff]{2,8}[:：])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a retrieved passage; offsets in the document, ``score`` of the passage it was found in.

    ``under`` is what it completes: the label it stands after (「（一）市级工匠。每两年评选一次」), the line that leads its list in.
    """

    doc_id: str
    title: str
    headings: tuple[str, ...]
    start: int
    end: int
    text: str
    before: str
    score: float
    is_heading: bool = False
    about: str = ""
    published: str | None = None
    under: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a sentence as evidence.

    ``own`` and ``coverage`` are shares (0..1) of the question's weight: in the unit itself, and with its context at a
    discount; ``missing`` are the words found in neither.
    """

    sentence: Sentence
    start: int
    end: int
    text: str
    own: float
    coverage: float
    missing: tuple[QueryTerm, ...]
    score: float
    has_parts: bool = False


def rank(
    found: Iterable[Sentence],
    terms: Sequence[QueryTerm],
    weigh: Callable[[QueryTerm], float],
    neighbours: float = 0.0,
    aspect: Aspect | None = None,
) -> list[Unit]:
    """Return all units, best first; ``weigh`` gives what a word of the question counts.

    ``aspect`` is what is asked for where documents tell it in a form of its own.

    ``neighbours`` is how far the sentences before count as said by a sentence itself: much in a block of contacts,
    where each line tells one thing of the same office.
    """
    asked = _Asked(terms, weigh, aspect)
    units = [unit for sentence in found for unit in _units(sentence, asked, neighbours)]
    return sorted(units, key=lambda unit: -unit.score)


class _Asked:
    """The words of a question with their weights; how well a text has each of them is worked out once."""

    def __init__(
        self, terms: Sequence[QueryTerm], weigh: Callable[[QueryTerm], float], aspect: Aspect | None = None
    ) -> None:
        self.terms = terms
        self.aspect = aspect
        self.weights = [weigh(term) for term in terms]
        self.total = sum(self.weights)
        self._matched: dict[str, list[float]] = {}

    def matched(self, text: str) -> list[float]:
        """Return how well a text has each word, in the order of the question."""
        found = self._matched.get(text)
        if found is None:
            found = self._matched[text] = [match(term, text) for term in self.terms]
        return found

    def share(self, text: str) -> float:
        """Return the share of the question's weight that a text has (0..1)."""
        told = sum(weight * itself for weight, itself in zip(self.weights, self.matched(text), strict=True))
        return told / self.total if self.total else 0.0

    def in_form(self, text: str) -> bool:
        """Tell whether a text has the form that tells the aspect asked for."""
        return self.aspect is not None and self.aspect.tells(_normal(text))

    def is_headed(self, sentence: Sentence) -> bool:
        """Tell whether a sentence stands under a heading or a label that says it tells the aspect asked for."""
        labels = (sentence.under, *sentence.headings[-1:])
        return self.aspect is not None and any(
            self.aspect.heads(_normal(label)) for label in labels if label and not label.endswith(("?", "？"))
        )

    def asks(self, number: int) -> bool:
        """Tell whether a word, by its place in the question, only asks for the aspect."""
        return self.aspect is not None and self.aspect.asks(self.terms[number].word)


def _units(sentence: Sentence, asked: _Asked, neighbours: float) -> list[Unit]:
    announced = [*_announced(sentence), (sentence.before, neighbours)]
    above = _best([(asked.matched(text), share) for text, share in announced if share], asked)
    context = _best(_context(sentence, asked), asked)
    total = asked.total
    spans = [(0, len(sentence.text))]
    parts = _parts(sentence.text)
    if len(parts) > 1:
        spans += parts
    units = []
    for start, end in spans:
        text = sentence.text[start:end]
        own = covered = 0.0
        missing = []
        says_form = asked.in_form(text) or asked.in_form(sentence.under)
        in_form = says_form or asked.is_headed(sentence)
        for number, itself in enumerate(asked.matched(text)):
            here = max(itself, above[number], CREDIT if in_form and asked.asks(number) else 0.0)
            around = here if here >= 1 else max(here, context[number])
            term, weight = asked.terms[number], asked.weights[number]
            own += weight * here
            covered += weight * around
            if around == 0:
                missing.append(term)
        own, covered = (own / total, covered / total) if total else (0.0, 0.0)
        has_parts = len(spans) > 1 and end - start == len(sentence.text)
        score = 0.6 * own + 0.4 * covered + _RETRIEVAL_SHARE * sentence.score - _LENGTH_PENALTY * len(text)
        score += _LABELLED_SHARE * (asked.share(sentence.under or "".join(sentence.headings[-1:])) >= _LABELS)
        score += (
            _ADJACENT_SHARE * adjacent(asked.terms, text) - 0.02 * has_parts + ASPECT_SHARE * (says_form + in_form) / 2
        )
        if sentence.is_heading:
            score -= 0.3
        elif _PREAMBLE.search(sentence.text) or (
            _ATTACHED.match(sentence.text) and not any(_ATTACHED.search(term.word) for term in asked.terms)
        ):
            score -= _PREAMBLE_PENALTY
        units.append(
            Unit(
                sentence,
                sentence.start + start,
                sentence.start + end,
                text,
                own,
                covered,
                tuple(missing),
                score,
                has_parts,
            )
        )
    return units


def adjacent(terms: Sequence[QueryTerm], text: str) -> float:
    """Return the share of neighbouring words of the question that stand together in a text, in the same order.

    The ordered-window feature of the sequential dependence model (Metzler and Croft 2005).
    """
    form = _normal(text)
    pairs = list(pairwise(terms))
    met = sum(_together(first, second, form) for first, second in pairs)
    return met / len(pairs) if pairs else 0.0


def _together(first: QueryTerm, second: QueryTerm, form: str) -> bool:
    for word, _ in first.variants:
        place = form.find(word)
        while place >= 0:
            window = form[place + len(word) : place + len(word) + _GAP + 8]
            if any(0 <= window.find(other) <= _GAP for other, _ in second.variants):
                return True
            place = form.find(word, place + 1)
    return False


def _announced(sentence: Sentence) -> list[tuple[str, float]]:
    """Return what a sentence is told under, with how far that counts as said by the sentence itself.

    An answer is told under its question; what the title names every sentence of the document is about.
    """
    nearest = sentence.headings[-1] if sentence.headings else ""
    share = UNDER_QUESTION if nearest.endswith(("?", "？")) else 0.0
    told = [(nearest, share), (sentence.under, UNDER_LABEL)] if sentence.under else [(nearest, share)]
    return [*told, (sentence.title, UNDER_OWN_TITLE if _SELF.search(sentence.text) else UNDER_TITLE)]


@lru_cache(maxsize=8192)
def _parts(text: str) -> list[tuple[int, int]]:
    labels = [match.end() for match in _LABELLED.finditer(text)]
    if labels:
        edges = [0, *labels, len(text)]
        return [(a, b) for a, b in pairwise(edges)]
    return clauses(text, "；;")


def _context(sentence: Sentence, asked: _Asked) -> list[tuple[list[float], float]]:
    """Return what stands round a sentence, each as how well it has the words, with how far that counts."""
    around = [(asked.matched(sentence.text), IN_SENTENCE), (asked.matched(sentence.about), IN_TITLE)]
    around += [(asked.matched(heading), IN_HEADING) for heading in sentence.headings]
    return [*around, (asked.matched(sentence.before), IN_NEIGHBOUR)] if sentence.before else around


def _best(found: Sequence[tuple[list[float], float]], asked: _Asked) -> list[float]:
    """Return for each word of a question the best of several texts."""
    best = [0.0] * len(asked.terms)
    for told, share in found:
        for number, itself in enumerate(told):
            if share * itself > best[number]:  # noqa: PLR1730  # the inner loop of ranking
                best[number] = share * itself
    return best


def match(term: QueryTerm, text: str) -> float:
    """Return how well a text has a word of the question: 1 for the word, less for a synonym or for parts of it."""
    form = _normal(text)
    best = 0.0
    for word, weight in term.variants:
        if weight <= best:
            continue
        if word in form and (f"非{word}" not in form or word in form.replace(f"非{word}", "")):
            best = weight
        elif len(word) > 3:  # noqa: PLR2004  # shorter words have no parts that mean the same
            best = max(best, weight * PARTIAL * _share(word, form))
    return best


def _share(word: str, form: str) -> float:
    """Return the share of a word's characters covered by shorter words that the text has, 0 if under a half."""
    covered: set[int] = set()
    for part in words.parts(word):
        if part in form:
            position = word.find(part)
            covered.update(range(position, position + len(part)))
    share = len(covered) / len(word)
    return share if share > 0.5 else 0.0  # noqa: PLR2004


@lru_cache(maxsize=8192)
def _normal(text: str) -> str:
    return words.normal(text)


def own_match(terms: Sequence[QueryTerm], text: str) -> float:
    """Return the share of a question's weight that a text has by itself (0..1)."""
    total = sum(term.weight for term in terms)
    return sum(term.weight * match(term, text) for term in terms) / total if total else 0.0


def near_best(units: Sequence[Unit]) -> list[Unit]:
    """Return the units that are nearly as good evidence as the best, best first."""
    return [unit for unit in units if unit.score >= _NEAR_BEST * units[0].score]
