"""What is asked of several and told in one sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question
from assistant.service import Assistant

REPLY = (
    "青川县关于老年助餐提案的答复\n\n截至6月底，全县建成助餐点31个，其中城市社区19个、农村12个。\n\n到2026年底实现农村助餐点覆盖率达到70%。\n\n"
    "助餐点的建设补助，个人出资每户400元，财政补助每户670元。"
)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("青川县助餐点城市和农村各多少？", ("19个", "12个")),
        ("助餐点建设补助个人和财政各出多少？", ("400元", "670元")),
    ],
)
def test_each_is_told_from_the_sentence_that_tells_of_all(
    over: Callable[..., Assistant], question: str, told: tuple[str, str]
) -> None:
    answer = over(reply=REPLY).ask(Question.of(question))
    assert all(value in answer.answer for value in told)
    assert "70%" not in answer.answer
    assert len({(citation.start, citation.end) for citation in answer.citations}) == 1
