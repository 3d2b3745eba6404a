"""The report in a real Chromium: filtered, searched, opened, in both languages, on a phone, and with no network."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eval.report import scored, write_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
NASTY = "<img src=x onerror=document.title='broken'>"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for this module; its event loop must not outlive it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need: pip install playwright")
    executable = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if executable is None:
        pytest.skip("the browser tests need Chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def report(build: Any, tmp_path: Path) -> str:
    """Return the address of a report of 120 cases, of which two are wrong."""
    records: list[dict[str, Any]] = [{"turns": [f"第{number}问?"]} for number in range(120)]
    records[7] |= {"turns": ["先?", NASTY], "category": "odd", "evidence": ["国务院印发"], "facts": [["2018"]]}
    records[9] |= {"facts": [["没有的"]], "split": "dev"}
    questions = build.cases(tmp_path / "q.jsonl", *records)
    answer = build.answer(
        answer="2018年，国务院印发[1]。",
        citations=(build.citation("2018年，国务院印发"),),
        retrieved=(build.passage(build.document),),
    )
    wrong = build.answer(answer="印发 " + NASTY, retrieved=(build.passage("𠮷甲国务院印发乙"),))
    folder = build.run(
        questions,
        tmp_path / "run",
        build.assistant(lambda question: wrong if question.text == NASTY else answer),
    )
    write_pages(scored(folder))
    return (folder.path / "report.html").as_uri()


@pytest.fixture
def page(browser: Browser, report: str) -> Iterator[Page]:
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.complaints = []  # type: ignore[attr-defined]
    tab.on("console", lambda message: tab.complaints.append(message.text))  # type: ignore[attr-defined]
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))  # type: ignore[attr-defined]
    tab.on("request", lambda request: request.url == report or tab.complaints.append(request.url))  # type: ignore[attr-defined]
    tab.goto(report)
    yield tab
    assert tab.complaints == []  # type: ignore[attr-defined]
    tab.close()


def test_it_fits_a_phone_and_shows_what_went_wrong_first(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("details.case").count() == 2
    assert page.locator("#count").inner_text() == "2 / 120 个用例"


def test_filters_and_search(page: Page) -> None:
    page.select_option("#verdict", "all")
    assert page.locator("details.case").count() == 50
    page.click("#more")
    assert page.locator("details.case").count() == 120
    page.fill("#search", "第11")
    assert page.locator("details.case").count() == 11
    page.fill("#search", "")
    page.select_option("select[data-field=category]", "odd")
    assert page.locator("details.case").count() == 1
    page.select_option("select[data-field=category]", "")
    page.select_option("#measure", "answer_length")
    page.locator(".faults button", has_text="答案提取").click()
    assert page.input_value("#measure") == "answer_length", "the measure that is drawn is no filter"
    assert page.locator("#count").inner_text() == "2 / 120 个用例"


def test_a_case_opens_to_its_evidence_in_the_passage_and_nothing_in_it_is_markup(page: Page) -> None:
    page.fill("#search", "onerror")
    page.locator("details.case > summary").click()
    body = page.locator("details.case .body")
    assert NASTY in body.inner_text()
    assert page.locator(".body img").count() == 0
    assert "第 1 位" in body.inner_text()
    # offsets count characters, although 𠮷 is two units of UTF-16
    assert body.locator("ol mark.e").all_inner_texts() == ["国务院印发"]
    assert "应当" in body.inner_text()
    assert page.title() != "broken"


def test_everything_is_there_in_english(page: Page) -> None:
    page.click("#language")
    assert page.locator("h1").inner_text() == "Evaluation report"
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("#count").inner_text() == "2 of 120 cases"
    assert page.get_attribute("#search", "placeholder") == "Search questions, answers, ids"
    page.click("#language")
    assert page.locator("h1").inner_text() == "评测报告"


def test_another_measure_is_drawn_by_slice(page: Page) -> None:
    assert page.locator("[data-measure=answer_length]").is_hidden()
    page.select_option("#measure", "answer_length")
    assert page.locator("[data-measure=answer_length]").is_visible()
    assert page.locator("[data-measure=correct]").is_hidden()


def test_it_prints(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator("#controls").is_hidden()
    assert len(page.pdf()) > 10_000
