"""The pages beside the chat, for everybody: axe-core, the keyboard, a phone with the largest letters, paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]  # the fixtures of conftest.py
SignIn = Callable[[Any], None]
ARTICLE = "documents/hubei_vocational_training_2022-07-14.txt"
REACHABLE = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']"


@pytest.fixture(scope="session")
def answer(office: str) -> str:
    """The path of the page of an answer."""
    told = httpx.post(f"{office}api/ask", json={"question": "2018年国务院印发了什么文件？"}, timeout=60).json()
    return f"a/{told['id']}"


def opened(visit: Visit, signed_in: SignIn, site: str, paths: list[str], **options: Any) -> Iterator[tuple[str, Page]]:
    """Open one page after the other, signed in."""
    page = visit("admin", **options)
    signed_in(page)
    for path in paths:
        page.goto(site + path)
        yield path, page


def pages(answer: str) -> list[str]:
    return ["timeline#e2", "timeline?view=table", "documents", f"{ARTICLE}?find=就业", answer, "admin",
            "admin/statistics", "admin/settings"]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(
    visit: Visit, signed_in: SignIn, office: str, answer: str, is_accessible: Callable[[Page], None], scheme: str
) -> None:
    for _, page in opened(visit, signed_in, office, pages(answer), color_scheme=scheme):
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        is_accessible(page)
        page.locator("details.settings summary").click()
    is_accessible(page)  # with the choices of language, colours and letters open


def test_the_tab_key_reaches_everything_and_shows_where_it_is(
    visit: Visit, signed_in: SignIn, office: str, answer: str
) -> None:
    wanted = ["timeline", "timeline?view=table", ARTICLE, answer, "admin", "admin/statistics"]
    for path, page in opened(visit, signed_in, office, wanted):
        page.locator("details.settings").evaluate("element => element.open = true")
        count = page.evaluate(
            """(selector) => [...document.querySelectorAll(selector)]
                .filter(one => one.checkVisibility() && one.tabIndex >= 0)
                .map((one, number) => one.dataset.number = number).length""",
            REACHABLE,
        )
        assert count > 8
        seen, unseen = set(), []
        page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
        for _ in range(count + 3):
            page.keyboard.press("Tab")
            number, outline, name = page.evaluate(
                """() => { const one = document.activeElement; const style = getComputedStyle(one);
                    return [one.dataset.number, style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
                        one.outerHTML.slice(0, 100)]; }"""
            )
            if number is not None:
                seen.add(int(number))
                unseen += [] if outline >= 2 else [name]
        assert (path, sorted(set(range(count)) - seen), unseen) == (path, [], [])


def test_a_phone_with_the_largest_letters_shows_every_page_without_scrolling_sideways(
    visit: Visit, signed_in: SignIn, office: str, answer: str
) -> None:
    for path, page in opened(visit, signed_in, office, pages(answer), size="phone"):
        page.evaluate("localStorage.setItem('policy.size', '\"largest\"')")
        for language in ("zh-Hans", "en"):
            page.goto(f"{office}{path.split('#')[0]}{'&' if '?' in path else '?'}lang={language}")
            assert page.evaluate("document.documentElement.dataset.size") == "largest"
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, (path, language)
    page.locator("details.settings summary").click()
    box = page.locator(".choices").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_choices_of_one_page_hold_on_the_others(visit: Visit, office: str, answer: str) -> None:
    page = visit("timeline?year=2018")
    page.locator("details.settings summary").click()
    page.get_by_role("button", name="深色").click()
    page.get_by_role("button", name="大字").click()
    page.get_by_role("link", name="English").click()
    page.get_by_text("Entries: 2 of 6").wait_for()  # the filter stayed
    page.get_by_role("link", name="Documents").click()
    page.get_by_role("heading", name="Documents").wait_for()
    page.goto(office + answer)
    page.get_by_text("Stated in the documents").wait_for()
    assert page.evaluate("[document.documentElement.dataset.theme, document.documentElement.dataset.size]") == [
        "dark",
        "large",
    ]
    page.get_by_role("link", name="Ask", exact=True).click()
    page.locator("html[data-ready]").wait_for()
    assert page.locator("#ask").inner_text() == "Ask"
    assert "Which people belong to the key groups?" in page.locator("#samples").inner_text()


def test_a_point_of_the_timeline_leads_to_its_words_in_the_whole_document(visit: Visit) -> None:
    page = visit("timeline")
    page.get_by_role("link", name="2019 年 国务院办公厅").click()
    page.locator("details[open] a.whole").click()
    assert page.locator("mark.lit").inner_text().endswith("印发《职业技能提升行动方案(2019—2021年)》。")


def test_paper_gets_what_is_read_without_the_ways_to_it(visit: Visit, office: str, answer: str) -> None:
    page = visit("timeline")
    for path, kept in (("timeline", ".event time"), (answer, ".cited blockquote"), (ARTICLE, ".reading .text")):
        page.goto(office + path)
        page.emulate_media(media="print")
        for hidden in (".bar nav", ".bar .settings", ".filter", ".tabs", ".strip", ".reading form"):
            assert page.locator(hidden).first.is_hidden()
        assert page.locator(kept).first.is_visible()
