"""What stands in a sentence where the question has its question word."""

from __future__ import annotations

import pytest

from assistant.gap import gap
from assistant.understand import understand


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("采购量最大的是什么？", "据介绍，采购量最大的是一次性筷子和餐盒。", "一次性筷子和餐盒"),
        ("居民信息登记分为哪四种颜色进行管理？", "系统将居民信息登记分为红、橙、黄、绿四色进行管理。", "红、橙、黄、绿四色"),
        ("办理入学需要提供什么材料？", "办理入学需要提供户口簿和出生证明，并现场登记。", "户口簿和出生证明"),
        ("要求健全人才的哪些制度？", "会议要求健全人才培养、评价制度，大力发展教育。", "培养、评价制度"),
        ("对恢复生产的闲置温室如何补助？", "对恢复生产的闲置温室，每亩补贴3000元。", "每亩补贴3000元"),
        # of 「甲是乙的基本属性，体现了丙」 the answer is what stands before the words of the question
        ("职业培训的基本属性指什么？", "提高素质是职业培训的基本属性，体现了有效性。", "提高素质"),
        ("“三优先”指的是什么？", "对物资设置优先审单、优先放行“三优先”，查验班组满员。", None),
        ("稳岗返还是什么意思？", "稳岗返还是指对企业返还保险费。", None),  # a definition is told whole
        ("见习单位是哪几家？", "提交《就业见习单位申请表》和执照。", None),  # inside a title
        ("补贴多少元？", "补贴3000元。", None),  # a value has its own way
        ("材料要求是什么？", "材料要求。", None),  # nothing follows
    ],
)  # fmt: skip
def test_the_gap_is_what_was_asked_for(question: str, text: str, expected: str | None) -> None:
    assert gap(understand(question), text) == expected


def test_the_rest_of_a_longer_name_is_no_answer() -> None:
    query = understand("职业技能培训有哪些种类？")
    assert gap(query, "组织实施康养职业技能培训计划。") is None
