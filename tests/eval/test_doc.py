"""What docs/evaluation.md promises: its commands run, its measures and columns exist, its sweep file is one."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

import eval.__main__ as command_line
from eval.fault import LABELS
from eval.grid import _KNOWN
from eval.scores import MEASURES
from eval.sheet import COLUMNS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_commands_run_in_the_order_they_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "eval" / "data", tmp_path / "eval" / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICY_DATA_DIR", str(tmp_path / "var"))
    for line in block("bash").splitlines():
        python, module, package, *arguments = shlex.split(line)
        assert (python, module, package) == ("python", "-m", "eval")
        assert command_line.main(arguments) == 0, f"{line}\n{capsys.readouterr().err}"
    assert "无显著差异" in (tmp_path / "runs" / "after" / "compare.html").read_text(encoding="utf-8")


def test_every_measure_is_named() -> None:
    assert {str(measure) for measure in MEASURES} <= set(
        re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
    )


def test_every_column_and_every_fault_is_explained() -> None:
    for chinese, name in COLUMNS.items():
        assert chinese in TEXT
        assert f"`{name}`" in TEXT
    assert all(label.zh in TEXT for label in LABELS.values())


def test_the_sweep_file_has_known_entries() -> None:
    assert set(tomllib.loads(block("toml"))) <= set(_KNOWN)
