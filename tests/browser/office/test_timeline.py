"""The policy history as a person meets it, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_dot_leads_to_its_passage_with_the_words_highlighted_in_view(visit: Callable[..., Page], size: str) -> None:
    page = visit("timeline", size)
    assert page.locator(".event mark").first.is_hidden()
    page.get_by_role("link", name="2019 年 国务院办公厅").click()
    mark = page.locator("details[open] mark")
    mark.wait_for()
    assert mark.inner_text() == "2019年,国务院办公厅印发《职业技能提升行动方案(2019—2021年)》。"
    page.wait_for_timeout(800)  # until scrolling has ended
    box = mark.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < (800 if size == "desktop" else 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    # By the keyboard: the event has the focus, and Enter closes it.
    page.keyboard.press("Enter")
    mark.wait_for(state="hidden")


def test_filters_and_the_table_go_together(visit: Callable[..., Page]) -> None:
    page = visit("timeline", "phone")
    page.get_by_label("年份").select_option("2018")
    page.get_by_role("button", name="筛选").click()
    page.get_by_text("2 条（全部 6 条）").wait_for()
    page.get_by_label("发文机关").select_option("国务院")
    page.get_by_role("button", name="筛选").click()
    page.get_by_text("1 条（全部 6 条）").wait_for()
    page.get_by_role("link", name="表格").click()
    row = page.get_by_role("row").first  # on a phone the row of headings is left out
    assert "关于推行终身职业技能培训制度的意见" in row.inner_text()
    row.get_by_text("看原文").click()
    assert row.locator("mark").inner_text().startswith("2018年,国务院印发")
    page.get_by_role("link", name="显示全部").click()
    page.get_by_text("共 6 条").wait_for()
    assert page.get_by_role("row").count() == 6


def test_without_a_script_everything_can_be_read(visit: Callable[..., Page]) -> None:
    page = visit("timeline", java_script_enabled=False)
    page.locator("#e3 summary").click()
    assert page.locator("#e3 mark").is_visible()
