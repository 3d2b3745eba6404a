"""The command line: exit codes, and one clear line for whatever is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import eval.__main__ as command_line
from knowledge.errors import IndexMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def main(build: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return the command line over a stand-in that knows one answer."""

    def stand_in(index: Path | None) -> Any:
        if index is not None and not index.exists():
            raise IndexMissingError(str(index))
        return build.assistant({"哪年印发?": build.answer(answer="2018")})

    monkeypatch.setattr(command_line, "Shipped", stand_in)
    return lambda *arguments: command_line.main([str(argument) for argument in arguments])


@pytest.fixture
def questions(build: Any, tmp_path: Path) -> Path:
    path: Path = build.cases(tmp_path / "q.jsonl", {}, {"category": "who"})
    return path


def test_run_report_gate_and_compare_from_end_to_end(
    main: Callable[..., int], questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    assert main("run", questions, "--out", first) == 0
    printed = capsys.readouterr().out
    assert "类别 who" in printed
    assert str(first / "metrics.json") in printed
    assert json.loads((first / "metrics.json").read_bytes())["overall"]["correct"]["value"] == 1.0
    assert main("report", first) == 0
    assert {path.name for path in first.iterdir()} == {
        "manifest.json",
        "dataset.jsonl",
        "answers.jsonl",
        "documents.jsonl",
        "metrics.json",
        "report.md",
        "report.html",
        "junit.xml",
    }
    assert main("run", questions, "--out", second, "--seed", 1) == 0
    capsys.readouterr()
    assert main("compare", first, second) == 0
    assert "无显著差异" in capsys.readouterr().out
    assert "无显著差异" in (second / "compare.html").read_text(encoding="utf-8")
    assert main("compare", first, second, "--html", tmp_path / "new" / "c.html") == 0
    assert json.loads((tmp_path / "new" / "c.json").read_bytes())["lost"] == []
    capsys.readouterr()
    assert main("gate", first, "--require", "answer_accuracy>=0.9", "category=who:correct>=0.9") == 0
    assert capsys.readouterr().out.count("通过") == 2
    assert main("gate", first, "--require", "answer_accuracy>=0.9", "--require", "recall@5>=0.9") == 1
    assert "未达标：recall@5>=0.9" in capsys.readouterr().out
    (tmp_path / "wanted.txt").write_text("answer_accuracy>=0.9\n", encoding="utf-8")
    assert main("gate", first, "--file", tmp_path / "wanted.txt") == 0


def test_a_failed_case_is_a_finding(
    main: Callable[..., int], build: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {}, {"turns": ["会出错?"]})
    assert main("run", questions, "--out", tmp_path / "run") == 1
    assert "有 1 个用例出错" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "{tmp}/none.jsonl", "--out", "{tmp}/run"), "找不到文件"),
        (("run", "{tmp}/broken.jsonl", "--out", "{tmp}/run"), "第 1 行"),
        (("run", "{tmp}/q.jsonl", "--out", "{tmp}/run", "--index", "{tmp}/none"), "{tmp}/none"),
        (("run", "{tmp}/q.jsonl", "--out", "{tmp}/q.jsonl"), "无法写入"),
        (("report", "{tmp}"), "不是评测批次"),
        (("report", "{tmp}/none"), "不是评测批次"),
        (("compare", "{tmp}", "{tmp}"), "不是评测批次"),
        (("gate", "{tmp}", "--require", "correct>=0.9"), "不是评测批次"),
        (("gate", "{tmp}", "--require", "nonsense"), "看不懂"),
        (("gate", "{tmp}"), "没有任何要求"),
        (("gate", "{tmp}", "--file", "{tmp}/none"), "无法读取"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    main: Callable[..., int],
    questions: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    folder = questions.parent
    (folder / "broken.jsonl").write_text("{", encoding="utf-8")
    assert main(*(argument.format(tmp=folder) for argument in arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert said.format(tmp=folder) in printed.err
    assert not (folder / "run").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("walk",),
        ("run", "q.jsonl"),
        ("run", "q.jsonl", "--out", "run", "--jobs", "0"),
        ("run", "q.jsonl", "--out", "run", "--limit", "-1"),
        ("run", "q.jsonl", "--out", "run", "--jobs", "two"),
        ("gate", "run", "--require"),
    ],
)
def test_bad_use_is_one_line_and_exit_2(
    main: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(*arguments)
    assert caught.value.code == 2
    printed = capsys.readouterr().err
    assert printed.startswith("参数有误")
    assert len(printed.splitlines()) == 1


def test_an_interrupt_says_how_to_go_on(
    build: Any, questions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "Shipped", lambda _: build.assistant(interrupted))
    assert command_line.main(["run", str(questions), "--out", str(questions.parent / "run")]) == 130
    assert "--resume" in capsys.readouterr().err


def test_unknown_fields_are_mentioned(
    build: Any, main: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {"note": "…"})
    assert main("run", questions, "--out", tmp_path / "run") == 0
    assert "note" in capsys.readouterr().err.splitlines()[0]


def test_the_module_runs_and_reading_a_run_loads_no_assistant(
    main: Callable[..., int], questions: Path, tmp_path: Path
) -> None:
    """Scoring needs the run folder only: neither vector store nor tokeniser is imported."""
    main("run", questions, "--out", tmp_path / "run")
    program = (
        "import sys; from eval.__main__ import main; code = main(sys.argv[1:]); "
        "assert not {'chromadb', 'jieba', 'torch', 'gradio', 'assistant.compose'} & set(sys.modules); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "report", str(tmp_path / "run")]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run(
        [sys.executable, "-m", "eval", "--help"], check=True, cwd=ROOT, capture_output=True, text=True
    )
    assert "run" in done.stdout
    reader = subprocess.run(
        f"{sys.executable} -m eval report {tmp_path / 'run'} | head -c 1",
        shell=True,
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert reader.stderr == ""
