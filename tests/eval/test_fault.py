"""Each wrong case is laid to the first step that failed it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answer import Status
from eval.fault import LABELS, MEANINGS, Fault, fault_of
from eval.verdict import judged_correct

EVIDENCE = "2018年，国务院印发"
WANTED: dict[str, Any] = {"facts": (("2018",),), "evidence": (EVIDENCE,)}
FOUND = {"retrieved": ("国务院", EVIDENCE)}
CITED = FOUND | {"quotes": (EVIDENCE,)}


@pytest.mark.parametrize(
    ("case", "status", "answer", "more", "fault"),
    [
        (WANTED, "answered", "2018年[1]", CITED, None),
        (WANTED, "answered", "2019年[1]", CITED, Fault.EXTRACTION),
        (WANTED, "answered", "2019年[1]", {"retrieved": ("别的",)}, Fault.RETRIEVAL),
        (WANTED | {"turns": ("先?", "后?")}, "answered", "2019年[1]", {"retrieved": ("别的",)}, Fault.CONVERSATION),
        (WANTED | {"turns": ("先?", "后?")}, "answered", "2019年[1]", FOUND, Fault.EXTRACTION),
        (WANTED, "not_found", "没有说明", FOUND, Fault.WRONG_REFUSAL),
        (WANTED, "not_found", "没有说明", {"retrieved": ()}, Fault.RETRIEVAL),
        (WANTED, "out_of_scope", "不在范围", FOUND, Fault.UNDERSTANDING),
        (WANTED, "small_talk", "您好", {}, Fault.UNDERSTANDING),
        (WANTED, "clarify", "哪一个?", FOUND, Fault.UNDERSTANDING),
        (WANTED, "failed", "", {"error": "boom"}, Fault.ERROR),
        # right by its facts, but the citation lacks the evidence, or there is none
        (WANTED, "answered", "2018年[1]", FOUND | {"quotes": ("国务院办公厅印发《行动方案》",)}, Fault.CITATION),
        (WANTED, "answered", "2018年", FOUND, Fault.CITATION),
        # without facts nobody says that it is wrong; refusing and missing the evidence are faults all the same
        (WANTED | {"facts": ()}, "answered", "印发[1]", CITED, None),
        (WANTED | {"facts": ()}, "answered", "印发", FOUND, Fault.EXTRACTION),
        (WANTED | {"facts": ()}, "answered", "印发", {}, Fault.RETRIEVAL),
        (WANTED | {"facts": ()}, "not_found", "没有说明", FOUND, Fault.WRONG_REFUSAL),
        # without evidence the documents tell whether the right one was found
        ({"facts": (("2018",),), "doc_ids": ("x",)}, "answered", "2019年", FOUND, Fault.RETRIEVAL),
        ({"facts": (("2018",),), "doc_ids": ("d",)}, "answered", "2019年", FOUND, Fault.EXTRACTION),
        ({"answerable": False}, "not_found", "没有说明", {}, None),
        ({"answerable": False}, "answered", "2018年[1]", CITED, Fault.WRONG_ANSWER),
        ({"answerable": False}, "clarify", "哪一个?", {}, Fault.UNDERSTANDING),
        ({"answerable": False, "expected_status": Status.NOT_FOUND}, "small_talk", "您好", {}, Fault.UNDERSTANDING),
        ({"answerable": False, "expected_status": Status.CLARIFY}, "clarify", "哪一个?", {}, None),
    ],
)
def test_the_step_at_fault(
    build: Any, case: dict[str, Any], status: str, answer: str, more: dict[str, Any], fault: Fault | None
) -> None:
    said = build.answer(
        status,
        answer,
        error=more.get("error"),
        citations=tuple(build.citation(quote) for quote in more.get("quotes", ())),
        retrieved=tuple(build.passage(text) for text in more.get("retrieved", ())),
    )
    outcome = build.outcome(build.case(**case), said)
    assert fault_of(outcome, right=judged_correct(outcome)) is fault


def test_every_fault_has_a_name_and_a_meaning() -> None:
    assert set(LABELS) == set(MEANINGS) == set(Fault)
