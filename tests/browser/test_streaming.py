"""Answers that take their time: what is certain is shown as it comes, can be stopped, and is not lost when one leaves."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

Visit = Any  # the fixtures of conftest.py
LIST = "请按时间顺序列出培训政策的出台过程"


def begin(page: Any, question: str = LIST) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    page.locator("#live .pending").wait_for()


def test_sentences_come_one_after_the_other_and_their_marks_become_links_at_the_end(visit_paced: Visit) -> None:
    page = visit_paced()
    begin(page)
    assert page.locator("#live .asked").inner_text() == LIST
    assert page.locator("#question textarea").input_value() == ""
    items = page.locator("#live .pending li")
    items.nth(0).wait_for()
    first = items.count()
    items.nth(first).wait_for()  # one more has come
    assert page.locator("#live a.mark").count() == 0
    page.locator("#question textarea").fill("下一个问题")  # may be written meanwhile
    page.locator("#transcript .turn").wait_for()
    assert page.locator("#transcript .words li").count() == 5
    assert page.locator("#transcript a.mark").count() >= 5
    assert page.locator("#live .turn").count() == 0
    assert page.locator("#question textarea").input_value() == "下一个问题"


def test_stop_keeps_what_was_said_and_offers_the_question_again(visit_paced: Visit) -> None:
    page = visit_paced()
    assert page.locator("#stop").is_hidden()
    begin(page)
    page.locator("#live .pending li").nth(1).wait_for()
    page.get_by_role("button", name="停止").click()
    page.locator("#live .stopped").wait_for()
    assert "已停止" in page.locator("#live .badge").inner_text()
    assert 1 <= page.locator("#live li").count() < 5
    assert page.locator("#stop").is_hidden()
    page.wait_for_timeout(1_500)  # nothing comes after it
    assert page.locator("#transcript .turn").count() == 0
    page.get_by_role("button", name="再问一次").click()
    page.locator("#transcript .turn").wait_for()
    assert page.locator("#transcript .words li").count() == 5


def test_a_second_question_waits_in_its_box_while_the_first_is_answered(visit_paced: Visit) -> None:
    page = visit_paced()
    begin(page)
    page.locator("#question textarea").fill("那2019年呢？")
    page.locator("#question textarea").press("Enter")
    page.get_by_role("alert").wait_for()
    assert "还在回答" in page.get_by_role("alert").inner_text()
    assert page.locator("#question textarea").input_value() == "那2019年呢？"
    page.locator("#transcript .turn").wait_for()
    assert page.locator("#transcript .turn").count() == 1


def test_who_leaves_before_the_answer_finds_the_question_again(visit_paced: Visit) -> None:
    page = visit_paced()
    begin(page)
    page.reload()
    page.locator("html[data-ready]").wait_for()
    page.get_by_text("还没有答完").wait_for()
    assert page.locator("#question textarea").input_value() == LIST
    page.reload()
    page.locator("html[data-ready]").wait_for()
    page.wait_for_timeout(300)
    assert page.locator("#question textarea").input_value() == ""  # told once


def test_a_new_conversation_stops_the_answer_of_the_old_one(visit_paced: Visit) -> None:
    page = visit_paced()
    begin(page)
    page.locator("#live .pending li").first.wait_for()
    page.get_by_role("button", name="新对话").click()
    page.locator("#samples button").first.wait_for()
    page.wait_for_timeout(1_500)
    assert page.locator(".turn").count() == 0
    assert page.locator("#samples").is_visible()
