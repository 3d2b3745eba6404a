"""The cases of a run as JUnit XML, which CI systems show: a suite for each category, a failure for each wrong case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from eval.fault import LABELS, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.outcome import Outcome
    from eval.report import Report

# What XML 1.0 cannot hold, in whatever form it is written.
_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def document(report: Report) -> Iterator[bytes]:
    """Yield junit.xml piece by piece; a case without a verdict is skipped, one that raised is an error."""
    suites: dict[str, Element] = {}
    for outcome, right, fault in report.judged():
        category = _clean(outcome.case.category)
        suite = suites.setdefault(category, Element("testsuite", name=category))
        _add(suite, outcome, fault, right=right)
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="eval">\n'
    for suite in suites.values():
        for name, kind in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(name, str(sum(1 for _ in suite.iter(kind))))
        suite.set("time", f"{sum(float(case.get('time', 0)) for case in suite):.3f}")
        yield tostring(suite, encoding="utf-8") + b"\n"
    yield b"</testsuites>\n"


def _add(suite: Element, outcome: Outcome, fault: Fault | None, *, right: bool | None) -> None:
    case, answer = outcome.case, outcome.answer
    name = f"{case.id} {case.turns[-1]}"
    seconds = f"{answer.latency_ms / 1000:.3f}"
    entry = SubElement(suite, "testcase", classname=suite.get("name", ""), name=_clean(name), time=seconds)
    if outcome.failed:
        SubElement(entry, "error", message=_clean(answer.error or "出错")).text = _clean(answer.answer)
    elif right is False:
        told = "\n".join(" / ".join(fact) for fact in case.facts)
        message = LABELS[fault].zh if fault else "答错"
        text = f"回答：{answer.answer}\n状态：{answer.status.value}\n要点：{told}"
        SubElement(entry, "failure", message=message).text = _clean(text)
    elif right is None:
        SubElement(entry, "skipped", message="没有要点可判")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("�", text)
