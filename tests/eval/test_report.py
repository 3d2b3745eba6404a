"""Figures by slice for programs, tables and pages for people."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from eval.report import scored, write_metrics, write_pages
from eval.scores import MEASURES
from eval.table import Table, headline

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
    """Collects what a page asks a browser to load or run, its text and its data."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = self.data = ""
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = "data" if ("id", "data") in attrs else tag
        self.links += [value or "" for name, value in attrs if name in {"src", "href"} or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self.inside == "data":
            self.data += data
        elif self.inside not in {"style", "script"}:
            self.text += data


def test_the_page_is_self_contained_and_nothing_of_a_case_is_markup(report: Report) -> None:
    write_pages(report)
    source = (report.folder.path / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(source)
    assert not {*page.tags} & {"link", "img", "iframe", "base", "object"}
    assert page.tags.count("script") == 3, "the data and two scripts of ours"
    assert page.links == []
    assert "url(" not in source
    assert "http:" not in source.replace("http-equiv", "")
    assert "https:" not in source
    assert "<script>alert" not in source
    assert "default-src &#x27;none&#x27;" in source
    cases = json.loads(page.data)["cases"]
    assert [(case["id"], case["ok"], case["fault"]) for case in cases] == [
        ("c0", True, None),
        ("c1", False, "conversation"),
        ("c2", True, None),
        ("c3", False, "error"),
    ]
    assert NASTY in cases[1]["turns"]
    assert "KeyError" in cases[3]["error"]


def test_a_case_shows_what_was_found_where(report: Report) -> None:
    write_pages(report)
    page = Page()
    page.feed((report.folder.path / "report.html").read_text(encoding="utf-8"))
    data = json.loads(page.data)
    case = data["cases"][0]
    assert case["evidence"] == [["国务院印发", 1, True]]
    assert case["facts"] == [["2018", True]]
    assert case["answer_spans"] == [[0, 4, "f"]], "2018 of 2018年，国务院印发[1]。"
    assert case["citations"] == [["题目", "2018年，国务院印发", [[6, 11, "e"]]]]
    ((number, score, spans),) = case["retrieved"]
    assert data["passages"][number] == ["题目", "国务院印发"]
    # the passage begins at the start of the document, so the citation of its first eleven characters covers all of it
    assert (score, spans) == (1.0, [[0, 5, "e"], [0, 5, "c"]])


def test_every_word_of_the_page_is_there_in_both_languages(report: Report) -> None:
    write_pages(report)
    source = (report.folder.path / "report.html").read_text(encoding="utf-8")
    assert source.count('class="zh"') == source.count('class="en"') > 50
    assert 'id="language"' in source


def test_junit_has_a_suite_for_each_category_and_says_what_is_wrong(report: Report) -> None:
    write_pages(report)
    suites = {suite.get("name"): suite for suite in ET.parse(report.folder.path / "junit.xml").getroot()}
    assert [suites[name].get("tests") for name in ("history", NASTY, "amounts")] == ["1", "1", "2"]
    assert suites["history"].get("failures") == "0"
    assert suites[NASTY].get("failures") == "1"
    (error,) = suites["amounts"].iter("error")
    assert "KeyError" in error.get("message", "")


def test_small_slices_are_marked(report: Report) -> None:
    assert "* 少于 30 个用例" in report.summary()
    assert "overall" in report.to_json()["too_small"]


def test_the_markdown_keeps_the_words_of_cases_from_being_markup(report: Report) -> None:
    write_pages(report)
    lines = (report.folder.path / "report.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("# ")] == ["# 评测报告"]
    assert not [line for line in lines if line.startswith("<script")]
    widths = {line.replace("\\|", "").count("|") for line in lines if line.startswith("|")}
    told = len(headline(report.scores))
    assert widths == {told + 3, 5, 3}, "a bar in a name does not add a column"


def test_the_summary_names_slices_and_failures(report: Report) -> None:
    summary = report.summary()
    for words in ("总体", "类别 amounts", "划分 dev", "多轮", "不可回答", "依据被引率", "有 1 个用例出错", "程序出错"):
        assert words in summary


def test_columns_align_although_ideographs_are_two_columns_wide() -> None:
    table = Table(("", "值"), (("总体", "1.0"), ("ab", "10.0")))
    assert table.plain() == "        值\n总体   1.0\nab    10.0"
    assert table.markdown() == "|  | 值 |\n| --- | ---: |\n| 总体 | 1.0 |\n| ab | 10.0 |"


def test_every_measure_says_what_it_is() -> None:
    names = [str(measure) for measure in MEASURES]
    assert len(set(names)) == len(names)
    for measure in MEASURES:
        assert measure.source
        assert all((*measure.label, *measure.definition))
        assert repr(measure) == measure.name
        assert measure.better(0.0) is None


def test_cases_are_grouped_by_any_field(build: Any, tmp_path: Path) -> None:
    records = [{"难度": "难" if number % 2 else "易", "note": f"第 {number} 个"} for number in range(6)]
    questions = build.cases(tmp_path / "q.jsonl", *records)
    report = scored(build.run(questions, tmp_path / "run", build.assistant(lambda _: build.answer(answer="2018"))))
    metrics = report.to_json()
    assert metrics["by_难度"]["难"]["correct"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 3}
    assert "by_note" not in metrics, "a field with a value for each case is no way of grouping"
