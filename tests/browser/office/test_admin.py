"""The administration as the staff meets it, in Chromium."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openpyxl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SignIn = Any  # the fixture of conftest.py
QUESTION = "青岭市学员每天的工作餐补助是多少钱？"
HOSTILE = "<img src=x onerror=alert(1)>"
NOTICE = (
    f"青岭市关于学员工作餐补助的通知{HOSTILE}\n\n"
    "2024年3月1日,青岭市人力资源局印发《工作餐补助办法》。参加职业技能培训的学员每天的工作餐补助是 23 元。\n"
)


def ask(address: str, question: str) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.post(f"{address}api/ask", json={"question": question}, timeout=60).json()
    return answer


def test_a_wrong_password_lets_nobody_in(visit: Any, is_accessible: Callable[[Page], None]) -> None:
    page = visit("admin")
    is_accessible(page)
    page.get_by_label("管理密码").fill("wrong-wrong")
    page.get_by_role("button", name="登录").click()
    assert page.get_by_role("alert").inner_text() == "密码不对。"
    page.goto(page.url.replace("sign-in", "settings"))
    assert page.get_by_label("管理密码").is_visible()
    assert len(visit.faults) == 1  # the browser says that the answer was a 403
    assert "403" in visit.faults.pop()


def test_an_uploaded_document_answers_and_a_removed_one_does_not(
    visit: Any, office: str, data_folder: Path, signed_in: SignIn, is_accessible: Callable[[Page], None]
) -> None:
    page = visit("admin")
    signed_in(page)
    is_accessible(page)
    page.get_by_label("选择文件").set_input_files(
        [
            {"name": "工作餐.txt", "mimeType": "text/plain", "buffer": NOTICE.encode()},
            {"name": f"坏的{HOSTILE}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"},
        ]
    )
    said: list[str] = []
    page.expose_function("heard", lambda text: said.append(text))  # noqa: PLW0108 - what is built in cannot be exposed
    page.evaluate("""new MutationObserver(() => window.heard(document.getElementById("sending").innerText))
        .observe(document.getElementById("sending"), {subtree: true, childList: true, attributes: true})""")
    page.get_by_role("button", name="上传并收入索引").click()
    page.get_by_role("heading", name="正在加入文件").wait_for()
    assert page.get_by_role("progressbar", name="正在更新索引").is_visible()
    assert any("已上传 100%" in text for text in said)
    page.get_by_text("新增 1 份").wait_for(timeout=120_000)
    failed = page.get_by_role("region", name="没有收入的文件").get_by_role("row").nth(1).inner_text()
    assert "坏的" in failed
    assert ".pdf" in failed
    is_accessible(page)
    assert page.locator("main img").count() == 0
    page.wait_for_timeout(1_500)  # the service takes up a new index within a second
    chat = visit("")
    chat.locator("html[data-ready]").wait_for()
    chat.locator("#question textarea").fill(QUESTION)
    chat.locator("#ask").click()
    turn = chat.locator("#transcript .turn")
    turn.wait_for()
    assert "23" in turn.locator(".words").inner_text()
    turn.locator("a.mark").first.click()
    assert "工作餐补助是 23 元" in chat.locator("#reader mark.lit").first.inner_text()
    assert chat.locator("#reader img").count() == 0
    page.get_by_role("checkbox", name="青岭市").check()
    page.get_by_role("button", name="移除所选").click()
    page.get_by_text("移除文件已完成").wait_for(timeout=120_000)
    assert page.get_by_text("移除 1 份").is_visible()
    assert list((data_folder / "uploads").glob("*.txt")) == []
    page.wait_for_timeout(1_500)
    assert "23" not in ask(office, QUESTION)["answer"]
    page.get_by_role("button", name="退出").click()
    page.get_by_label("管理密码").wait_for()


def test_what_was_asked_is_shown_and_opens_as_csv_and_xlsx(
    visit: Any, office: str, tmp_path: Path, signed_in: SignIn, is_accessible: Callable[[Page], None]
) -> None:
    for question in (f"=1+1 {HOSTILE} 是什么补贴？", "2018年国务院印发了什么文件？", "2018年国务院印发了什么文件？"):
        ask(office, question)
    page = visit("admin", color_scheme="dark")
    signed_in(page)
    page.get_by_role("link", name="提问统计").click()
    page.get_by_role("img", name="每天的提问数").wait_for()
    top = page.get_by_role("region", name="问得最多").get_by_role("row").nth(1).inner_text()
    assert "2018年国务院印发了什么文件？" in top
    assert page.locator("main img").count() == 0
    is_accessible(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="问得最多 CSV").click()
    started.value.save_as(tmp_path / "asked.csv")
    rows = list(csv.reader((tmp_path / "asked.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert any(row[0].startswith("'=1+1") for row in rows)
    with page.expect_download() as started:
        page.get_by_role("link", name="全部 XLSX").click()
    started.value.save_as(tmp_path / "all.xlsx")
    assert "问得最多" in openpyxl.load_workbook(tmp_path / "all.xlsx").sheetnames
    page.get_by_role("link", name="生效的设置").click()
    page.get_by_text("POLICY_WECOM_WEBHOOK_URL").wait_for()
    assert "top-secret-key" not in page.content()
    is_accessible(page)


def test_it_fits_a_phone(visit: Any, signed_in: SignIn) -> None:
    page = visit("admin", "phone")
    signed_in(page)
    for name in ("文件", "提问统计", "生效的设置"):
        page.get_by_role("navigation", name="管理页面").get_by_role("link", name=name).click()
        page.get_by_role("heading", level=1, name=name).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
