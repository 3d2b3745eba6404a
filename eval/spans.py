"""Measures of citations by character overlap: how much of what is cited is evidence, and how much of it is cited.

Evidence is looked up in the cited documents; where it stands in several places, each of them is as good. White space,
marks and the forms of characters do not count (see eval.comparable). After the token overlap of DeYoung et al.,
ERASER: a benchmark to evaluate rationalized NLP models, ACL 2020, over characters.
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from eval.bilingual import Both
from eval.comparable import EVIDENCE_CHARACTERS, comparable, mark_spans
from eval.measure import Amount, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.outcome import Outcome

_SOURCE = "DeYoung et al., ERASER, ACL 2020 (token overlap of rationales), over characters"


class Form(NamedTuple):
    """The comparable form of a text, and where in the text each of its characters stands."""

    text: str
    places: array[int]

    def positions(self, start: int, end: int) -> range:
        """Return the positions in the form of the characters from ``start`` to ``end`` of the text."""
        return range(bisect_left(self.places, start), bisect_left(self.places, end))


@lru_cache(maxsize=1024)
def form(text: str) -> Form:
    """Return the comparable form with its places, character by character."""
    letters: list[str] = []
    places = array("L")
    in_mark = {place for start, end in mark_spans(text) for place in range(start, end)}
    for place, character in enumerate(text):
        if place in in_mark:
            continue
        for part in unicodedata.normalize("NFKC", character).casefold():
            if not part.isspace():
                letters.append(part)
                places.append(place)
    return Form("".join(letters), places)


def evidence_places(text: str, evidence: str) -> list[tuple[int, int]]:
    """Return from where to where, in characters of the text, the evidence stands; all places, none where it does not.

    Evidence that does not stand there as a whole is looked up by its first 30 comparable characters.
    """
    known = form(text)
    found = [(known.places[start], known.places[end - 1] + 1) for start, end in _occurrences(known.text, evidence)]
    return list(dict.fromkeys(found))


def _occurrences(text: str, evidence: str) -> list[tuple[int, int]]:
    wanted = comparable(evidence)
    for sought in (wanted, wanted[:EVIDENCE_CHARACTERS]):
        found = []
        at = text.find(sought)
        while sought and at >= 0:
            found.append((at, at + len(sought)))
            at = text.find(sought, at + 1)
        if found:
            return found
    return []


class _Overlap(NamedTuple):
    """Counts of characters over the citations of one answer."""

    cited: int
    cited_evidence: int
    evidence: int
    evidence_cited: int

    @property
    def precision(self) -> float | None:
        return self.cited_evidence / self.cited if self.cited else None

    @property
    def recall(self) -> float:
        return self.evidence_cited / self.evidence if self.evidence else 0.0

    @property
    def f1(self) -> float:
        precision = self.precision or 0.0
        both = precision + self.recall
        return 2 * precision * self.recall / both if both else 0.0


def overlap(outcome: Outcome) -> _Overlap:
    """Count what the citations of an answer share with the evidence of its case."""
    cited = {doc_id: set(places) for doc_id, places in _cited(outcome)}
    gold: dict[str, set[int]] = {doc_id: set() for doc_id in cited}
    wanted = covered = 0
    for evidence in outcome.case.evidence:
        best, length = 0, len(comparable(evidence))
        for doc_id, places in cited.items():
            for start, end in _occurrences(form(outcome.documents[doc_id]).text, evidence):
                gold[doc_id].update(range(start, end))
                shared = sum(place in places for place in range(start, end))
                best = max(best, round(length * shared / (end - start)))
        wanted += length
        covered += best
    shared = sum(len(places & gold[doc_id]) for doc_id, places in cited.items())
    return _Overlap(sum(map(len, cited.values())), shared, wanted, covered)


def _cited(outcome: Outcome) -> Iterator[tuple[str, set[int]]]:
    for doc_id in dict.fromkeys(citation.doc_id for citation in outcome.answer.citations):
        if doc_id in outcome.documents:
            known = form(outcome.documents[doc_id])
            own = (citation for citation in outcome.answer.citations if citation.doc_id == doc_id)
            yield doc_id, {place for citation in own for place in known.positions(citation.start, citation.end)}


def _judged(outcome: Outcome) -> _Overlap | None:
    told = outcome.case.answerable and outcome.answered and outcome.case.evidence
    return overlap(outcome) if told else None


def _precision(outcome: Outcome) -> Amount | None:
    found = _judged(outcome)
    return None if found is None or found.precision is None else Amount(found.precision)


def _recall(outcome: Outcome) -> Amount | None:
    found = _judged(outcome)
    return None if found is None else Amount(found.recall)


def _f1(outcome: Outcome) -> Amount | None:
    found = _judged(outcome)
    return None if found is None else Amount(found.f1)


_CASES = Both("已作答、列有依据的可回答用例：", "Answered answerable cases with evidence: ")
SPAN_PRECISION = Measure(
    "citation_span_precision",
    Both("引用字符精确率", "Citation character precision"),
    Both(
        _CASES.zh + "引用的字符中属于依据的比例（按用例平均）。引用以整句为单位，所以达不到 100%。",
        _CASES.en + "share of the cited characters that are evidence (mean over cases). As whole sentences are cited, "
        "it does not reach 100 %.",
    ),
    _SOURCE,
    _precision,
)
SPAN_RECALL = Measure(
    "citation_span_recall",
    Both("引用字符召回率", "Citation character recall"),
    Both(
        _CASES.zh + "依据的字符中被引用的比例（按用例平均）。",
        _CASES.en + "share of the characters of the evidence that are cited (mean over cases).",
    ),
    _SOURCE,
    _recall,
)
SPAN_F1 = Measure(
    "citation_span_f1",
    Both("引用字符 F1", "Citation character F1"),
    Both(
        _CASES.zh + "引用字符精确率与召回率的调和平均（按用例平均）。",
        _CASES.en + "harmonic mean of the two (mean over cases).",
    ),
    _SOURCE,
    _f1,
)
MEASURES = (SPAN_PRECISION, SPAN_RECALL, SPAN_F1)
