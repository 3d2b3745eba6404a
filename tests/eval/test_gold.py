"""Gold that is nowhere in the documents is mentioned before a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import eval.__main__ as command_line
from eval.gold import warnings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DOCUMENTS = {"a": "2018年，国务院 印发", "b": "教育部" + "长" * 40 + "尾"}


def test_evidence_and_documents_that_are_nowhere_are_named(build: Any) -> None:
    cases = [
        build.case(id="fine", evidence=("国务院印发", "教育部长长")),
        build.case(id="long", evidence=("教育部" + "长" * 27 + "别的",)),  # the first thirty characters count
        build.case(id="own", evidence=("国务院印发",), doc_ids=("b",)),
        build.case(id="none", evidence=("财政部",)),
        build.case(id="unknown", doc_ids=("c", "a")),
    ]
    assert warnings(cases, DOCUMENTS) == [
        "提示：索引里没有题集写明的 1 份文件：c",
        "提示：2 个用例的依据在文件里找不到原话，检索和引用都会算错：own、none",
    ]
    assert warnings(cases[:2], DOCUMENTS) == []


def test_only_a_few_are_listed(build: Any) -> None:
    (said,) = warnings([build.case(id=str(number), evidence=("财政部",)) for number in range(9)], DOCUMENTS)
    assert "9 个用例" in said
    assert said.endswith("0、1、2、3、4……")


def test_a_run_mentions_them_and_goes_on(
    build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command_line, "Shipped", lambda _: build.assistant(lambda _: build.answer(answer="2018")))
    questions = build.cases(tmp_path / "q.jsonl", {"evidence": ["财政部"]})
    assert command_line.main(["run", str(questions), "--out", str(tmp_path / "run")]) == 0
    assert "找不到原话，检索和引用都会算错：c0" in capsys.readouterr().err
