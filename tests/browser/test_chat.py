"""The chat page as a person meets it, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.answer import Answer, Citation, Status, Turn
from assistant.channels import markup
from assistant.channels.cards import Source
from knowledge.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Dialog, Locator, Page

pytestmark = pytest.mark.browser

SAMPLE = "2018年国务院印发了什么文件？"
DECREE = "《关于推行终身职业技能培训制度的意见》"
PHONE = (390, 844)
HOSTILE = "<img src=x onerror=alert(1)><a href='javascript:alert(2)'>点我</a>${alert(3)}{{alert(4)}}</section>"


def ask(page: Page, question: str) -> Locator:
    """Type a question, press the button, and return the answered turn."""
    before = answered(page).count()
    page.get_by_label("您的问题").fill(question)
    page.get_by_role("button", name="提问").click()
    turn = answered(page).nth(before)
    turn.wait_for()
    return turn


def answered(page: Page) -> Locator:
    return page.locator("#transcript .turn:not(.pending)")


def test_a_sample_question_is_answered_with_marks_and_highlighted_words(visit: Callable[..., Page]) -> None:
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


def test_a_mark_leads_to_its_evidence(visit: Callable[..., Page]) -> None:
    page = visit(PHONE)
    turn = ask(page, SAMPLE)
    mark = turn.locator("a.mark").first
    mark.click()
    page.locator(".card.lit mark.lit").first.wait_for()
    page.wait_for_function("document.activeElement.classList.contains('anchor')")
    page.wait_for_function(
        """() => { const box = document.querySelector('mark.lit').getBoundingClientRect();
                   return box.top >= 0 && box.bottom <= innerHeight; }"""
    )
    assert page.url.endswith("/")


def test_a_question_of_ones_own_and_a_follow_up(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, "2018年国务院印发的文件叫什么名字？")
    turn = ask(page, "那2019年呢？")
    assert "职业技能提升行动" in turn.locator(".answer").inner_text()
    assert answered(page).count() == 2
    assert page.get_by_label("您的问题").input_value() == ""


def test_enter_sends_the_question(visit: Callable[..., Page]) -> None:
    page = visit()
    box = page.get_by_label("您的问题")
    box.fill(SAMPLE)
    box.press("Enter")
    answered(page).first.wait_for()
    assert page.locator(".asked").inner_text() == SAMPLE


def test_a_suggestion_is_asked_by_pressing_it(visit: Callable[..., Page]) -> None:
    page = visit()
    button = ask(page, SAMPLE).locator(".suggestions button").first
    question = button.inner_text()
    button.click()
    answered(page).nth(1).wait_for()
    assert page.locator(".asked").nth(1).inner_text() == question


def test_refusals_look_different_from_answers(visit: Callable[..., Page]) -> None:
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


def test_an_empty_question_gets_a_hint_and_no_turn(visit: Callable[..., Page]) -> None:
    page = visit()
    for text in ("", "   "):
        page.get_by_label("您的问题").fill(text)
        page.get_by_role("button", name="提问").click()
        assert "请先写下想问的问题" in page.get_by_role("alert").inner_text()
    assert page.locator(".turn").count() == 0


def test_a_question_that_is_too_long_keeps_its_text_and_names_the_limit(visit: Callable[..., Page]) -> None:
    page = visit()
    page.get_by_label("您的问题").fill("问" * 100_000)
    page.get_by_role("button", name="提问").click()
    page.get_by_role("alert").wait_for()
    assert "2000" in page.get_by_role("alert").inner_text()
    assert len(page.get_by_label("您的问题").input_value()) == 100_000
    assert page.locator(".turn").count() == 0
    assert page.locator("#samples").is_visible()


def test_a_hostile_question_is_shown_as_text(visit: Callable[..., Page]) -> None:
    page = visit()
    turn = ask(page, HOSTILE)
    assert turn.locator(".asked").inner_text() == HOSTILE
    assert page.locator("#transcript img, #transcript a:not(.mark)").count() == 0


def test_hostile_documents_and_answers_are_inert(chromium: Browser) -> None:
    """Rendered without any policy around them, so that escaping alone has to hold."""
    document = Document("d", HOSTILE, HOSTILE, source="javascript:alert(5)", issuer=HOSTILE)
    citation = Citation("d", HOSTILE, 0, len(HOSTILE), HOSTILE, (HOSTILE,))
    answer = Answer("a", Status.PARTIAL, f"{HOSTILE}[1]", (citation,), (citation,), suggestions=(HOSTILE,))
    html = markup.conversation([Turn(HOSTILE, answer)], lambda _: Source(document, ()), pending=HOSTILE)
    context = chromium.new_context()
    page = context.new_page()
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.set_content(html + markup.introduction([document]))
    page.locator("button").first.click()
    assert page.locator("img, script, a[href^=javascript]").count() == 0
    assert page.locator(".asked").first.inner_text() == HOSTILE
    assert dialogs == []
    context.close()


def test_it_fits_a_phone(visit: Callable[..., Page]) -> None:
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


def test_two_people_and_two_tabs_keep_their_own_conversations(visit: Callable[..., Page]) -> None:
    first, second = visit(), visit()
    third = first.context.new_page()
    third.goto(first.url)
    third.locator("#samples button").first.wait_for()
    for page in (first, second, third):
        page.get_by_label("您的问题").fill(SAMPLE if page is first else "你好")
    for page in (first, second, third):
        page.get_by_role("button", name="提问").click()
    for page in (first, second, third):
        answered(page).first.wait_for()
    assert DECREE in ask(first, "是谁印发的？").inner_text() or answered(first).count() == 2
    assert [page.locator(".turn").count() for page in (first, second, third)] == [2, 1, 1]
    for page in (second, third):
        assert DECREE not in page.locator("#transcript").inner_text()


def test_clearing_brings_the_samples_back_and_forgets(visit: Callable[..., Page]) -> None:
    page = visit()
    ask(page, SAMPLE)
    page.get_by_role("button", name="清空").click()
    page.locator("#samples").wait_for()
    assert page.locator(".turn").count() == 0
    ask(page, "你好")
    assert page.locator(".turn").count() == 1


def test_a_screen_reader_finds_its_way(visit: Callable[..., Page]) -> None:
    page = visit()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.title() == "政策问答"
    assert page.get_by_role("heading", level=1).inner_text() == "政策问答"
    assert page.get_by_role("navigation", name="示例问题").count() == 1
    turn = ask(page, SAMPLE)
    assert DECREE in page.get_by_role("status").last.inner_text()
    assert page.get_by_role("heading", name=SAMPLE).count() == 1
    assert turn.get_by_role("link", name="依据 1").count() >= 1


def test_the_keyboard_is_enough(visit: Callable[..., Page]) -> None:
    page = visit()
    page.get_by_role("button", name=SAMPLE).focus()
    page.keyboard.press("Enter")
    answered(page).first.wait_for()
    page.locator("a.mark").first.focus()
    page.keyboard.press("Enter")
    page.locator("mark.lit").first.wait_for()
