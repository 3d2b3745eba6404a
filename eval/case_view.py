"""A case as the page of a report shows it: what is found where, in characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eval.comparable import comparable
from eval.grounding import cited_evidence
from eval.ranking import evidence_ranks
from eval.spans import evidence_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eval.fault import Fault
    from eval.outcome import Outcome

    Span = tuple[int, int, str]

EVIDENCE, CITED, FACT = "e", "c", "f"


class Passages:
    """The retrieved passages of all cases, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.rows: list[tuple[str, str]] = []

    def number(self, doc_id: str, start: int, end: int, text: str) -> int:
        """Return the number under which a passage is kept."""
        key = (doc_id, start, end)
        if key not in self._numbers:
            self._numbers[key] = len(self.rows)
            self.rows.append((doc_id, text))
        return self._numbers[key]


def view(
    outcome: Outcome, passages: Passages, groups: Mapping[str, str | None], fault: Fault | None, *, right: bool | None
) -> dict[str, Any]:
    """Return what the page shows of a case; spans are (from, to, kind) in characters of their text."""
    case, answer = outcome.case, outcome.answer
    said = comparable(answer.answer)
    ranked = zip(case.evidence, evidence_ranks(outcome), cited_evidence(outcome), strict=True)
    return {
        "id": case.id,
        "category": case.category,
        "turns": case.turns,
        "answerable": case.answerable,
        "expected": case.expected_status.value if case.expected_status else None,
        "facts": [(" / ".join(fact), any(comparable(one) in said for one in fact)) for fact in case.facts],
        "absent": [(text, comparable(text) in said) for text in case.absent],
        "reference": case.reference,
        "evidence": list(ranked),
        "status": answer.status.value,
        "ok": right,
        "fault": fault.value if fault else None,
        "error": answer.error,
        "answer": answer.answer,
        "answer_spans": _spans(answer.answer, (one for fact in case.facts for one in fact), FACT),
        "citations": [
            (citation.title, citation.quote, _spans(citation.quote, case.evidence, EVIDENCE))
            for citation in answer.citations
        ],
        "retrieved": _retrieved(outcome, passages),
        "ms": round(answer.latency_ms, 1),
        "groups": groups,
    }


def _retrieved(outcome: Outcome, passages: Passages) -> list[tuple[int, float, list[Span]]]:
    rows = []
    for passage in outcome.answer.retrieved:
        spans = _spans(passage.text, outcome.case.evidence, EVIDENCE)
        for citation in outcome.answer.citations:
            start, end = citation.start - passage.start, citation.end - passage.start
            if citation.doc_id == passage.doc_id and start < len(passage.text) and end > 0:
                spans.append((max(start, 0), min(end, len(passage.text)), CITED))
        number = passages.number(passage.doc_id, passage.start, passage.end, passage.text)
        rows.append((number, round(passage.score, 3), spans))
    return rows


def _spans(text: str, sought: Iterable[str], kind: str) -> list[Span]:
    return [(start, end, kind) for words in sought for start, end in evidence_places(text, words)]
