"""What is in the journal survives a kill at any byte, once and only once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from eval.answers import from_line, to_line
from eval.errors import RunError
from eval.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def line(build: Any, case_id: str, text: str = "") -> bytes:
    return to_line(build.answer(answer=text).to_json() | {"id": case_id})


def test_lines_come_back_in_the_order_asked_for(build: Any, path: Path) -> None:
    with Journal(path) as journal:
        for case_id in ("c", "a", "b"):
            journal.append(case_id, line(build, case_id))
        assert [from_line(found).id for found in journal.lines(["a", "x", "b", "c"])] == ["a", "b", "c"]
        journal.append("d", line(build, "d"))  # after reading, too, it is appended to
    assert [json.loads(found)["id"] for found in path.read_bytes().splitlines()] == ["c", "a", "b", "d"]


def test_a_kill_at_any_byte_loses_at_most_the_line_it_hit(build: Any, path: Path) -> None:
    whole = line(build, "a", "甲") + line(build, "b", "乙")
    first = len(line(build, "a", "甲"))
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        with Journal(path) as journal:
            kept = [case_id for case_id in ("a", "b") if case_id in journal]
            assert len(kept) == (cut >= first) + (cut == len(whole))
            for case_id, text in (("a", "甲"), ("b", "乙")):
                if case_id not in journal:
                    journal.append(case_id, line(build, case_id, text))
            assert b"".join(journal.lines(["a", "b"])) == whole
        assert sorted(path.read_bytes().splitlines()) == sorted(whole.splitlines())


def test_a_case_is_never_doubled(build: Any, path: Path) -> None:
    path.write_bytes(line(build, "a", "一") + line(build, "a", "二"))
    with Journal(path) as journal:
        journal.append("a", line(build, "a", "三"))
        assert [from_line(found).answer for found in journal.lines(["a"])] == ["一"]
        assert len(journal) == 1


def test_a_damaged_line_is_named(build: Any, path: Path) -> None:
    path.write_bytes(line(build, "a") + b'{"id": "b"}\n' + line(build, "c"))
    with pytest.raises(RunError, match="第 2 行已损坏"):
        Journal(path)


def test_only_one_holds_it(path: Path) -> None:
    with Journal(path), pytest.raises(RunError, match="另一个进程正在写"):
        Journal(path)
    with Journal(path):
        pass


def test_answers_survive_the_round_trip_lone_surrogates_included(build: Any) -> None:
    answer = build.answer(
        "partial",
        "甲\ud800\u2028[1]",
        citations=(build.citation("国务院"),),
        related=(build.citation("2019年"),),
        retrieved=(build.passage("乙"),),
        suggestions=("丙?",),
        latency_ms=1.5,
        error="x",
    )
    found = to_line(answer.to_json())
    assert found.count(b"\n") == 1
    assert from_line(found) == answer


@pytest.mark.parametrize("broken", [b"", b"[]", b"{}", b'{"id": "a", "status": "unknown"}', b"null", b"[" * 100_000])
def test_what_is_no_answer_is_a_value_error(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_line(broken)
