"""``docs/retrieval.md`` tells what is so: its example runs, and what it lists is what there is."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path

import pytest

from knowledge import filter as conditions

DOC = (Path(__file__).parents[2] / "docs" / "retrieval.md").read_text(encoding="utf-8")


def test_the_example_for_langchain_runs(
    article_index_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [program] = re.findall(r"```python\n(.*?)```", DOC, re.DOTALL)
    shutil.copytree(article_index_path, tmp_path / "var" / "index")
    monkeypatch.chdir(tmp_path)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        names: dict[str, object] = {}
        exec(compile(program, "docs/retrieval.md", "exec"), names)  # the document's own example
    lines = shown.getvalue().splitlines()
    assert len(lines) == 3
    assert "打工的→农民工" in lines[0]
    names["retriever"].retriever.index.vectors.close()  # type: ignore[attr-defined]


def test_the_fields_and_operators_of_a_filter_are_listed() -> None:
    [fields] = re.findall(r"可用的项：(.*?)；", DOC, re.DOTALL)
    assert set(re.findall(r"`(.+?)`", fields)) == conditions._NAMES.keys() - {"id"}
    [operators] = re.findall(r"运算符：(.*?)。", DOC, re.DOTALL)
    assert set(re.findall(r"`(.+?)`", operators)) == conditions._OPERATORS.keys()
