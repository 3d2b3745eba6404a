"""Everything an installation keeps goes into one file and comes back from it: documents, conversations, feedback."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from assistant.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLICY_DATABASE_URL", raising=False)
    monkeypatch.setenv("POLICY_DATA_DIR", str(tmp_path / "var"))
    return tmp_path


def ask(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["ask", "补贴标准是什么时候出台的"]) == 0
    return capsys.readouterr().out


def test_documents_and_database_come_back(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ask(capsys)
    with sqlite3.connect(workplace / "var" / "state.sqlite3") as connection:
        connection.execute("CREATE TABLE told (words TEXT)")
        connection.execute("INSERT INTO told VALUES ('有用')")
    connection.close()
    assert main(["export", "all.backup"]) == 0
    assert "连同对话和反馈" in capsys.readouterr().out
    assert main(["import", "all.backup"]) == 2
    assert "--replace" in capsys.readouterr().err
    monkeypatch.setenv("POLICY_DATA_DIR", str(workplace / "new"))
    assert main(["import", "all.backup"]) == 0
    capsys.readouterr()
    assert ask(capsys) == before
    connection = sqlite3.connect(workplace / "new" / "state.sqlite3")
    assert connection.execute("SELECT words FROM told").fetchall() == [("有用",)]
    connection.close()
    assert (workplace / "new" / "state.sqlite3").stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_backup_is_refused_by_name(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workplace / "x").write_text("no backup", encoding="utf-8")
    assert main(["import", "x"]) == 2
    assert capsys.readouterr().err == "错误：x：不是备份文件，或者已损坏\n"
    assert not (workplace / "var").exists()
