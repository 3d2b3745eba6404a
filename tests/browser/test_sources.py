"""Every answer can be checked with one press: the cited words, and the whole document with them marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]  # the fixtures of conftest.py
Ask = Callable[[Any, str], Any]
SAMPLE = "2018年国务院印发了什么文件？"
SENTENCE = "2018年,国务院印发《关于推行终身职业技能培训制度的意见》"
TITLE = "湖北:推动职业技能培训高质量发展 为技能型社会建设培养劳动者大军"
ARTICLE = "documents/hubei_vocational_training_2022-07-14.txt"
PHONE = (390, 844)
IN_VIEW = """() => { const box = document.querySelector('#reader mark.lit').getBoundingClientRect();
                     return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth; }"""


def test_a_mark_shows_its_words_and_opens_them_in_the_whole_document(visit: Visit, ask: Ask) -> None:
    page = visit(reduced_motion="reduce")
    mark = ask(page, SAMPLE).locator("a.mark").first
    page.wait_for_function("document.querySelector('#transcript .turn').getBoundingClientRect().top < 60")
    page.wait_for_timeout(200)  # the answer comes into view, which may take the mark from under the mouse
    mark.hover()
    assert SENTENCE in page.get_by_role("tooltip").inner_text()
    assert "政策体系" in page.get_by_role("tooltip").inner_text()
    mark.click()
    assert page.get_by_role("tooltip").is_hidden()
    reader = page.locator("#reader")
    reader.locator("mark.lit").first.wait_for()
    assert SENTENCE in reader.locator("mark.lit").first.inner_text()
    page.wait_for_function(IN_VIEW)
    # The whole document, with its headings, and the words stand under theirs.
    text = reader.locator(".text").inner_text()
    assert "技能是强国之基" in text
    assert "谱写新时代" in text
    headings = reader.locator(".text :is(h2, h3)").all_inner_texts()
    assert any("政策体系不断健全" in heading for heading in headings)
    assert reader.locator(".outline a").count() == len(headings)
    # Beside the answer, which stays in reach: another question can be asked meanwhile.
    assert page.locator("#ask").is_visible()
    page.keyboard.press("Escape")
    assert reader.is_hidden()
    assert page.evaluate("document.activeElement.classList.contains('mark')")
    assert page.url.endswith("/")


def test_what_a_mark_says_stays_beside_it_while_the_page_moves(visit: Visit, ask: Ask) -> None:
    page = visit(PHONE, has_touch=True, is_mobile=True)
    mark = ask(page, SAMPLE).locator("a.mark").first
    mark.tap()
    page.evaluate("scrollBy(0, -30)")
    page.wait_for_timeout(200)
    preview, place = page.get_by_role("tooltip").bounding_box(), mark.bounding_box()
    assert preview is not None
    assert place is not None
    gaps = (place["y"] - preview["y"] - preview["height"], preview["y"] - place["y"] - place["height"])
    assert 0 <= max(gaps) <= 16
    page.evaluate("document.body.style.paddingBottom = '3000px'")
    page.evaluate("scrollBy(0, 2500)")
    page.get_by_role("tooltip").wait_for(state="hidden")


def test_a_finger_sees_the_words_first_and_then_the_document(visit: Visit, ask: Ask) -> None:
    page = visit(PHONE, has_touch=True, is_mobile=True)
    mark = ask(page, SAMPLE).locator("a.mark").first
    mark.tap()
    preview = page.get_by_role("tooltip")
    assert SENTENCE in preview.inner_text()
    assert page.locator("#reader").is_hidden()
    box = preview.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    preview.get_by_role("button").tap()
    page.locator("#reader mark.lit").first.wait_for()
    page.wait_for_function(IN_VIEW)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.get_by_role("button", name="关闭").tap()
    assert page.locator("#reader").is_hidden()


def test_several_citations_are_numbered_in_one_document(visit: Visit, ask: Ask) -> None:
    page = visit()
    turn = ask(page, "请按时间顺序列出培训政策的出台过程")
    turn.locator("a.mark", has_text="[3]").first.click()
    lit = page.locator("#reader mark.lit")
    lit.first.wait_for()
    assert "2019年" in lit.first.inner_text()
    numbers = page.locator("#reader .anchor").all_inner_texts()
    assert numbers[:4] == ["1", "2", "3", "4"]
    assert set(numbers) == {mark.strip("[]") for mark in turn.locator("a.mark").all_inner_texts()}
    turn.locator("a.mark", has_text="[1]").first.click()
    page.wait_for_function("document.querySelector('#reader mark.lit').innerText.includes('2017年')")


def test_the_panel_can_be_searched_and_keeps_its_marks(visit: Visit, ask: Ask) -> None:
    page = visit()
    ask(page, SAMPLE).locator("a.mark").first.click()
    reader = page.locator("#reader")
    reader.locator("mark.lit").first.wait_for()
    reader.get_by_role("searchbox").fill("就業")
    reader.get_by_role("button", name="查找").click()
    reader.locator("mark.found").first.wait_for()
    count = reader.locator("mark.found").count()
    assert count > 10
    page.wait_for_function(f"document.querySelector('#reader .count').textContent === '1 / {count}'")
    reader.get_by_role("button", name="下一处").click()
    assert reader.locator(".count").inner_text() == f"2 / {count}"
    assert SENTENCE in "".join(reader.locator("mark.cited").all_inner_texts())


def test_a_document_has_a_page_with_outline_search_and_its_own_question(visit: Visit) -> None:
    page = visit(path=ARTICLE)
    assert page.get_by_role("heading", level=1).inner_text() == TITLE
    page.locator(".outline a", has_text="大规模高质量开展职业技能培训").click()
    page.wait_for_function(
        "[...document.querySelectorAll('.text h3')].some(h => h.innerText.includes('大规模') "
        "&& h.getBoundingClientRect().top >= 0 && h.getBoundingClientRect().top < 300)"
    )
    page.get_by_role("searchbox").fill("火星")
    page.get_by_role("button", name="查找").click()
    page.get_by_text("没有找到「火星」").wait_for()
    page.get_by_role("textbox", name="只就这份文件提问").fill(SAMPLE)
    page.get_by_role("button", name="提问").click()
    page.locator("#transcript .turn").wait_for()
    assert TITLE in page.locator(".only").inner_text()
    assert "q=" not in page.url
    assert "doc=" in page.url
    page.get_by_role("button", name="改回在全部文件里找").click()
    assert page.locator(".only").is_hidden()
    assert "doc=" not in page.url


def test_the_panel_offers_to_ask_about_its_document_alone(visit: Visit, ask: Ask) -> None:
    page = visit()
    ask(page, SAMPLE).locator("a.whole").first.click()
    page.locator("#reader .reading").wait_for()
    page.get_by_role("button", name="只问这份文件").click()
    assert TITLE in page.locator(".only").inner_text()
    turn = ask(page, "重点实施哪三类培训？")
    assert "岗位技能提升培训" in turn.locator(".answer").inner_text()


def test_the_first_page_and_the_list_name_the_documents(visit: Visit) -> None:
    page = visit()
    shelf = page.locator(".shelf")
    assert TITLE in shelf.inner_text()
    assert "2022-07-14" in shelf.inner_text()
    assert "个段落" in shelf.inner_text()
    page.get_by_role("link", name="收录文件").click()
    page.get_by_role("searchbox").fill("技能型社会")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name=TITLE).click()
    assert page.get_by_role("heading", level=1).inner_text() == TITLE


def words_of(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_an_answer_is_copied_with_its_citations(visit: Visit, ask: Ask) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, SAMPLE).get_by_role("button", name="复制回答和依据").click()
    page.get_by_text("已复制").wait_for()
    copied = words_of(page)
    assert copied.startswith(f"问：{SAMPLE}\n\n答：《关于推行终身职业技能培训制度的意见》[1]。")
    assert f"[1] 「{SENTENCE}" in copied
    assert f"—— {TITLE} › " in copied
