"""Values for each of several cases or tiers."""

from __future__ import annotations

import pytest

from assistant.tiers import is_by_case, is_by_tier
from assistant.understand import understand
from knowledge.values import ValueType, values

CASES = "补贴分三档：居民补贴三分之二；机关补贴二分之一；企业补贴40%。"
TIERS = "60周岁以上老人每餐优惠2元，80周岁以上每餐优惠4元。"


@pytest.mark.parametrize(("question", "is_so"), [("补贴能补多少？", True), ("居民补贴能补多少？", False)])
def test_cases_are_told_together_where_none_is_named(question: str, is_so: bool) -> None:
    wanted = [value for value in values(CASES) if value.type is ValueType.SHARE]
    assert is_by_case(understand(question), CASES, wanted) is is_so


@pytest.mark.parametrize(("question", "is_so"), [("老人吃饭优惠多少？", True), ("65岁老人优惠多少？", False)])
def test_tiers_are_told_together_where_none_is_asked_about(question: str, is_so: bool) -> None:
    wanted = [value for value in values(TIERS) if value.type is ValueType.MONEY]
    assert is_by_tier(understand(question), TIERS, wanted) is is_so
