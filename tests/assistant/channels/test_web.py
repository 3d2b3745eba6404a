"""What happens on the page, event by event: every fault ends in a polite line and loses nothing."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from typing import Any, NoReturn

import pytest

from assistant.answer import Answer, Question
from assistant.channels.desk import Desk
from assistant.errors import AssistantError
from assistant.state.answers import Opinion
from assistant.steps import Step, reached, said

QUESTION = "2018年国务院印发了什么文件？"
Scripted = Any  # the fixture of conftest.py, which no test can import


def wish(conversation: str | None = None, language: str = "zh-Hans", document: str | None = None) -> str:
    return json.dumps({"conversation": conversation, "language": language, "document": document})


def events(stream: Any) -> list[tuple[Any, ...]]:
    async def collect() -> list[tuple[Any, ...]]:
        return [update async for update in stream]

    return asyncio.run(collect())


def conversation_of(html: str) -> str:
    [found] = re.findall(r'data-conversation="([^"]+)"', html)
    return str(found)


@pytest.fixture
def state(open_state: Any) -> Any:
    return open_state()


@pytest.fixture
def page(scripted: Scripted, state: Any) -> Any:
    from assistant.channels.web import Page

    return Page(Desk(scripted, state.conversations, state.answers), state.feedback)


def test_the_question_is_shown_at_once_and_then_its_answer(page: Any) -> None:
    first, *_, last = events(page.ask(QUESTION, wish()))
    assert first[0] == ""
    assert "正在理解问题" in first[2]
    assert QUESTION in first[2]
    assert 'class="mark"' in last[1]
    assert last[2] == ""
    assert conversation_of(first[2]) == conversation_of(last[1])


def test_the_box_is_emptied_once_so_that_the_next_question_can_be_written_meanwhile(page: Any) -> None:
    boxes = [update[0] for update in events(page.ask(QUESTION, wish()))]
    assert boxes[0] == ""
    assert "" not in boxes[1:]


def test_steps_and_sentences_are_shown_as_they_come(page: Any, scripted: Scripted) -> None:
    def slow(question: Question) -> Answer:
        reached(Step.CHECKING)
        said("国务院印发《意见》[1]。")
        time.sleep(0.4)
        return scripted.cited(question)

    scripted.reply = slow
    _, *middle, last = events(page.ask(QUESTION, wish()))
    assert any("国务院印发《意见》[1]。" in update[2] and "正在逐句核对依据" in update[2] for update in middle)
    assert 'class="mark"' in last[1]


def test_a_stopped_answer_keeps_what_was_said_and_is_not_remembered(page: Any, scripted: Scripted, state: Any) -> None:
    def endless(question: Question) -> Answer:
        while True:  # until the one who listens has left
            said("一句话[1]。")
            time.sleep(0.02)

    async def stopped() -> tuple[str, str]:
        own_id, shown = "", ""
        async for update in page.ask(QUESTION, wish()):
            shown = update[2]
            if "一句话" in shown and not own_id:
                own_id = conversation_of(shown)
                page.halt(wish(own_id))
        return own_id, shown

    scripted.reply = endless
    own_id, shown = asyncio.run(stopped())
    assert "已停止" in shown
    assert "一句话[1]。" in shown
    assert f'data-question="{QUESTION}"' in shown
    assert state.conversations.turns(own_id) == ()


def test_while_an_answer_is_on_its_way_the_next_question_waits_in_the_box(page: Any, scripted: Scripted) -> None:
    go_on = threading.Event()

    def held(question: Question) -> Answer:
        go_on.wait(5)
        return scripted.cited(question)

    # The conversation must be known to be gone on with.
    [*_, last] = events(page.ask(QUESTION, wish()))
    own_id = conversation_of(last[1])
    scripted.reply = held

    async def again() -> tuple[Any, ...]:
        first = page.ask(QUESTION, wish(own_id))
        await anext(first)
        [second] = [update async for update in page.ask("那2019年呢？", wish(own_id))]
        go_on.set()
        async for _ in first:
            pass
        return tuple(second)

    box, _, _, hint = asyncio.run(again())
    assert box == "那2019年呢？"
    assert "还在回答" in hint
    assert len(scripted.asked) == 2


def test_the_conversation_goes_on_under_the_id_it_was_given(page: Any, scripted: Scripted) -> None:
    [*_, last] = events(page.ask(QUESTION, wish()))
    events(page.ask("那2019年呢？", wish(conversation_of(last[1]))))
    assert [turn.question for turn in scripted.asked[-1].history] == [QUESTION]


def test_a_question_that_was_offered_is_understood_by_itself(page: Any, scripted: Scripted, state: Any) -> None:
    [*_, last] = events(page.ask(QUESTION, wish()))
    own_id = conversation_of(last[1])
    events(page.ask("三类培训是哪些？", json.dumps({"conversation": own_id, "whole": True})))
    assert scripted.asked[-1].history == ()
    assert [turn.question for turn in state.conversations.turns(own_id)] == [QUESTION, "三类培训是哪些？"]


def test_a_conversation_that_is_not_known_is_not_gone_on_with(page: Any) -> None:
    [*_, last] = events(page.ask(QUESTION, wish("guessed")))
    assert conversation_of(last[1]) != "guessed"


def test_a_question_about_one_document_alone_says_so(page: Any, scripted: Scripted) -> None:
    events(page.ask(QUESTION, wish(document="湖北/培训.txt")))
    assert scripted.asked[-1].doc_id == "湖北/培训.txt"
    [update] = events(page.ask(QUESTION, wish(document="nowhere.txt")))
    assert update[0] == QUESTION
    assert "不在收录之中" in update[3]
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("text", ["", "  \n", None, 7, ["x"]])
def test_an_empty_question_is_hinted_at_and_not_asked(page: Any, scripted: Scripted, text: object) -> None:
    [update] = events(page.ask(text, wish()))
    assert "请先写下想问的问题" in update[3]
    assert scripted.asked == []


@pytest.mark.parametrize(
    "forged",
    [
        None,
        "",
        "x",
        "[]",
        "[" * 100_000,
        '{"conversation": 7, "language": ["en"], "document": {}}',
        json.dumps({"conversation": "x" * 5_000, "language": "../en", "document": "y" * 5_000}),
        {"conversation": "a"},
    ],
    ids=range(8),
)
def test_a_forged_wish_is_as_good_as_none(page: Any, forged: object) -> None:
    [*_, last] = events(page.ask(QUESTION, forged))
    assert "文件中有依据" in last[1]
    page.halt(forged)
    assert page.forget(forged)[1] == '<div class="turns" data-gone=""></div>'
    assert page.reopen(forged)[1] == ""


def test_a_question_that_is_too_long_stays_in_the_box(page: Any) -> None:
    [*_, last] = events(page.ask("问" * 2_001, wish()))
    assert last[0] == "问" * 2_001
    assert "2000" in last[3]
    [*_, last] = events(page.ask("问" * 2_001, wish(language="en")))
    assert "2,000 characters" in last[3]


def test_after_a_fault_the_earlier_turns_are_shown_again_with_a_hint(page: Any, scripted: Scripted) -> None:
    def broken(_: object) -> NoReturn:
        raise AssistantError("故障")

    [*_, last] = events(page.ask(QUESTION, wish()))
    own_id = conversation_of(last[1])
    scripted.reply = broken
    with pytest.raises(AssistantError):
        events(page.ask("再问", wish(own_id)))
    box, transcript, live, hint = page.restore("再问", wish(own_id))
    assert box == "再问"
    assert QUESTION in transcript
    assert live == ""
    assert "没能回答" in hint
    scripted.reply = scripted.cited
    assert "再问" in events(page.ask("再问", wish(own_id)))[-1][1]  # nothing is left running


def test_a_full_desk_says_so_and_keeps_the_question(scripted: Scripted, state: Any) -> None:
    from assistant.channels.web import Page

    desk = Desk(scripted, state.conversations, threads=1, waiting=-1)
    [*_, last] = events(Page(desk, state.feedback).ask(QUESTION, wish()))
    assert last[0] == QUESTION
    assert "提问的人较多" in last[3]


def test_a_conversation_of_before_is_shown_again_with_its_ratings(page: Any, state: Any) -> None:
    [*_, last] = events(page.ask(QUESTION, wish()))
    own_id = conversation_of(last[1])
    state.feedback.add(Opinion("answer-1", "up"))
    state.feedback.add(Opinion("answer-1", "down", "没有日期"))
    _, shown, _, hint = page.reopen(wish(own_id))
    assert QUESTION in shown
    assert hint == ""
    assert re.findall(r'data-rate="(\w+)"[^>]*aria-pressed="true"', shown) == ["down"]


def test_what_was_forgotten_is_gone_and_said_to_be(page: Any) -> None:
    [*_, last] = events(page.ask(QUESTION, wish()))
    own_id = conversation_of(last[1])
    assert page.forget(wish(own_id))[1] == f'<div class="turns" data-gone="{own_id}"></div>'
    _, shown, _, hint = page.reopen(wish(own_id))
    assert f'data-gone="{own_id}"' in shown
    assert "已经过期或被删除" in hint


def test_the_language_comes_with_the_question(page: Any) -> None:
    [*_, last] = events(page.ask(QUESTION, wish(language="en")))
    assert "Stated in the documents" in last[1]
    assert "Copy with sources" in last[1]
    [*_, last] = events(page.ask(QUESTION, wish(language="zh-Hant")))
    assert "複製回答和依據" in last[1]


def test_a_document_that_is_gone_leaves_its_quote(page: Any, scripted: Scripted) -> None:
    [*_, last] = events(page.ask(QUESTION, wish()))
    assert "2017年" in last[1]
    scripted.index.documents = ()
    transcript = page.reopen(wish(conversation_of(last[1])))[1]
    assert "2018年" in transcript
    assert "2017年" not in transcript
