"""What a name in quotes stands for."""

from __future__ import annotations

import pytest

from assistant.spelled_out import spelled_out
from assistant.understand import understand


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("“三必问”是什么？", "门卫做到“三必问”，即问清姓名、问清事由、问清物品。", "问清姓名、问清事由、问清物品"),
        ("“三优先”指的是什么？", "对急需物资优先审单、优先查验、优先放行“三优先”。", "优先审单、优先查验、优先放行"),
        ("“三必问”谁来做？", "门卫做到“三必问”，即问清姓名。", None),
        ("“五不准”是什么？", "门卫做到“三必问”，即问清姓名。", None),
    ],
)
def test_a_name_is_told_as_it_is_spelled_out(question: str, text: str, told: str | None) -> None:
    found = spelled_out(understand(question), text)
    assert (found.rstrip("。") if found else found) == told
