"""For everybody: screen reader and keyboard, three languages, dark and light, large letters, paper. axe-core agrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]  # the fixtures of conftest.py
Ask = Callable[[Any, str], Any]
SAMPLE = "2018年国务院印发了什么文件？"
MISSING = "湖北的补贴标准是多少？"
DECREE = "《关于推行终身职业技能培训制度的意见》"
ARTICLE = "documents/hubei_vocational_training_2022-07-14.txt"
AXE = Path(__file__).with_name("axe") / "axe.min.js"
PHONE = (390, 844)


def violations(page: Any) -> list[str]:
    """Return the serious and critical violations that axe-core finds, each with the first element it names."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['impact']} {one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def states(page: Any, ask: Ask) -> Iterator[str]:
    """Bring the page into each of its main states, one after the other."""
    yield "home"
    ask(page, SAMPLE)
    yield "answer"
    page.locator("a.mark").first.focus()
    page.locator("a.mark").first.press("Enter")
    page.locator("#reader mark.lit").first.wait_for()
    yield "panel"
    page.locator("#reader .close").click()
    ask(page, MISSING)
    yield "not found"
    page.locator("button.rate.down").last.click()
    page.locator("#opinion textarea").wait_for()
    yield "opinion"
    page.keyboard.press("Escape")
    page.locator("[data-do=history]").click()
    page.locator("#history .open").wait_for()
    yield "history"
    page.keyboard.press("Escape")
    page.locator("details.settings summary").click()
    yield "settings"
    page.keyboard.press("Escape")
    page.locator("#question textarea").fill(" ")
    page.locator("#ask").click()
    page.get_by_role("alert").wait_for()
    yield "hint"


@pytest.mark.skipif(not AXE.exists(), reason="accessibility is not tested: sh tests/browser/install.sh")
@pytest.mark.parametrize(
    ("size", "path", "scheme"), [((1280, 800), "", "light"), (PHONE, "?lang=en", "dark")], ids=["desktop", "phone"]
)
def test_axe_finds_nothing_serious_in_any_state(
    visit: Visit, ask: Ask, size: tuple[int, int], path: str, scheme: str
) -> None:
    page = visit(size, path, color_scheme=scheme, reduced_motion="reduce")
    found = {state: violations(page) for state in states(page, ask)}
    assert len(found) == 8
    assert {state: faults for state, faults in found.items() if faults} == {}
    for other in ("documents", f"{ARTICLE}?find=%E5%B0%B1%E4%B8%9A"):
        page.goto(page.url.split("?")[0] + other)
        assert violations(page) == []
        page.go_back()


def test_a_screen_reader_finds_its_way(visit: Visit, ask: Ask) -> None:
    page = visit()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.title() == "政策问答"
    assert page.get_by_role("heading", level=1).inner_text() == "政策问答"
    assert page.get_by_role("region", name="示例问题").count() == 1
    turn = ask(page, SAMPLE)
    page.wait_for_function(
        f"[...document.querySelectorAll('[role=status]')].some(e => e.innerText.includes('{DECREE}'))"
    )
    assert page.get_by_role("heading", name=SAMPLE).count() == 1
    assert turn.get_by_role("link", name="依据 1").count() >= 1
    assert turn.get_by_role("group", name="评价这个回答").count() == 1


def test_the_keyboard_is_enough(visit: Visit) -> None:
    """From the question to the cited words, a search in them, a rating, and back, without a mouse."""
    page = visit()
    press = page.keyboard.press
    page.keyboard.type(SAMPLE)  # the box has the focus from the start
    press("Enter")
    page.locator("#transcript .turn").wait_for()
    tab_to(page, "a.mark", "Shift+Tab")
    page.get_by_role("tooltip").wait_for()
    press("Escape")
    assert page.get_by_role("tooltip").is_hidden()
    press("Enter")
    page.locator("#reader mark.lit").first.wait_for()
    page.wait_for_function("document.activeElement.classList.contains('anchor')")
    press("Escape")
    assert page.evaluate("document.activeElement.matches('a.mark')")
    tab_to(page, "button.rate.up", "Tab")
    press("Enter")
    page.locator("#opinion textarea").wait_for()
    page.keyboard.type("很清楚")
    press("Tab")
    press("Tab")
    press("Enter")
    page.get_by_text("已收到，谢谢").wait_for()
    tab_to(page, ".suggestions button", "Tab")
    press("Enter")
    page.locator("#transcript .turn").nth(1).wait_for()


def tab_to(page: Any, selector: str, key: str) -> None:
    """Press a key until something has the focus, as somebody without a mouse does."""
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"{selector} cannot be reached")


def test_the_interface_changes_its_language_and_keeps_the_conversation(visit: Visit, ask: Ask) -> None:
    page = visit()
    ask(page, SAMPLE)
    for language, tag, button, badge in (
        ("繁體中文", "zh-Hant", "提問", "文件中有依據"),
        ("English", "en", "Ask", "Stated in the documents"),
        ("简体中文", "zh-CN", "提问", "文件中有依据"),
    ):
        page.locator("details.settings summary").click()
        with page.expect_navigation():
            page.get_by_role("link", name=language).click()
        page.locator("html[data-ready]").wait_for()
        page.locator("#transcript .turn").wait_for()
        assert page.evaluate("document.documentElement.lang") == tag
        assert page.locator("#ask").inner_text() == button
        assert page.locator("#transcript .badge").inner_text() == badge
        assert DECREE in page.locator("#transcript .answer").inner_text()
        page.goto(page.url.split("?")[0])  # the choice is remembered
        page.locator("html[data-ready]").wait_for()
        page.locator("#transcript .turn").wait_for()
        assert page.evaluate("document.documentElement.lang") == tag


def test_letters_grow_and_colours_change_and_stay_so(visit: Visit, ask: Ask) -> None:
    page = visit(PHONE)
    turn = ask(page, SAMPLE)
    size = "parseFloat(getComputedStyle(document.querySelector('#transcript .answer')).fontSize)"
    before = page.evaluate(size)
    page.locator("details.settings summary").click()
    page.get_by_role("button", name="特大").click()
    page.get_by_role("button", name="深色").click()
    assert page.evaluate(size) >= 1.4 * before
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.reload()
    page.locator("html[data-ready]").wait_for()
    turn.wait_for()
    assert page.evaluate(size) >= 1.4 * before
    page.wait_for_function("document.body.classList.contains('dark')")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto(page.url + ARTICLE)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    assert page.evaluate("document.documentElement.dataset.size") == "largest"


def test_paper_gets_the_answer_and_its_sources_without_buttons(visit: Visit, ask: Ask) -> None:
    page = visit()
    ask(page, SAMPLE)
    page.emulate_media(media="print")
    for hidden in ("#composer", ".tools", ".suggestions", "#reader", ".bar nav"):
        assert page.locator(hidden).first.is_hidden()
    assert page.locator(".cited blockquote").first.is_visible()
    assert DECREE in page.locator(".answer").inner_text()
