"""Things named by a compound: what no document speaks of is not told by one that has its first half."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import things
from assistant.answer import Question, Status
from assistant.service import Assistant


@pytest.mark.parametrize(
    ("question", "named"),
    [("培训券怎么领？", ("券",)), ("培训怎么报名？", ()), ("人才码有什么用", ("码",)), ("社保卡怎么办", ())],
)
def test_a_compound_that_no_dictionary_knows_is_a_thing(question: str, named: tuple[str, ...]) -> None:
    assert things.named(question) == named


@pytest.mark.parametrize(
    ("thing", "text", "is_in"),
    [("券", "发放电子消费券。", True), ("证", "凭毕业证书申请。", True), ("包", "培训内容包括理论和实操。", False)],
)
def test_a_text_has_a_thing_where_a_word_ends_in_it(thing: str, text: str, is_in: bool) -> None:
    assert things.is_in(thing, text) is is_in


def test_a_thing_that_no_document_has_is_not_told(over: Callable[..., Assistant]) -> None:
    text = "青川县职工培训办法\n\n第一条　职工培训由县总工会组织。\n\n第二条　职工培训每年举办两期，免收学费。"
    assistant = over(rules=text)
    assert assistant.ask(Question.of("培训券是什么？")).status is Status.NOT_FOUND
    assert assistant.ask(Question.of("培训由谁组织？")).status is Status.ANSWERED
