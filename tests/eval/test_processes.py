"""Real processes: several at work, and kills in the middle."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parents[2]
CASES = 40
ARTICLE_CASES = 80
SHIPPED = pytest.mark.skipif(find_spec("assistant.compose") is None, reason="there is no Assistant to run")

# A run over a stand-in that takes its time; the workers note who they are.
PROGRAM = """
import os, sys, time
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import Answer, Status
from eval import dataset
from eval.folder import RunFolder
from eval.run import Options, run
from eval.progress import shown

@dataclass(frozen=True)
class Slow:
    notes: Path
    seconds: float
    index = None

    def index_manifest(self):
        return {}

    def settings(self):
        return {}

    def parameters(self):
        return {}

    def asker(self):
        (self.notes / str(os.getpid())).touch()
        return self

    def ask(self, question):
        if question.text == "致命?":
            os._exit(9)
        time.sleep(self.seconds)
        return Answer("", Status.ANSWERED, "答" + question.text)

    def texts(self, doc_ids):
        return {}

if __name__ == "__main__":
    questions, out, notes, jobs, seconds = sys.argv[1:6]
    options = Options(jobs=int(jobs), resume="--resume" in sys.argv)
    run(dataset.read(Path(questions)), Slow(Path(notes), float(seconds)), RunFolder(Path(out)), options, shown)
"""


class Program:
    """The program above, over a question set of its own."""

    def __init__(self, folder: Path, questions: Path) -> None:
        self.questions, self.notes, self.script = questions, folder / "notes", folder / "program.py"
        self.notes.mkdir()
        self.script.write_text(PROGRAM, encoding="utf-8")

    def command(self, out: Path, jobs: int, seconds: float, *more: str) -> list[str]:
        arguments = (self.questions, out, self.notes, jobs, seconds, *more)
        return [sys.executable, str(self.script), *map(str, arguments)]

    def workers(self) -> list[int]:
        return [int(note.name) for note in self.notes.iterdir()]


@pytest.fixture
def program(build: Any, tmp_path: Path) -> Program:
    questions = build.cases(tmp_path / "q.jsonl", *({"turns": [f"{number}?"]} for number in range(CASES)))
    return Program(tmp_path, questions)


def kill_midway(
    command: Sequence[str],
    out: Path,
    at_least: int,
    environment: dict[str, str] | None = None,
    ready: Callable[[], bool] = lambda: True,
) -> None:
    """Start the command and kill it, hard, once so many answers are in its journal and it is ready for it."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment)
    journal = out / "journal.jsonl"
    deadline = time.monotonic() + 60
    while not journal.exists() or journal.read_bytes().count(b"\n") < at_least or not ready():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline, "the run does not get on"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (out / "answers.jsonl").exists()


def finish(command: Sequence[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True)


def said(out: Path) -> list[dict[str, Any]]:
    """Return the answers of a run without what depends on the clock and the moment."""
    records = [json.loads(line) for line in (out / "answers.jsonl").read_bytes().splitlines()]
    return [{name: value for name, value in record.items() if name != "latency_ms"} for record in records]


def alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_resumes_without_losing_or_doubling_a_case(program: Program, tmp_path: Path, jobs: int) -> None:
    out, clean = tmp_path / "run", tmp_path / "clean"
    for at_least in (1, 15):
        resume = ("--resume",) if at_least > 1 else ()
        kill_midway(program.command(out, jobs, 0.02, *resume), out, at_least)
    finish(program.command(out, jobs, 0, "--resume"))
    finish(program.command(clean, 1, 0))
    assert [record["id"] for record in said(out)] == [f"c{number}" for number in range(CASES)]
    assert said(out) == said(clean)


def test_workers_go_with_a_killed_parent(program: Program, tmp_path: Path) -> None:
    out = tmp_path / "run"
    kill_midway(program.command(out, 2, 0.2), out, 3, ready=lambda: len(program.workers()) >= 2)
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in program.workers()):
        assert time.monotonic() < deadline, "a worker outlived its parent"
        time.sleep(0.05)


def test_a_worker_that_dies_ends_the_run_with_what_to_do_and_keeps_the_rest(build: Any, tmp_path: Path) -> None:
    turns = [[f"{number}?"] for number in range(20)] + [["致命?"]]
    program = Program(tmp_path, build.cases(tmp_path / "q.jsonl", *({"turns": turn} for turn in turns)))
    out = tmp_path / "run"
    done = subprocess.run(program.command(out, 2, 0), check=False, cwd=ROOT, capture_output=True, text=True)
    assert "RunError: 一个评测进程意外退出" in done.stderr
    assert "--resume" in done.stderr
    assert (out / "journal.jsonl").read_bytes().count(b"\n") >= 1


def test_elsewhere_than_on_a_terminal_progress_is_plain_lines(program: Program, tmp_path: Path) -> None:
    command = program.command(tmp_path / "run", 1, 0)
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    lines = done.stderr.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith(f"评测 {CASES}/{CASES}，")
    assert lines[-1].endswith("正确率 0.0%")
    assert "\r" not in done.stderr


def test_on_a_terminal_progress_is_a_bar(program: Program, tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(program.command(tmp_path / "run", 1, 0), stderr=theirs, cwd=ROOT)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:
            break
        shown += part
    os.close(ours)
    assert process.wait() == 0
    assert f"{CASES}/{CASES}" in shown.decode()
    assert "正确率 0.0%" in shown.decode()
    assert b"\r" in shown


@pytest.fixture(scope="module")
def article_questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a few questions about the bundled article, over and over, so that there is time for a kill."""
    common: dict[str, Any] = {"answerable": True, "category": "history", "split": "dev"}
    cases = [
        common
        | {
            "turns": ["2018年国务院印发了什么文件?"],
            "facts": [["关于推行终身职业技能培训制度的意见"]],
            "evidence": ["国务院印发《关于推行终身职业技能培训制度的意见》"],
        },
        common
        | {
            "turns": ["哪些人属于重点群体?"],
            "category": "eligibility",
            "facts": [["农民工"], ["长江流域禁捕退捕渔民"]],
            "evidence": ["聚焦农民工、高校毕业生等青年"],
        },
        common | {"turns": ["湖北的补贴标准是多少?"], "category": "amounts", "answerable": False},
        common
        | {
            "turns": ["2018年国务院印发了什么文件?", "2019年呢?"],
            "facts": [["职业技能提升行动"]],
            "evidence": ["2019年,国务院办公厅印发《职业技能提升行动方案(2019—2021年)》"],
        },
    ]
    path = tmp_path_factory.mktemp("questions") / "article.jsonl"
    lines = [
        json.dumps({"id": f"a{number}"} | cases[number % 4], ensure_ascii=False) for number in range(ARTICLE_CASES)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def data_directory(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which the index of the bundled article is built in a folder of its own."""
    return os.environ | {"POLICY_DATA_DIR": str(tmp_path_factory.mktemp("data"))}


def shipped(questions: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "eval", "run", str(questions), "--out", str(out), *more]


@SHIPPED
def test_the_shipped_assistant_is_evaluated_killed_and_resumed(
    article_questions: Path, data_directory: dict[str, str], tmp_path: Path
) -> None:
    """A run that was killed gives the answers and, latency aside, the figures of one that was not."""
    out, clean = tmp_path / "run", tmp_path / "clean"
    finish(shipped(article_questions, clean), data_directory)
    kill_midway(shipped(article_questions, out), out, 3, data_directory)
    finish(shipped(article_questions, out, "--resume", "--jobs", "2"), data_directory)
    assert [record["id"] for record in said(out)] == [f"a{number}" for number in range(ARTICLE_CASES)]
    assert said(out) == said(clean)
    figures = [json.loads((folder / "metrics.json").read_bytes())["overall"] for folder in (out, clean)]
    for found in figures:
        del found["latency_p50"], found["latency_p95"], found["latency_p99"]
    assert figures[0] == figures[1]
    assert figures[0]["citation_verbatim"]["value"] == 1.0


@SHIPPED
def test_an_index_that_is_missing_is_one_line_and_exit_2(article_questions: Path, tmp_path: Path) -> None:
    command = shipped(article_questions, tmp_path / "run", "--index", str(tmp_path / "none"))
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert str(tmp_path / "none") in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "run").exists()
