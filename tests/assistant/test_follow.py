"""A service takes up what is written to its index while it runs; running answers finish where they began."""

from __future__ import annotations

import json
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from assistant.answer import Answer, Question, Status
from assistant.compose import build_assistant, embedder
from assistant.follow import FollowingAssistant
from assistant.service import Assistant
from knowledge import generation
from knowledge.build import add, remove
from knowledge.check import repair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

QUESTION = "供水补贴标准是多少？"


@pytest.fixture
def path(article_index_path: Path, tmp_path: Path) -> Path:
    """A copy of the article's index that a test may change."""
    return shutil.copytree(article_index_path, tmp_path / "index")


@pytest.fixture
def follow(path: Path) -> Iterator[Callable[..., FollowingAssistant]]:
    """Make assistants that look only when told, or as often as given; they are stopped after the test."""
    made: list[FollowingAssistant] = []

    def make(build: Callable[[], Assistant] | None = None, every: float = 3_600.0) -> FollowingAssistant:
        made.append(FollowingAssistant(path, build or (lambda: build_assistant(path)), every))
        return made[-1]

    yield make
    for assistant in made:
        assistant.close()


def add_notice(path: Path, folder: Path, amount: int = 120) -> None:
    row = {"id": "water", "title": "供水补贴通知", "text": f"供水补贴标准为每户每年{amount}元。"}
    (folder / "more.jsonl").write_text(json.dumps(row), encoding="utf-8")
    add(path, [str(folder / "more.jsonl")], embedder())


def told(assistant: Any) -> Answer:
    answer: Answer = assistant.ask(Question.of(QUESTION))
    return answer


def test_an_added_document_is_answered_from_without_a_restart(
    path: Path, tmp_path: Path, follow: Callable[..., FollowingAssistant]
) -> None:
    assistant = follow(every=0.05)
    assert told(assistant).status in {Status.NOT_FOUND, Status.OUT_OF_SCOPE}
    add_notice(path, tmp_path)
    deadline = time.monotonic() + 20
    while told(assistant).status is not Status.ANSWERED and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "120元" in told(assistant).answer
    assert [document.id for document in assistant.index.documents][-1] == "water"


def test_a_removed_document_no_longer_answers(
    path: Path, tmp_path: Path, follow: Callable[..., FollowingAssistant]
) -> None:
    add_notice(path, tmp_path)
    assistant = follow()
    assert told(assistant).status is Status.ANSWERED
    remove(path, ["water"], embedder())
    assert assistant.look()
    assert told(assistant).status is not Status.ANSWERED


def test_nothing_new_takes_up_nothing(follow: Callable[..., FollowingAssistant]) -> None:
    assistant = follow()
    before = assistant.index
    assert not assistant.look()
    assert assistant.index is before


class WaitingAssistant(Assistant):
    """Begins to answer, and goes on when it may."""

    begun, may_go_on = threading.Event(), threading.Event()

    def ask(self, question: Question) -> Answer:
        self.begun.set()
        assert self.may_go_on.wait(30)
        return super().ask(question)


def test_a_running_answer_finishes_on_the_index_it_began_on(
    path: Path, tmp_path: Path, follow: Callable[..., FollowingAssistant], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_notice(path, tmp_path)
    monkeypatch.setattr("assistant.compose.Assistant", WaitingAssistant)
    assistant = follow()
    old = assistant.index
    closed: list[bool] = []
    close = old.vectors.close
    monkeypatch.setattr(old.vectors, "close", lambda: (closed.append(True), close()))
    answers: list[Answer] = []
    running = threading.Thread(target=lambda: answers.append(told(assistant)))
    running.start()
    assert WaitingAssistant.begun.wait(30)
    monkeypatch.setattr("assistant.compose.Assistant", Assistant)
    add_notice(path, tmp_path, 150)
    assert assistant.look()
    assert "150元" in told(assistant).answer
    assert closed == []
    WaitingAssistant.may_go_on.set()
    running.join(30)
    assert "120元" in answers[0].answer
    assert closed == [True]


def test_an_index_that_cannot_be_opened_is_told_once_and_the_one_before_goes_on(
    path: Path,
    tmp_path: Path,
    follow: Callable[..., FollowingAssistant],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assistant = follow()
    add_notice(path, tmp_path)
    (generation.serving(path) / "catalogue.json").write_text("{", encoding="utf-8")
    assert [assistant.look() for _ in range(3)] == [False] * 3
    assert len([record for record in caplog.records if "index not taken up" in record.message]) == 1
    assert assistant.ask(Question.of("2018年国务院印发了什么文件？")).status is Status.ANSWERED
    repair(path, embedder())
    assert assistant.look()
    assert "120元" in told(assistant).answer
