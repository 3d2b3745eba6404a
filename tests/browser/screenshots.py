"""Takes the pictures of the pages for docs/images: ``python tests/browser/screenshots.py``.

The service is started for it, on a new data directory; the statistics that it shows are made up, and the manual says so.
"""

from __future__ import annotations

import argparse
import io
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from conftest import FLAGS, running
from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
QUESTIONS = {"desktop": "请按时间顺序列出培训政策的出台过程", "phone": "2018年国务院印发了什么文件？"}
ENGLISH = "List the training policies in chronological order"
MISSING = "湖北的补贴标准是多少？"
DOCUMENT = "documents/hubei_vocational_training_2022-07-14.txt?find=就业"
ASKED = (QUESTIONS["phone"], MISSING, "哪些人属于重点群体？", QUESTIONS["phone"], "两目录一系统有什么用？", MISSING,
         "今天天气怎么样？", QUESTIONS["desktop"], QUESTIONS["phone"])  # fmt: skip
PASSWORD = "a-password-for-pictures"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
LARGEST = "localStorage.setItem('policy.size', '\"largest\"')"
GAP = 24


def main() -> None:
    """Take every main state."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--out", type=Path, default=IMAGES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), "app.py", POLICY_ADMIN_PASSWORD=PASSWORD) as address,
        sync_playwright() as driver,
    ):
        fill(Path(folder), address)
        browser = driver.chromium.launch(executable_path=options.chromium, args=FLAGS)
        pictures = Pictures(browser, address, options.out)
        for name in SIZES:
            pictures.chat(name)
            pictures.timeline(name)
        pictures.elsewhere()
        pictures.administration()
        browser.close()


def fill(folder: Path, address: str) -> None:
    """Ask some questions, rate an answer, and make up a month of counts."""
    for question in ASKED:
        answer = httpx.post(f"{address}api/ask", json={"question": question}, timeout=60).json()
        if question == MISSING:
            opinion = {"answer_id": answer["id"], "rating": "down", "comment": "想知道每人补多少钱"}
            httpx.post(f"{address}api/feedback", json=opinion)
    with sqlite3.connect(folder / "state.sqlite3") as database:
        for back in range(1, 30):
            day = time.strftime("%Y-%m-%d", time.localtime(time.time() - 86_400 * back))
            busy = 40 + (back * 37) % 53
            counts = {("status", "answered"): busy, ("status", "partial"): busy // 8, ("status", "not_found"): busy // 6,
                      ("status", "out_of_scope"): busy // 12, ("latency", "9"): busy, ("latency", "11"): busy // 4,
                      ("latency", "14"): busy // 9}  # fmt: skip
            rows = [(day, kind, value, count) for (kind, value), count in counts.items()]
            database.executemany("INSERT INTO daily_counts (day, kind, value, count) VALUES (?, ?, ?, ?)", rows)


class Pictures:
    """Takes pictures of the service at ``address``."""

    def __init__(self, browser: Browser, address: str, out: Path) -> None:
        self.browser, self.address, self.out = browser, address, out

    def page(self, size: str, path: str, *, letters: str = "", **options: Any) -> Page:
        """Open a page in a browser of its own."""
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        context = self.browser.new_context(viewport=viewport, locale="zh-CN", **options)
        if letters:
            context.add_init_script(letters)
        page = context.new_page()
        page.goto(self.address + path)
        return page

    def save(self, page: Page, name: str) -> None:
        """Save what is seen."""
        page.wait_for_timeout(1_000)  # until scrolling has ended
        compress(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), self.out / f"{name}.png")

    def chat(self, size: str) -> None:
        """Take the first page, an answer with the preview of a mark, its source, and a refusal."""
        page = self.page(size, "", has_touch=size == "phone")
        page.locator("#samples button").first.wait_for()
        self.save(page, f"home-{size}")
        ask(page, QUESTIONS[size], 0)
        page.wait_for_timeout(1_000)
        if size == "phone":
            page.locator("a.mark").first.tap()
        else:
            page.locator("a.mark").nth(4).hover()
        page.locator("#preview").wait_for()
        self.save(page, f"chat-{size}")
        if size == "phone":
            page.locator("#preview button").tap()
        else:
            page.locator("a.mark").first.click()
        page.locator("#reader mark.lit").first.wait_for()
        self.save(page, f"source-{size}")
        page.keyboard.press("Escape")
        ask(page, MISSING, 1)
        self.save(page, f"refusal-{size}")
        page.context.close()

    def timeline(self, size: str) -> None:
        """Take the timeline with a passage unfolded."""
        page = self.page(size, "timeline")
        page.locator("#e1 summary").click()
        page.mouse.move(0, 0)
        self.save(page, f"timeline-{size}")
        page.context.close()

    def elsewhere(self) -> None:
        """Take a document, English, and the dark; put three phones side by side."""
        page = self.page("desktop", DOCUMENT)
        page.locator("mark.lit").wait_for()
        page.evaluate("scrollTo(0, 0)")
        self.save(page, "document-desktop")
        page.goto(f"{self.address}?lang=en")
        page.locator("#samples button").first.wait_for()
        self.save(page, "english-desktop")
        page.context.close()
        page = self.page("desktop", "", color_scheme="dark")
        page.locator("#samples button").first.wait_for()
        ask(page, QUESTIONS["desktop"], 0)
        page.locator("a.mark").first.click()
        page.locator("#reader mark.lit").first.wait_for()
        self.save(page, "dark-desktop")
        page.context.close()
        page = self.page("phone", "", letters=LARGEST, color_scheme="dark")
        page.locator("#samples button").first.wait_for()
        ask(page, QUESTIONS["phone"], 0)
        self.save(page, "dark-phone")
        page.context.close()
        beside([self.out / f"{name}-phone.png" for name in ("chat", "source", "dark")], self.out / "phone.png")

    def administration(self) -> None:
        """Take the documents, with one that was added and one that could not be, and the statistics."""
        page = self.page("desktop", "admin")
        page.get_by_label("管理密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        notice = "青岭市关于学员工作餐补助的通知\n\n参加职业技能培训的学员每天的工作餐补助是 23 元。\n"
        files: list[Any] = [
            {"name": "工作餐补助.txt", "mimeType": "text/plain", "buffer": notice.encode()},
            {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"},
        ]
        page.get_by_label("选择文件").set_input_files(files)
        page.get_by_role("button", name="上传并收入索引").click()
        page.get_by_text("新增 1 份").wait_for(timeout=120_000)
        self.save(page, "admin-desktop")
        page.goto(f"{self.address}admin/statistics")
        self.save(page, "admin-statistics")
        page.context.close()


def ask(page: Page, question: str, before: int) -> None:
    """Ask, and wait for the answer to come into view."""
    page.locator("#question textarea").fill(question)
    page.locator("#ask").click()
    page.locator("#transcript .turn").nth(before).wait_for()


def beside(paths: list[Path], path: Path) -> None:
    """Put pictures side by side."""
    pictures = [Image.open(one).convert("RGB") for one in paths]
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, max(picture.height for picture in pictures)), "white")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + GAP
    compress(sheet, path)


def compress(picture: Image.Image, path: Path) -> None:
    """Save a picture in 256 colours, which suits text and plain surfaces."""
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
