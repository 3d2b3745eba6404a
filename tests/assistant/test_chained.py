"""Parts between semicolons with the parts that belong to them."""

from __future__ import annotations

import pytest

from assistant.chained import with_cases, with_its_parts
from assistant.evidence import Sentence, rank
from assistant.understand import understand

CHECKS = "门卫做到三必问：问清来访人姓名；问清来访事由；问清随身物品。"
CASES = "尚不构成犯罪的，给予治安处罚；构成犯罪的，依法追究刑事责任。"


def test_a_list_behind_a_colon_is_told_with_all_its_parts() -> None:
    query = understand("门卫怎么做到三必问？")
    units = rank([Sentence("d", "", (), 0, len(CHECKS), CHECKS, "", 0.0)], query.terms, lambda term: term.weight)
    first = next(unit for unit in units if unit.text.startswith("门卫") and unit.text != CHECKS)
    assert with_its_parts(query, first).text == CHECKS


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("隐瞒行程怎么处罚？", CASES),
        ("尚不构成犯罪的怎么处罚？", "尚不构成犯罪的，给予治安处罚；"),
    ],
)
def test_other_cases_are_told_where_none_is_asked_about(question: str, told: str) -> None:
    assert with_cases(understand(question), CASES, "尚不构成犯罪的，给予治安处罚") == told
