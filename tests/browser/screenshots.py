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
DOCUMENT = "documents/hubei_vocational_training_2022-07-14.txt?find=就业"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
GAP = 24


def main() -> None:
    """Take every main state at both sizes, and three of the phone side by side."""
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
        elsewhere(browser, options)
        browser.close()


def take(browser: Browser, options: argparse.Namespace, name: str, width: int, height: int) -> None:
    """Take the first page, an answer, its source and a refusal at one size."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.goto(options.address)
    page.locator("#samples button").first.wait_for()
    save(page, options.out / f"home-{name}.png")
    ask(page, QUESTIONS[name], 0)
    save(page, options.out / f"chat-{name}.png")
    page.locator("a.mark").first.click()
    page.locator("#reader mark.lit").first.wait_for()
    save(page, options.out / f"source-{name}.png")
    page.keyboard.press("Escape")
    ask(page, MISSING, 1)
    save(page, options.out / f"refusal-{name}.png")
    context.close()


def elsewhere(browser: Browser, options: argparse.Namespace) -> None:
    """Take a document, the page in English, and in the dark with the largest letters; put three phones side by side."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    page.goto(options.address + DOCUMENT)
    page.locator("mark.lit").wait_for()
    page.evaluate("scrollTo(0, 0)")
    save(page, options.out / "document-desktop.png")
    page.goto(f"{options.address}?lang=en")
    page.locator("#samples button").first.wait_for()
    ask(page, QUESTIONS["phone"], 0)
    save(page, options.out / "english-desktop.png")
    context.close()
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", color_scheme="dark")
    context.add_init_script("localStorage.setItem('policy.size', '\"largest\"')")
    page = context.new_page()
    page.goto(options.address)
    page.locator("#samples button").first.wait_for()
    ask(page, QUESTIONS["phone"], 0)
    save(page, options.out / "dark-phone.png")
    context.close()
    beside([options.out / f"{name}-phone.png" for name in ("chat", "source", "dark")], options.out / "phone.png")


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


def save(page: Page, path: Path) -> None:
    """Save what is seen."""
    page.wait_for_timeout(1_000)  # until scrolling has ended
    compress(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), path)


def compress(picture: Image.Image, path: Path) -> None:
    """Save a picture in 256 colours, which suits text and plain surfaces."""
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
