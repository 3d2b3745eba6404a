"""Which of several values a question can mean."""

from __future__ import annotations

import pytest

from assistant.meant import is_governed
from assistant.understand import understand
from knowledge.values import values

TEXT = "区人社局在10个工作日内完成审核，并公示5天。"


@pytest.mark.parametrize(
    ("question", "governed"),
    [("名单审核后要公示几天？", ["5天"]), ("名单审核要几天？", []), ("多久能审完？", [])],
)
def test_a_value_right_behind_the_verb_that_is_asked_with_is_meant(question: str, governed: list[str]) -> None:
    query = understand(question)
    assert [value.text for value in values(TEXT) if is_governed(query, TEXT, value)] == governed
