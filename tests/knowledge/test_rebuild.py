"""Rebuilding an index from what it keeps."""

from __future__ import annotations

from pathlib import Path

from knowledge import generation
from knowledge.build import build, rebuild, remove
from knowledge.check import check
from knowledge.embed import encoder


def test_everything_is_made_anew_and_what_was_taken_out_stays_out(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"关于{name}的通知\n\n每人每天补助 {ord(name)} 元。\n", encoding="utf-8")
    index, sources = tmp_path / "index", [str(tmp_path / f"{name}.txt") for name in "ab"]
    build(index, sources, encoder(None))
    remove(index, ["b.txt"], encoder(None))
    before = generation.serving(index).name
    (tmp_path / "a.txt").unlink()  # the kept original stands for it
    (tmp_path / "broken.pdf").write_bytes(b"%PDF nothing")
    summary = rebuild(index, encoder(None), [str(tmp_path / name) for name in ("b.txt", "c.txt", "broken.pdf")])
    assert generation.serving(index).name != before
    told = generation.read(index, generation.serving(index)).catalogue
    assert [entry.id for entry in told.current] == ["a.txt", "c.txt"]
    assert summary.embedded == summary.passages
    assert [Path(failure.source).name for failure in summary.reading.failures] == ["broken.pdf"]
    assert check(index, encoder(None)).findings == ()
