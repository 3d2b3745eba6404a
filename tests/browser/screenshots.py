"""Takes the pictures of the page for docs/images. By hand: ``make run``, then ``python tests/browser/screenshots.py``."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
QUESTIONS = {"desktop": "请按时间顺序列出培训政策的出台过程", "phone": "2018年国务院印发了什么文件？"}
MISSING = "湖北的补贴标准是多少？"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Take the home page, an answer and a refusal at both sizes."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:7860/")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--out", type=Path, default=IMAGES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=options.chromium, args=FLAGS)
        for name, (width, height) in SIZES.items():
            take(browser, options, name, width, height)
        browser.close()


def take(browser: Browser, options: argparse.Namespace, name: str, width: int, height: int) -> None:
    """Take the pictures of one size."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.goto(options.address)
    page.locator("#samples button").first.wait_for()
    save(page, options.out / f"home-{name}.png")
    ask(page, QUESTIONS[name], 0)
    save(page, options.out / f"chat-{name}.png")
    ask(page, MISSING, 1)
    save(page, options.out / f"refusal-{name}.png")
    context.close()


def ask(page: Page, question: str, before: int) -> None:
    """Ask, and wait for the answer to come into view."""
    page.get_by_label("您的问题").fill(question)
    page.get_by_role("button", name="提问").click()
    page.locator("#transcript .turn:not(.pending)").nth(before).wait_for()


def save(page: Page, path: Path) -> None:
    """Save a picture in 256 colours, which suits text and plain surfaces."""
    page.wait_for_timeout(1_000)  # until scrolling has ended
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
