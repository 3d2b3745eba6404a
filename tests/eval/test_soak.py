"""Ten thousand cases in one run: how fast against a bare loop, and how much memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

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
    questions = many(tmp_path / "many.jsonl", CASES)
    bare = loop(article_index_path, questions)
    out = tmp_path / "run"
    command = [sys.executable, "-m", "eval", "run", str(questions), "--index", str(article_index_path)]
    command += ["--out", str(out), "--jobs", str(JOBS)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, cwd=ROOT)
    early = late = 0
    started, journal = time.monotonic(), out / "journal.jsonl"
    while process.poll() is None and not (out / "answers.jsonl").exists():
        done = journal.stat().st_size if journal.exists() else 0
        used = sum(resident(pid) for pid in family(process.pid))
        # an answer is about 6 KB here, so the size of the journal tells how far the run is
        if done < SETTLED * 6_000:
            early = max(early, used)
        else:
            late = max(late, used)
        time.sleep(0.25)
    assert process.wait() == 0, process.stderr.read() if process.stderr else ""
    manifest = json.loads((out / "manifest.json").read_bytes())
    (session,) = manifest["sessions"]
    rate = session["cases"] / session["seconds"]
    told = f"{rate:.1f} cases/s with {JOBS} jobs, bare loop {bare:.1f}/s, share {rate / (JOBS * bare):.2f}; "
    told += f"memory to case {SETTLED}: {early // 1024} MiB, after it {late // 1024} MiB; "
    print(told + f"{time.monotonic() - started:.0f} s in all")
    assert (out / "answers.jsonl").read_bytes().count(b"\n") == CASES
    assert late <= GROWTH * early
    assert rate >= SHARE * JOBS * bare


def loop(index: Path, questions: Path) -> float:
    """Return how many cases a second a bare loop over Assistant.ask does."""
    assistant = build_assistant(index)
    cases = [case for case in read(questions).cases[:BARE] if len(case.turns) == 1]
    assistant.ask(Question.of(cases[0].turns[0]))
    started = time.perf_counter()
    for case in cases:
        assistant.ask(Question.of(case.turns[0]))
    seconds = time.perf_counter() - started
    assistant.index.vectors.close()
    return len(cases) / seconds
