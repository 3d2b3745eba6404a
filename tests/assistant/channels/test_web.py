"""What happens on the page, event by event: every fault ends in a polite line and loses nothing."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import pytest

from assistant.channels.desk import Desk
from assistant.errors import AssistantError

QUESTION = "2018年国务院印发了什么文件？"
Scripted = Any  # the fixture of conftest.py, which no test can import


class Pressed:
    """What a pressed button sends."""

    def __init__(self, **data: object) -> None:
        self.__dict__.update(data)


def events(stream: Any) -> list[tuple[Any, ...]]:
    async def collect() -> list[tuple[Any, ...]]:
        return [update async for update in stream]

    return asyncio.run(collect())


@pytest.fixture
def page(scripted: Scripted, open_state: Any) -> Any:
    from assistant.channels.web import Page

    return Page(Desk(scripted, open_state().conversations))


def test_the_question_is_shown_at_once_and_then_its_answer(page: Any) -> None:
    first, last = events(page.ask(QUESTION, "a"))
    assert first[0] == ""
    assert "正在文件中查找依据" in first[1]
    assert QUESTION in first[1]
    assert "正在文件中查找依据" not in last[1]
    assert 'class="mark"' in last[1]
    assert first[4] == last[4] == "a"


def test_the_conversation_goes_on_under_the_id_it_was_given(page: Any, scripted: Scripted) -> None:
    [*_, last] = events(page.ask(QUESTION, None))
    events(page.ask("那2019年呢？", last[4]))
    assert [turn.question for turn in scripted.asked[-1].history] == [QUESTION]


@pytest.mark.parametrize("text", ["", "  \n", None])
def test_an_empty_question_is_hinted_at_and_not_asked(page: Any, scripted: Scripted, text: str | None) -> None:
    [update] = events(page.ask(text, "a"))
    assert "请先写下想问的问题" in update[3]
    assert scripted.asked == []


def test_a_question_that_is_too_long_stays_in_the_box(page: Any) -> None:
    [*_, last] = events(page.ask("问" * 2_001, "a"))
    assert last[0] == "问" * 2_001
    assert last[1] == ""
    assert "2000" in last[3]


@pytest.mark.parametrize("data", [{}, {"question": 7}, {"question": ["x"]}, {"question": None}])
def test_a_forged_button_asks_nothing(page: Any, scripted: Scripted, data: dict[str, object]) -> None:
    [update] = events(page.ask_button(Pressed(**data), "a"))
    assert "请先写下想问的问题" in update[3]
    assert scripted.asked == []


def test_a_button_asks_its_question(page: Any, scripted: Scripted) -> None:
    events(page.ask_button(Pressed(question=QUESTION), "a"))
    assert [question.text for question in scripted.asked] == [QUESTION]


def test_after_a_fault_the_earlier_turns_are_shown_again_with_a_hint(page: Any, scripted: Scripted) -> None:
    def broken(_: object) -> NoReturn:
        raise AssistantError("故障")

    events(page.ask(QUESTION, "a"))
    scripted.reply = broken
    with pytest.raises(AssistantError):
        events(page.ask("再问", "a"))
    box, transcript, _, hint, *_ = page.restore("a", "再问")
    assert box == "再问"
    assert QUESTION in transcript
    assert "再问" not in transcript
    assert "没能回答" in hint


def test_a_full_desk_says_so_and_keeps_the_question(scripted: Scripted, open_state: Any) -> None:
    from assistant.channels.web import Page

    [*_, last] = events(Page(Desk(scripted, open_state().conversations, threads=1, waiting=-1)).ask(QUESTION, "a"))
    assert last[0] == QUESTION
    assert "提问的人较多" in last[3]


def test_clearing_forgets_the_conversation_and_begins_another(page: Any) -> None:
    events(page.ask(QUESTION, "a"))
    box, transcript, _, hint, new_id, _ = page.clear("a")
    assert (box, transcript, hint) == ("", "", "")
    assert new_id != "a"
    assert page.restore("a", "")[1] == ""


def test_a_document_that_is_gone_leaves_its_quote(page: Any, scripted: Scripted) -> None:
    [*_, last] = events(page.ask(QUESTION, "a"))
    assert "2017年" in last[1]
    scripted.index.documents = ()
    transcript = page.restore("a", "")[1]
    assert "2018年" in transcript
    assert "2017年" not in transcript
