"""Of a clause that states a value, what is new to who asked."""

from __future__ import annotations

import pytest

from assistant.trim import trimmed
from assistant.understand import understand
from knowledge.values import ValueType, values


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("结转年限延长至多久？", "困难企业亏损最长结转年限延长至8年", "8年"),
        ("补贴标准是多少？", "补贴标准为每户8000元", "每户8000元"),  # 每户 is new
        ("补贴多少？", "补贴标准为每户8000元", "每户8000元"),
        ("每户补贴多少？", "补贴标准为每户8000元", "8000元"),
        ("罚款是多少？", "罚款最高不超过500元", "最高不超过500元"),  # a bound is never cut off
        ("受理后几天审核完？", "自受理之日起10个工作日内完成审核", "10个工作日内"),
        ("抢卸了多少吨物资？", "共载有432吨防疫物资", "载有432吨"),
        ("返还比例是多少？", "返还比例为60%左右", "60%左右"),
        ("要几天办完？", "应当在收到全部申请材料并经现场核验合格以后10天内办完", None),  # much is new: nothing is cut
    ],
)  # fmt: skip
def test_a_value_is_told_with_what_the_question_has_not_said(question: str, text: str, expected: str | None) -> None:
    stated = [value for value in values(text) if value.type is not ValueType.TITLE]
    assert trimmed(understand(question), text, stated[0]) == (expected or text)


def test_a_text_whose_normal_form_has_other_lengths_is_left_whole() -> None:
    text = "㎏补贴3000元"  # NFKC makes two characters of the first
    assert trimmed(understand("补贴多少元？"), text, values(text)[0]) == text
