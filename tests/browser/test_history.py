"""Conversations outlive a reload, stand side by side, can be deleted, and never mix; opinions reach the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

Visit = Any  # the fixtures of conftest.py
Ask = Callable[[Any, str], Any]
SAMPLE = "2018年国务院印发了什么文件？"
OTHER = "哪些人属于重点群体？"


def questions(page: Any) -> list[str]:
    return [str(text) for text in page.locator("#transcript .asked").all_inner_texts()]


def reload(page: Any) -> None:
    page.reload()
    page.locator("html[data-ready]").wait_for()


def test_a_conversation_is_there_again_after_a_reload_and_goes_on(visit: Visit, ask: Ask) -> None:
    page = visit()
    ask(page, SAMPLE)
    reload(page)
    page.locator("#transcript .turn").wait_for()
    assert questions(page) == [SAMPLE]
    assert "职业技能提升行动" in ask(page, "那2019年呢？").locator(".answer").inner_text()
    assert page.locator("#transcript .turn").count() == 2


def test_conversations_stand_side_by_side_and_can_be_deleted(visit: Visit, ask: Ask) -> None:
    page = visit()
    ask(page, SAMPLE)
    page.get_by_role("button", name="新对话").click()
    page.locator("#samples button").first.wait_for()
    ask(page, OTHER)
    assert questions(page) == [OTHER]
    page.get_by_role("button", name="历史对话").click()
    entries = page.locator("#history .open span")
    assert entries.all_inner_texts() == [OTHER, SAMPLE]
    entries.nth(1).click()
    page.wait_for_function(f"document.querySelector('#transcript .asked')?.innerText === {json.dumps(SAMPLE)}")
    page.get_by_role("button", name="历史对话").click()
    page.get_by_role("button", name=f"删除对话：{SAMPLE}").click()
    page.locator("#samples button").first.wait_for(state="attached")
    page.wait_for_function("document.querySelectorAll('#history .open').length === 1")
    page.get_by_role("button", name="全部删除").click()
    assert page.locator("#history .open").count() == 1  # asked whether that is meant
    page.get_by_role("button", name="确定要删除").click()
    page.get_by_text("还没有历史对话").wait_for()
    page.get_by_role("button", name="关闭").click()
    assert page.locator("#transcript .turn").count() == 0
    reload(page)
    assert page.locator("#samples").is_visible()


def test_what_a_browser_remembers_can_be_anything(visit: Visit, ask: Ask) -> None:
    page = visit()
    hostile = [{"id": "x" * 300, "title": "<img src=x onerror=alert(1)>", "time": 9e15}, {"id": 7}, None, "x"]
    page.evaluate(
        "(kept) => { localStorage.setItem('policy.conversations', kept); localStorage.setItem('policy.theme', '7');"
        "localStorage.setItem('policy.size', '{'); sessionStorage.setItem('policy.current', '\"unknown\"'); }",
        json.dumps(hostile),
    )
    reload(page)
    page.get_by_role("alert").wait_for()
    assert "已经过期或被删除" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="历史对话").click()
    assert page.locator("#history .open span").all_inner_texts() == ["<img src=x onerror=alert(1)>"]
    page.keyboard.press("Escape")
    ask(page, SAMPLE)


def test_another_persons_conversation_cannot_be_opened_by_guessing(visit: Visit, ask: Ask) -> None:
    page = visit()
    ask(page, SAMPLE)
    page.evaluate("sessionStorage.setItem('policy.current', '\"AAAAAAAAAAAAAAAAAAAAAA\"')")
    reload(page)
    page.get_by_role("alert").wait_for()
    assert page.locator("#transcript .turn").count() == 0


def test_an_opinion_with_a_comment_is_kept(visit: Visit, ask: Ask) -> None:
    page = visit()
    turn = ask(page, SAMPLE)
    sent: list[dict[str, Any]] = []
    page.on("request", lambda request: sent.append(request.post_data_json) if "feedback" in request.url else None)
    turn.get_by_role("button", name="没用").click()
    page.get_by_label("哪里不对？（可以不填）").fill("<img src=x onerror=alert(1)> 没有写文号")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("已收到，谢谢").wait_for()
    assert turn.get_by_role("button", name="没用").get_attribute("aria-pressed") == "true"
    assert [(one["rating"], one.get("comment")) for one in sent] == [
        ("down", None),
        ("down", "<img src=x onerror=alert(1)> 没有写文号"),
    ]
    # It is in the database: the page that comes after a reload shows it as given.
    reload(page)
    page.locator("#transcript .turn").wait_for()
    assert page.get_by_role("button", name="没用").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("button", name="有用").get_attribute("aria-pressed") == "false"


def test_an_opinion_that_cannot_be_sent_is_said_so(visit: Visit, ask: Ask) -> None:
    page = visit()
    turn = ask(page, SAMPLE)
    page.route("**/api/feedback", lambda route: route.abort())
    turn.get_by_role("button", name="有用").click()
    page.get_by_text("没能提交").wait_for()
    assert turn.get_by_role("button", name="有用").get_attribute("aria-pressed") == "false"
    visit.faults.clear()  # that the browser says so too is what was wanted
