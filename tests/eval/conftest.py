"""Builders of cases, answers and runs for the tests of the evaluation."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from assistant.answer import Answer, Citation, Question, Retrieved, Status
from eval import dataset
from eval.case import Case
from eval.folder import RunFolder
from eval.outcome import Outcome
from eval.run import Options, run

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

DOCUMENT = "2018年，国务院印发《关于推行终身职业技能培训制度的意见》。2019年，国务院办公厅印发《行动方案》。"


def a_case(**fields: Any) -> Case:
    return Case(**{"id": "c", "category": "history", "turns": ("哪年印发?",), "answerable": True} | fields)


def a_citation(quote: str, start: int | None = None, doc_id: str = "d") -> Citation:
    at = DOCUMENT.index(quote) if start is None else start
    return Citation(doc_id, "题目", at, at + len(quote), quote)


def an_answer(status: str = "answered", answer: str = "", **fields: Any) -> Answer:
    return Answer("a", Status(status), answer, **fields)


def an_outcome(case: Case, answer: Answer) -> Outcome:
    return Outcome(case, answer, {"d": DOCUMENT})


def a_passage(text: str, doc_id: str = "d") -> Retrieved:
    return Retrieved(doc_id, 0, len(text), text, 1.0)


def write_cases(path: Path, *records: dict[str, Any]) -> Path:
    """Write a question set; fields that a record does not name get those of a plain answerable case."""
    plain = {"category": "history", "turns": ["哪年印发?"], "answerable": True, "facts": [["2018"]], "evidence": []}
    lines = [json.dumps({"id": f"c{number}"} | plain | record) for number, record in enumerate(records)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class FakeAssistant:
    """Says of each question what it was told to; a question it was told nothing of raises."""

    index = None

    def __init__(self, said: dict[str, Answer] | Callable[[Question], Answer]) -> None:
        self.said = said if callable(said) else lambda question: said[question.text]  # type: ignore[index]
        self.asked: list[Question] = []

    def asker(self) -> FakeAssistant:
        return self

    def index_manifest(self) -> dict[str, Any]:
        return {"encoder": "none", "passages": 1}

    def settings(self) -> dict[str, Any]:
        return {"POLICY_DATA_DIR": "var", "POLICY_LLM_API_KEY": "sk-very-secret"}

    def parameters(self) -> dict[str, Any]:
        return {}

    def documents(self) -> dict[str, str]:
        return {"d": DOCUMENT}

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.said(question)

    def texts(self, doc_ids: Collection[str]) -> dict[str, str]:
        return {doc_id: DOCUMENT for doc_id in doc_ids if doc_id == "d"}


@contextlib.contextmanager
def silent(_total: int, _done: int, _accuracy: Any) -> Iterator[Callable[..., None]]:
    yield lambda **_: None


def make_run(questions: Path, out: Path, assistant: FakeAssistant, **options: Any) -> RunFolder:
    folder = RunFolder(out)
    run(dataset.read(questions), assistant, folder, Options(**options), silent)
    return folder


class Builders:
    """What the test files build their cases from."""

    case = staticmethod(a_case)
    citation = staticmethod(a_citation)
    answer = staticmethod(an_answer)
    outcome = staticmethod(an_outcome)
    passage = staticmethod(a_passage)
    cases = staticmethod(write_cases)
    run = staticmethod(make_run)
    silent = staticmethod(silent)
    assistant = FakeAssistant
    document = DOCUMENT


@pytest.fixture
def build() -> type[Builders]:
    """Return the builders."""
    return Builders
