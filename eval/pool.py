"""Cases in, answers out as they come: in this process, or in several.

Answering is Python and numpy and holds the interpreter's lock, so threads would take turns; each process composes
its own Assistant. Processes are spawned, as the libraries below start threads that do not survive a fork.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextvars import ContextVar
from dataclasses import replace
from multiprocessing import connection, get_context, parent_process
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from assistant.answer import Answer, Question, Status, Turn
from assistant.errors import AssistantError
from eval.errors import RunError
from eval.outcome import failed
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from eval.case import Case

_AHEAD = 4  # cases handed to each process beyond the one it works on


class Asker(Protocol):
    """Answers a question, keeping nothing of it."""

    def ask(self, question: Question) -> Answer:
        """Return the answer."""


class Subject(Protocol):
    """What is evaluated. It can be pickled, and builds its asker in each process that needs one."""

    @property
    def index(self) -> Path | None:
        """The index it answers from; None for the default one."""

    def index_manifest(self) -> Mapping[str, Any]:
        """Return what the index says of itself; opens it in any case."""

    def settings(self) -> Mapping[str, Any]:
        """Return what is set, by the names of the variables."""

    def parameters(self) -> Mapping[str, Any]:
        """Return what is changed beyond the settings."""

    def asker(self) -> Asker:
        """Return the asker, the same one every time."""

    def texts(self, doc_ids: Collection[str]) -> Mapping[str, str]:
        """Return the text of those of the documents that exist."""


_SUBJECTS: ContextVar[Sequence[Subject]] = ContextVar("subjects")


def answer_case(asker: Asker, case: Case) -> Answer:
    """Ask the turns of a case as one fresh conversation and return the answer to the last, under the case's id.

    Whatever is raised becomes an answer with ``error`` set; an error in an earlier turn ends the case.
    """
    history: tuple[Turn, ...] = ()
    for number, text in enumerate(case.turns, start=1):
        answer = _ask(asker, text, history)
        if number == len(case.turns):
            break
        if failed(answer):
            problem = f"第 {number} 轮出错：{answer.error or answer.status.value}"
            return Answer(case.id, Status.FAILED, "", latency_ms=answer.latency_ms, error=problem)
        history = (*history, Turn(text, answer))
    return replace(answer, id=case.id)


class Task(NamedTuple):
    """A case, and which of the subjects are to be asked it, in this order."""

    case: Case
    subjects: tuple[int, ...]


class Answered(NamedTuple):
    """The answer of one of the subjects to a case."""

    subject: int
    answer: Answer


def answers(tasks: Sequence[Task], subjects: Sequence[Subject], jobs: int) -> Iterator[Answered]:
    """Yield every answer, in the order in which they are ready.

    Raises RunError when a process cannot compose its Assistant or ends unexpectedly.
    """
    if jobs == 1 or len(tasks) <= 1:
        for task in tasks:
            yield from _answered(task, subjects)
        return
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_start, initargs=(tuple(subjects),))
    try:
        yield from _windowed(pool, tasks, jobs * (_AHEAD + 1))
    except BrokenProcessPool:
        raise RunError(
            "一个评测进程意外退出（可能是内存不足）。已完成的用例都已保存，请减小 --jobs 并加 --resume 继续"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _answered(task: Task, subjects: Sequence[Subject]) -> list[Answered]:
    return [Answered(number, answer_case(subjects[number].asker(), task.case)) for number in task.subjects]


def _windowed(pool: ProcessPoolExecutor, tasks: Sequence[Task], window: int) -> Iterator[Answered]:
    """Keep only so many cases under way, so that memory does not grow with the question set."""
    waiting = iter(tasks)
    under_way: set[Future[list[Answered]]] = set()
    while True:
        while len(under_way) < window and (task := next(waiting, None)) is not None:
            under_way.add(pool.submit(_answer_here, task))
        if not under_way:
            return
        done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            yield from future.result()


def _ask(asker: Asker, text: str, history: tuple[Turn, ...]) -> Answer:
    started = time.perf_counter()
    try:
        return asker.ask(Question.of(text, history=history))
    except Exception as error:  # noqa: BLE001  whatever the product under test raises is a finding, not the end
        spent = (time.perf_counter() - started) * 1_000
        return Answer("", Status.FAILED, "", latency_ms=spent, error=f"{type(error).__name__}: {error}")


def _start(subjects: Sequence[Subject]) -> None:
    """Prepare a worker: the interrupt key is the parent's affair, and a killed parent takes its workers along."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _SUBJECTS.set(subjects)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _answer_here(task: Task) -> list[Answered]:
    try:
        return _answered(task, _SUBJECTS.get())
    except (AssistantError, KnowledgeError) as error:
        raise RunError(str(error)) from None
