"""A question set is used whole or not at all, and every defect is named with its line."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from assistant.answer import Status
from eval.case import Case
from eval.dataset import read
from eval.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

FULL = {
    "id": "q1",
    "category": "history",
    "turns": ["2018年印发了什么?", "哪个机关?"],
    "answerable": True,
    "facts": [["国务院"], ["2018年", "二〇一八年"]],
    "reference": "国务院",
    "evidence": ["2018年，国务院印发"],
    "doc_ids": ["d"],
    "absent": ["教育部"],
    "expected_status": "answered",
    "split": "dev",
    "script": "hans",
}
UNANSWERABLE = {"id": "q2", "category": "amounts", "turns": ["补贴多少?"], "answerable": False}


def line(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def defects(tmp_path: Path, content: bytes) -> list[tuple[int, str]]:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    return [(defect.line, defect.problem) for defect in caught.value.defects]


def test_every_field_is_read(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    content = line(FULL) + line(UNANSWERABLE)
    path.write_bytes(content)
    dataset = read(path)
    assert dataset.cases == (
        Case(
            id="q1",
            category="history",
            turns=("2018年印发了什么?", "哪个机关?"),
            answerable=True,
            facts=(("国务院",), ("2018年", "二〇一八年")),
            reference="国务院",
            evidence=("2018年，国务院印发",),
            doc_ids=("d",),
            absent=("教育部",),
            expected_status=Status.ANSWERED,
            split="dev",
            script="hans",
        ),
        Case(id="q2", category="amounts", turns=("补贴多少?",), answerable=False),
    )
    assert dataset.sha256 == hashlib.sha256(content).hexdigest()
    assert dataset.content == content


def test_byte_order_mark_blank_lines_and_line_separators_in_strings_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    record = UNANSWERABLE | {"turns": ["补贴\u2028多少?"], "reference": None}
    path.write_bytes(b"\xef\xbb\xbf" + line(FULL).replace(b"\n", b"\r\n") + b"\n  \n" + line(record))
    assert [case.id for case in read(path).cases] == ["q1", "q2"]


def test_unknown_fields_are_named_and_otherwise_ignored(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(line(FULL | {"note": "…", "expected_staus": "answered"}))
    assert read(path).unknown == ("expected_staus", "note")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": None}, "缺少字段 id"),
        ({"id": 7}, "字段 id 应为字符串，实际是数字 7"),
        ({"id": " "}, "字段 id 是空的"),
        ({"category": None}, "缺少字段 category"),
        ({"turns": None}, "缺少字段 turns"),
        ({"turns": "哪年?"}, '字段 turns 应为字符串的列表，实际是字符串 "哪年?"'),
        ({"turns": []}, "字段 turns 是空列表"),
        ({"turns": ["哪年?", "　"]}, "字段 turns 的第 2 项是空的（去掉空白和引用标记之后）"),
        ({"turns": [1]}, "字段 turns 的第 1 项应为字符串，实际是数字 1"),
        ({"answerable": None}, "缺少字段 answerable"),
        ({"answerable": "yes"}, '字段 answerable 应为 true 或 false，实际是字符串 "yes"'),
        ({"answerable": 1}, "字段 answerable 应为 true 或 false，实际是数字 1"),
        ({"facts": None}, "缺少字段 facts"),
        ({"facts": ["国务院"]}, '字段 facts 的第 1 项应为可接受写法的列表，实际是字符串 "国务院"'),
        ({"facts": [[]]}, "字段 facts 的第 1 项没有任何写法，永远无法答对"),
        ({"facts": [["国务院", "[1]"]]}, "字段 facts 第 1 项 的第 2 项是空的（去掉空白和引用标记之后）"),
        ({"facts": {}}, "字段 facts 应为列表（每个要点是可接受写法的列表），实际是对象 {}"),
        ({"evidence": None}, "缺少字段 evidence"),
        ({"evidence": "国务院"}, '字段 evidence 应为字符串的列表，实际是字符串 "国务院"'),
        ({"doc_ids": "d"}, '字段 doc_ids 应为字符串的列表，实际是字符串 "d"'),
        ({"absent": [""]}, "字段 absent 的第 1 项是空的（去掉空白和引用标记之后）"),
        ({"reference": ["国务院"]}, '字段 reference 应为字符串，实际是列表 ["国务院"]'),
        ({"split": 1}, "字段 split 应为字符串，实际是数字 1"),
    ],
)
def test_a_wrong_field_is_named_with_what_it_is(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    found = defects(tmp_path, line(UNANSWERABLE) + line(FULL | change))
    assert [(number, text.replace("  ", " ")) for number, text in found] == [(2, problem)]


def test_an_unknown_status_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    ((number, problem),) = defects(tmp_path, line(FULL | {"expected_status": "unknown"}))
    assert number == 1
    assert "not_found" in problem
    assert '"unknown"' in problem


def test_all_defects_are_reported_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    content = (
        line(FULL)
        + b'{"id": "q3",\n'
        + line(["not", "an", "object"])
        + line(FULL | {"turns": [], "evidence": 1})
        + '{"id": "问"}\n'.encode("gbk")
        + b"[" * 100_000
        + b"\n"
        + b'{"id": '
        + b"9" * 5_000
        + b"}\n"
    )
    found = defects(tmp_path, content)
    assert [number for number, _ in found] == [2, 3, 4, 4, 4, 5, 6, 7]
    text = "\n".join(problem for _, problem in found)
    assert "不是合法的 JSON" in text
    assert "应为 JSON 对象，实际是列表" in text
    assert 'id "q1" 与第 1 行重复' in text
    assert "不是 UTF-8 编码" in text
    assert "不是可用的 JSON" in text


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_a_file_without_cases_is_refused(tmp_path: Path, content: bytes) -> None:
    assert defects(tmp_path, content) == [(0, "文件里没有用例")]


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="找不到文件"):
        read(tmp_path / "none.jsonl")
    with pytest.raises(DatasetError, match="无法读取"):
        read(tmp_path)


def test_one_defect_makes_one_line(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(line(FULL | {"answerable": None}))
    with pytest.raises(DatasetError) as caught:
        read(path)
    assert str(caught.value) == f"题集 {path} 有误：第 1 行：缺少字段 answerable。请改正后重试"
