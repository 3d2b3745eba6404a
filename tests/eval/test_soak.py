"""Ten thousand cases in one run: how fast against a bare loop, and how much memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from assistant.answer import Question
from assistant.compose import build_assistant
from eval.dataset import read

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "eval" / "data" / "policy_article.jsonl"
CASES, JOBS, BARE, SETTLED = 10_000, 2, 1_000, 1_000
SHARE = 0.8  # of what so many bare loops side by side would do
GROWTH = 1.10


def many(path: Path, cases: int) -> Path:
    """Write the article's set over and over, each time under other ids."""
    records = [json.loads(line) for line in ARTICLE.read_bytes().splitlines()]
    with path.open("w", encoding="utf-8") as stream:
        for number in range(cases):
            record = records[number % len(records)]
            stream.write(json.dumps(record | {"id": f"{number:05d}-{record['id']}"}, ensure_ascii=False) + "\n")
    return path


def resident(pid: int) -> int:
    """Return the resident memory of a process in KiB, 0 where it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="utf-8").split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_ten_thousand_cases_keep_pace_and_memory(article_index_path: Path, tmp_path: Path) -> None:
    """On a machine that is busy with other work, where wall time is not ours, the pace is told by processor time."""
    questions = many(tmp_path / "many.jsonl", CASES)
    busy = os.getloadavg()[0] > 1
    before = loop(article_index_path, questions)
    out = tmp_path / "run"
    command = [sys.executable, "-m", "eval", "run", str(questions), "--index", str(article_index_path)]
    command += ["--out", str(out), "--jobs", str(JOBS)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=ROOT)
        run = watched(process, out / "journal.jsonl")
    assert process.returncode == 0, (tmp_path / "log").read_text(encoding="utf-8")
    after = loop(article_index_path, questions)
    (session,) = json.loads((out / "manifest.json").read_bytes())["sessions"]
    wall = session["cases"] / session["seconds"] / (JOBS * (before.rate + after.rate) / 2)
    processor = (before.processor + after.processor) / 2 * CASES / run.processor
    print(
        f"{session['cases'] / session['seconds']:.1f} cases/s with {JOBS} jobs; bare loop {before.rate:.1f}/s before and "
        f"{after.rate:.1f}/s after: {wall:.2f} of {JOBS} of them; processor time of the bare loop by that of the run "
        f"{processor:.2f}; busy: {busy}; all processes together {run.early // 1024} MiB at most up to case {SETTLED}, "
        f"{run.late // 1024} MiB after it"
    )
    answered = [json.loads(line)["id"] for line in (out / "answers.jsonl").read_bytes().splitlines()]
    assert answered == [case.id for case in read(questions).cases]
    assert run.late <= GROWTH * run.early
    assert (processor if busy else wall) >= SHARE


class Watched(NamedTuple):
    """The most memory of a run and its workers up to the case SETTLED and after it (KiB); processor seconds."""

    early: int
    late: int
    processor: float


def watched(process: subprocess.Popen[bytes], journal: Path) -> Watched:
    """Watch a run until its scoring begins."""
    early = late = answered = position = 0
    spent = 0.0
    while process.poll() is None and not journal.exists():
        time.sleep(0.05)
    while process.poll() is None and journal.exists():
        with journal.open("rb") as lines:
            lines.seek(position)
            new = lines.read()
            position += len(new)
            answered += new.count(b"\n")
        pids = list(family(process.pid))
        used = sum(resident(pid) for pid in pids)
        if answered < CASES:
            spent = max(spent, sum(processor_seconds(pid) for pid in pids))
        if answered <= SETTLED:
            early = max(early, used)
        else:
            late = max(late, used)
        time.sleep(0.25)
    process.wait()
    return Watched(early, late, spent)


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process, 0 where it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Bare(NamedTuple):
    """How many cases a second a bare loop does, and how much processor time each takes (seconds)."""

    rate: float
    processor: float


def loop(index: Path, questions: Path) -> Bare:
    """Ask a thousand cases in a bare loop over Assistant.ask, earlier turns as well."""
    assistant = build_assistant(index)
    cases = read(questions).cases[:BARE]
    assistant.ask(Question.of(cases[0].turns[0]))
    started, spent = time.perf_counter(), time.process_time()
    for case in cases:
        assistant.ask_after(case.turns[:-1], case.turns[-1])
    seconds, processor = time.perf_counter() - started, time.process_time() - spent
    assistant.index.vectors.close()
    return Bare(len(cases) / seconds, processor / len(cases))
