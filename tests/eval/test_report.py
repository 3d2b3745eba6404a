"""Figures by slice for programs, tables and pages for people."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from eval.report import scored, write_metrics, write_pages
from eval.scores import MEASURES
from eval.table import HEADLINE, Table

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answer import Answer, Question
    from eval.report import Report

NASTY = "<script>alert('1')</script> & | ` \"x\"\n# 标题"


@pytest.fixture
def report(build: Any, tmp_path: Path) -> Report:
    """Return a run of four cases: right, wrong, rightly refused, failed."""
    questions = build.cases(
        tmp_path / "q.jsonl",
        {"turns": ["对?"], "split": "dev", "evidence": ["国务院印发"]},
        {"turns": ["先?", NASTY], "split": "test", "facts": [[NASTY + "另"]], "category": NASTY, "evidence": [NASTY]},
        {"turns": ["补贴?"], "category": "amounts", "answerable": False, "facts": []},
        {"turns": ["坏?"], "category": "amounts"},
    )
    right = build.answer(
        answer="2018年，国务院印发[1]。",
        citations=(build.citation("2018年，国务院印发"),),
        retrieved=(build.passage("国务院印发"),),
        latency_ms=10.0,
    )
    wrong = build.answer(answer=NASTY + "\ud800", latency_ms=30.0)

    def said(question: Question) -> Answer:
        return {"对?": right, "先?": right, NASTY: wrong, "补贴?": build.answer("not_found", latency_ms=20.0)}[
            question.text
        ]

    return scored(build.run(questions, tmp_path / "run", build.assistant(said)))


def test_metrics_are_nested_by_slice_with_value_interval_and_count(report: Report) -> None:
    write_metrics(report)
    metrics = json.loads((report.folder.path / "metrics.json").read_bytes())
    assert metrics["overall"]["answer_accuracy"]["value"] == pytest.approx(1 / 3)  # right, wrong, failed
    assert metrics["overall"]["answer_accuracy"]["n"] == 3
    assert metrics["overall"]["correct"]["value"] == 0.5
    assert metrics["overall"]["evidence_in_citations"]["value"] == 0.5
    assert metrics["overall"]["citation_precision"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}
    assert metrics["overall"]["latency_p50"]["value"] < metrics["overall"]["latency_p95"]["value"] == 30.0
    assert set(metrics["by_category"]) == {"history", NASTY, "amounts"}
    assert metrics["by_category"]["amounts"]["correct"]["value"] == 0.5
    assert metrics["by_split"]["dev"]["answer_accuracy"]["value"] == 1.0
    assert metrics["by_script"] == {}
    assert metrics["by_answerable"]["false"]["refusal_recall"]["value"] == 1.0
    assert metrics["by_answerable"]["false"]["answer_accuracy"]["value"] is None
    assert metrics["by_turns"]["multi"]["correct"]["n"] == 1
    assert (metrics["cases"], metrics["failed"]) == (4, 1)
    assert metrics["throughput"]["cases_per_second"] > 0
    for measure in MEASURES:
        figure = metrics["overall"][measure.name]
        assert figure["n"] == 0 or figure["low"] <= figure["value"] <= figure["high"]
        assert metrics["measures"][measure.name]["direction"] in {"higher", "lower", "neither"}


def test_scoring_twice_gives_the_same_figures(report: Report) -> None:
    assert scored(report.folder).to_json() == report.to_json()


class Page(HTMLParser):
    """Collects what a page asks a browser to load or run, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [
            value or "" for name, value in attrs if name in {"src", "href", "style"} or name.startswith("on")
        ]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_self_contained_and_shows_wrong_cases_escaped(report: Report) -> None:
    write_pages(report)
    source = (report.folder.path / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(source)
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert page.links == []
    assert "url(" not in source
    assert page.text.count(NASTY) >= 4  # question, fact, evidence, answer
    assert "KeyError" in page.text
    assert "共 2 个" in page.text


def test_the_markdown_keeps_the_words_of_cases_from_being_markup(report: Report) -> None:
    write_pages(report)
    lines = (report.folder.path / "report.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("# ")] == ["# 评测报告"]
    assert not [line for line in lines if line.startswith("<script")]
    widths = {line.replace("\\|", "").count("|") for line in lines if line.startswith("|")}
    assert widths == {len(HEADLINE) + 3, 5}, "a bar in a name does not add a column"


def test_the_summary_names_slices_and_failures(report: Report) -> None:
    summary = report.summary()
    for words in ("总体", "类别 amounts", "划分 dev", "多轮", "不可回答", "依据被引率", "有 1 个用例出错"):
        assert words in summary


def test_columns_align_although_ideographs_are_two_columns_wide() -> None:
    table = Table(("", "值"), (("总体", "1.0"), ("ab", "10.0")))
    assert table.plain() == "        值\n总体   1.0\nab    10.0"
    assert table.markdown() == "|  | 值 |\n| --- | ---: |\n| 总体 | 1.0 |\n| ab | 10.0 |"


def test_every_measure_says_what_it_is() -> None:
    names = [str(measure) for measure in MEASURES]
    assert len(set(names)) == len(names)
    assert all(measure.label and measure.definition and measure.source for measure in MEASURES)
