"""The corpus that speed is measured on says plainly where it was made up."""

from __future__ import annotations

import json
import lzma
from typing import TYPE_CHECKING

from eval import bench_corpus

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_made_up_corpus_warns_and_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_corpus, "DATA", tmp_path / "none")
    made = bench_corpus.corpus(tmp_path, 20)
    assert len(made.texts) == 20
    assert made.name == "生成的文件"
    assert made.warning.startswith("注意：没有找到法律条文")
    assert str(tmp_path / "none") in made.warning


def test_articles_of_law_that_are_there_need_no_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = json.dumps({"id": "a", "title": "法", "text": "第一条"}, ensure_ascii=False)
    (tmp_path / "documents.jsonl.xz").write_bytes(lzma.compress(row.encode()))
    (tmp_path / "questions.jsonl").write_text(json.dumps({"turns": ["问？"]}), encoding="utf-8")
    monkeypatch.setattr(bench_corpus, "DATA", tmp_path)
    told = bench_corpus.corpus(tmp_path)
    assert (told.name, told.warning, told.questions) == ("法律条文", "", ("问？",))
