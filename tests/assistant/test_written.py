"""How people write things in a question, and how documents write them."""

from __future__ import annotations

import pytest

from assistant.written import as_written


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("有哪几种职业技能培训？", "职业技能培训有哪些种类？"),
        ("目前有几类补贴", "目前补贴有哪些种类"),
        ("培训分为哪几类？", "培训有哪些种类？"),
        ("培训分几种形式", "培训有哪些形式"),
        ("三大属性是什么", "三个属性是什么"),
        ("党的十八大以来做了什么", "党的十八大以来做了什么"),
        ("哪几类人可以申请？", "哪几类人可以申请？"),
        ("要带哪几种材料", "要带哪几种材料"),
    ],
)
def test_sorts_are_asked_for_in_one_way(asked: str, written: str) -> None:
    assert as_written(asked) == written
