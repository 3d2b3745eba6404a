"""Refusals, on a small table worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answer import Status
from eval.refusal import STATUS_ACCURACY
from eval.scores import OVERALL, score
from eval.verdict import judged_correct

# answerable?  status         refused?  rightly?
TABLE = [
    (False, "not_found"),  # yes       yes: TP
    (False, "out_of_scope"),  # yes    yes: TP
    (False, "small_talk"),  # yes      yes: TP
    (False, "answered"),  # no         FN
    (False, "clarify"),  # no          FN
    (False, "failed"),  # no           FN
    (True, "refused"),  # yes          no: FP
    (True, "answered"),
    (True, "partial"),
    (True, "clarify"),
    (True, "failed"),
]


def test_precision_recall_f1_and_false_refusals(build: Any) -> None:
    outcomes = [build.outcome(build.case(answerable=answerable), build.answer(status)) for answerable, status in TABLE]
    figures = score(outcomes, seed=0).figures[OVERALL]
    # TP 3, FP 1, FN 3, answerable 5
    expected = {
        "refusal_precision": (3 / 4, 4),
        "refusal_recall": (3 / 6, 6),
        "refusal_f1": (6 / (6 + 1 + 3), 7),
        "false_refusal_rate": (1 / 5, 5),
    }
    found = {name: (figures[name].value, figures[name].n) for name in expected}
    assert found == {name: pytest.approx(value) for name, value in expected.items()}


def test_status_accuracy_wants_the_one_right_status(build: Any) -> None:
    case = build.case(answerable=False, expected_status=Status.OUT_OF_SCOPE)
    assert STATUS_ACCURACY.of(build.outcome(case, build.answer("out_of_scope"))) == (1, 1)
    assert STATUS_ACCURACY.of(build.outcome(case, build.answer("not_found"))) == (0, 1)
    assert STATUS_ACCURACY.of(build.outcome(build.case(), build.answer("not_found"))) is None


@pytest.mark.parametrize(
    ("case", "said", "correct"),
    [
        ({"facts": (("甲",),)}, ("answered", "甲", None), True),
        ({"facts": (("甲",),)}, ("answered", "乙", None), False),
        ({"facts": (("甲",),)}, ("not_found", "甲", None), False),
        ({}, ("answered", "甲", None), None),  # nothing says what is right
        ({}, ("failed", "", "boom"), False),  # an error is wrong all the same
        ({"answerable": False}, ("refused", "", None), True),
        ({"answerable": False}, ("clarify", "", None), False),
        ({"answerable": False}, ("failed", "", "boom"), False),
        ({"answerable": False, "absent": ("甲",)}, ("not_found", "没有说甲", None), False),
        ({"answerable": False, "expected_status": Status.NOT_FOUND}, ("out_of_scope", "", None), False),
        ({"answerable": False, "expected_status": Status.CLARIFY}, ("clarify", "", None), True),
        ({"facts": (("甲",),), "expected_status": Status.PARTIAL}, ("answered", "甲", None), False),
        ({"facts": (("甲",),), "expected_status": Status.PARTIAL}, ("partial", "甲", None), True),
        ({"facts": (("甲",),), "expected_status": Status.PARTIAL}, ("partial", "乙", None), False),
        ({"expected_status": Status.CLARIFY}, ("clarify", "哪一个?", None), True),
    ],
)
def test_a_case_is_correct_by_status_facts_and_what_it_does_not_say(
    build: Any, case: dict[str, Any], said: tuple[str, str, str | None], *, correct: bool | None
) -> None:
    status, answer, error = said
    outcome = build.outcome(build.case(**case), build.answer(status, answer, error=error))
    assert judged_correct(outcome) is correct
