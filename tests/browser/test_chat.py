"""The chat page as a person meets it, in Chromium."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from assistant.answer import Answer, Citation, Status, Turn
from assistant.channels import home, markup, reading
from assistant.channels.cards import Source
from assistant.channels.messages import messages
from assistant.steps import Step
from knowledge.document import Document, Section

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Locator, Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]  # the fixtures of conftest.py
Ask = Callable[[Any, str], Any]

SAMPLE = "2018年国务院印发了什么文件？"
DECREE = "《关于推行终身职业技能培训制度的意见》"
PHONE = (390, 844)
HOSTILE = "<img src=x onerror=alert(1)><a href='javascript:alert(2)'>点我</a>${alert(3)}{{alert(4)}}</section>"


def answered(page: Page) -> Locator:
    return page.locator("#transcript .turn")


def test_a_sample_question_is_answered_with_marks_and_highlighted_words(visit: Visit, ask: Ask) -> None:
    page = visit()
    page.get_by_role("button", name=SAMPLE).click()
    turn = answered(page).first
    turn.wait_for()
    assert DECREE in turn.locator(".answer").inner_text()
    turn.locator("a.mark", has_text="[1]").first.wait_for()
    assert DECREE in "".join(turn.locator(".cited mark").all_inner_texts())
    assert "文件中有依据" in turn.inner_text()
    # The highlighted words stand in their paragraph, and the card says where that is.
    paragraph = turn.locator(".cited blockquote").first.inner_text()
    assert "2017年" in paragraph
    assert "政策体系" in turn.locator(".cited .path").first.inner_text()
    assert page.locator("#samples").is_hidden()


def test_a_question_of_ones_own_and_a_follow_up(visit: Visit, ask: Ask) -> None:
    page = visit()
    ask(page, "2018年国务院印发的文件叫什么名字？")
    turn = ask(page, "那2019年呢？")
    assert "职业技能提升行动" in turn.locator(".answer").inner_text()
    assert answered(page).count() == 2
    assert page.get_by_label("您的问题").input_value() == ""


def test_enter_sends_the_question(visit: Visit, ask: Ask) -> None:
    page = visit()
    box = page.get_by_label("您的问题")
    box.fill(SAMPLE)
    box.press("Enter")
    answered(page).first.wait_for()
    assert page.locator(".asked").inner_text() == SAMPLE


def test_a_suggestion_is_asked_by_pressing_it(visit: Visit, ask: Ask) -> None:
    page = visit()
    button = ask(page, SAMPLE).locator(".suggestions button").first
    question = button.inner_text()
    button.click()
    turn = answered(page).nth(1)
    turn.wait_for()
    assert turn.locator(".asked").inner_text() == question
    assert "文件中有依据" in turn.inner_text()  # what is offered is answered
    assert page.locator(".suggestions button").get_by_text(question, exact=True).count() == 0  # and not offered again


def test_refusals_look_different_from_answers(visit: Visit, ask: Ask) -> None:
    page = visit()
    found = ask(page, SAMPLE)
    missing = ask(page, "湖北的补贴标准是多少？")
    outside = ask(visit(), "今天天气怎么样？")
    assert "文件里没有写" in missing.inner_text()
    assert "相关内容" in missing.inner_text()
    assert missing.locator(".cited, a.mark").count() == 0
    assert "不在可回答的范围" in outside.inner_text()
    colours = [turn.locator(".badge").evaluate("badge => getComputedStyle(badge).color") for turn in (found, missing)]
    assert colours[0] != colours[1]


def test_an_empty_question_gets_a_hint_and_no_turn(visit: Visit, ask: Ask) -> None:
    page = visit()
    for text in ("", "   "):
        page.get_by_label("您的问题").fill(text)
        page.locator("#ask").click()
        assert "请先写下想问的问题" in page.get_by_role("alert").inner_text()
    assert page.locator(".turn").count() == 0


def test_a_question_that_is_too_long_keeps_its_text_and_names_the_limit(visit: Visit, ask: Ask) -> None:
    page = visit()
    page.get_by_label("您的问题").fill("问" * 100_000)
    page.locator("#ask").click()
    page.get_by_role("alert").wait_for()
    assert "2000" in page.get_by_role("alert").inner_text()
    assert len(page.get_by_label("您的问题").input_value()) == 100_000
    assert page.locator(".turn").count() == 0
    assert page.locator("#samples").is_visible()


def test_a_hostile_question_is_shown_as_text(visit: Visit, ask: Ask) -> None:
    page = visit()
    turn = ask(page, HOSTILE)
    assert turn.locator(".asked").inner_text() == HOSTILE
    assert page.locator("#transcript img, #transcript script, a[href^=javascript]").count() == 0
    page.get_by_role("button", name="历史对话").click()  # where the question stands as a title
    assert HOSTILE[:30] in page.locator("#history .open").inner_text()
    assert page.locator("#history img").count() == 0


def test_hostile_documents_and_answers_are_inert(chromium: Browser) -> None:
    """Rendered without any policy around them, so that escaping alone has to hold."""
    document = Document("d", HOSTILE, HOSTILE, source="javascript:alert(5)", issuer=HOSTILE)
    citation = Citation("d", HOSTILE, 0, len(HOSTILE), HOSTILE, (HOSTILE,))
    answer = Answer("a", Status.PARTIAL, f"{HOSTILE}[1]", (citation,), (citation,), suggestions=(HOSTILE,))
    told = messages()
    html = markup.conversation([Turn(HOSTILE, answer)], markup.Stage(told, lambda _: Source(document, ())))
    html += markup.pending(HOSTILE, Step.READING, (HOSTILE,), told) + markup.stopped(HOSTILE, (HOSTILE,), told)
    html += home.shelf(home.Shelf([document], Counter()), told)
    html += reading.text(document, [Section(HOSTILE, 1, 0, 3)], [reading.Marked("cited", 1, 2, 9)])
    html += reading.outline([Section(HOSTILE, 1, 0, 3)], told)
    context = chromium.new_context()
    page = context.new_page()
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.set_content(html)
    page.locator("button").first.click()
    assert page.locator("img, script, a[href^=javascript]").count() == 0
    assert page.locator(".asked").first.inner_text() == HOSTILE
    assert dialogs == []
    context.close()


def test_it_fits_a_phone(visit: Visit, ask: Ask) -> None:
    page = visit(PHONE)
    for state in ("home", "answered"):
        if state == "answered":
            ask(page, "请按时间顺序列出培训政策的出台过程")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        for box in (page.get_by_label("您的问题").bounding_box(), page.locator("#ask").bounding_box()):
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE[0]
            assert box["y"] + box["height"] <= PHONE[1]
            assert box["height"] >= 40  # a finger's width


def test_two_people_and_two_tabs_keep_their_own_conversations(visit: Visit, ask: Ask) -> None:
    first, second = visit(), visit()
    third = first.context.new_page()
    third.goto(first.url)
    third.locator("html[data-ready]").wait_for()
    for page in (first, second, third):
        page.get_by_label("您的问题").fill(SAMPLE if page is first else "你好")
    for page in (first, second, third):
        page.locator("#ask").click()
    for page in (first, second, third):
        answered(page).first.wait_for()
    assert DECREE in ask(first, "是谁印发的？").inner_text() or answered(first).count() == 2
    assert [page.locator(".turn").count() for page in (first, second, third)] == [2, 1, 1]
    for page in (second, third):
        assert DECREE not in page.locator("#transcript").inner_text()
