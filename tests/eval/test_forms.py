"""Question sets as tables and with the fields of other tools; each kind of defect is named with its row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from assistant.answer import Status
from eval.case import Case
from eval.dataset import Dataset, read
from eval.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = (
    "编号",
    "类别",
    "问题",
    "前文",
    "可回答",
    "要点",
    "依据",
    "文件",
    "不应出现",
    "应有状态",
    "参考答案",
    "划分",
    "字形",
    "难度",
)
ROW = (
    "q1",
    "history",
    "2019年呢?",
    "2018年印发了什么?\n哪个机关?",
    "是",
    "国务院｜中央政府\n2018年|二〇一八年",
    "2018年，国务院印发\n2019年，印发",
    "d",
    "教育部",
    "answered",
    "国务院",
    "dev",
    "simplified",
    "难",
)
WHOLE = Case(
    id="q1",
    category="history",
    turns=("2018年印发了什么?", "哪个机关?", "2019年呢?"),
    answerable=True,
    facts=(("国务院", "中央政府"), ("2018年", "二〇一八年")),
    evidence=("2018年，国务院印发", "2019年，印发"),
    reference="国务院",
    doc_ids=("d",),
    absent=("教育部",),
    expected_status=Status.ANSWERED,
    split="dev",
    script="simplified",
    extra=(("难度", "难"),),
)


def csv_text(*rows: tuple[str, ...], separator: str = ",") -> str:
    return "\r\n".join(separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)


def workbook(path: Path, *rows: tuple[Any, ...]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def lines(path: Path, *records: dict[str, Any]) -> Dataset:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return read(path)


def defects(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(DatasetError) as caught:
        read(path)
    return [(defect.line, defect.problem) for defect in caught.value.defects]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_column_of_a_csv_file(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes(csv_text(HEADINGS, ROW, separator=separator).encode(encoding))
    assert read(path).cases == (WHOLE,)


def test_a_workbook_says_the_same_as_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text(csv_text(HEADINGS, ROW), encoding="utf-8")
    book = read(workbook(tmp_path / "q.xlsx", HEADINGS, ROW))
    assert book.cases == (WHOLE,)
    assert book.sha256 == read(path).sha256, "the hash is of the cases, not of the file they came in"


def test_numbers_truth_values_and_dates_of_a_workbook_become_text(tmp_path: Path) -> None:
    from datetime import datetime

    rows = ((7, "何时?", True, 2018, datetime(2018, 5, 3)), (8.5, "多少?", False, None, None))  # noqa: DTZ001
    cases = read(workbook(tmp_path / "q.xlsx", ("id", "question", "answerable", "facts", "asked"), *rows)).cases
    assert [(case.id, case.answerable, case.facts, case.extra) for case in cases] == [
        ("7", True, (("2018",),), (("asked", "2018-05-03"),)),
        ("8.5", False, (), ()),
    ]


def test_left_out_columns_get_what_a_spreadsheet_user_expects(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("question\n哪年?\n\n谁?\n", encoding="utf-8")
    assert [(case.id, case.category, case.turns, case.answerable) for case in read(path).cases] == [
        ("row-00002", "imported", ("哪年?",), True),
        ("row-00004", "imported", ("谁?",), True),
    ]


def test_a_set_from_a_table_can_be_read_again_from_its_lines(tmp_path: Path) -> None:
    book = read(workbook(tmp_path / "q.xlsx", HEADINGS, ROW))
    (tmp_path / "dataset.jsonl").write_bytes(book.content)
    again = read(tmp_path / "dataset.jsonl")
    assert (again.cases, again.sha256) == (book.cases, book.sha256)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [(0, "文件里没有用例")]),
        ("question\n", [(0, "文件里没有用例")]),
        ("编号,类别\n1,a\n", [(1, "表头里没有 turns、question 或「问题」这一列")]),
        ("问题,question\na,b\n", [(1, "表头里有重复的列：question")]),
        ("id,question\n1,谁?,多\n", [(2, "这一行有 3 格，表头只有 2 列")]),
        ("id,question\n1,谁?\n1,哪年?\n", [(3, 'id "1" 与第 2 行重复')]),
        ("question,answerable\n谁?,也许\n", [(2, '字段 answerable 应为 true 或 false，实际是字符串 "也许"')]),
        ("id,question\n1,\n", [(2, "缺少字段 turns")]),
        ('question,facts\n谁?,"[[""国务院"",1]]"\n', [(2, "字段 facts 第 1 项 的第 2 项应为字符串，实际是数字 1")]),
        ('question\n"谁?\n', [(0, "不是合法的 CSV")]),
    ],
)
def test_each_defect_of_a_table_is_named_with_its_row(
    tmp_path: Path, content: str, expected: list[tuple[int, str]]
) -> None:
    path = tmp_path / "q.csv"
    path.write_text(content, encoding="utf-8")
    found = [(number, text.replace("  ", " ").split("（")[0]) for number, text in defects(path)]
    assert found == expected


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes(b"question\n\xff\xfe\xff\n")
    assert "编码既不是 UTF-8 也不是 GB18030" in defects(path)[0][1]
    (tmp_path / "q.xlsx").write_bytes(b"PK\x03\x04broken")
    assert "不是可用的 XLSX 工作簿" in defects(tmp_path / "q.xlsx")[0][1]


def test_ragas_records(tmp_path: Path) -> None:
    single = {
        "user_input": "哪年印发?",
        "reference": "2018年",
        "reference_contexts": ["2018年，国务院印发"],
        "reference_context_ids": ["d"],
        "retrieved_contexts": ["…"],
        "response": "别的系统的回答",
        "synthesizer_name": "single_hop",
    }
    old = {"question": "谁印发?", "ground_truth": "国务院", "contexts": ["…"], "answer": "…"}
    messages = [
        {"type": "human", "content": "哪年?"},
        {"type": "ai", "content": "…"},
        {"type": "human", "content": "谁?"},
    ]
    cases = lines(tmp_path / "q.jsonl", single, old, {"user_input": messages, "reference": None}).cases
    assert cases == (
        Case(
            id="line-00001",
            category="single_hop",
            turns=("哪年印发?",),
            answerable=True,
            evidence=("2018年，国务院印发",),
            reference="2018年",
            doc_ids=("d",),
        ),
        Case(id="line-00002", category="imported", turns=("谁印发?",), answerable=True, reference="国务院"),
        Case(id="line-00003", category="imported", turns=("哪年?", "谁?"), answerable=True),
    )


def test_deepeval_records_in_a_json_list(tmp_path: Path) -> None:
    golden = {
        "name": "g1",
        "input": "哪年印发?",
        "expected_output": "2018年",
        "context": ["2018年，国务院印发"],
        "actual_output": None,
        "retrieval_context": None,
        "additional_metadata": {"a": 1},
    }
    turns = [
        {"role": "user", "content": "哪年?"},
        {"role": "assistant", "content": "…"},
        {"role": "user", "content": "谁?"},
    ]
    (tmp_path / "q.json").write_text(json.dumps([golden, {"turns": turns, "scenario": "…"}]), encoding="utf-8")
    first, second = read(tmp_path / "q.json").cases
    assert (first.id, first.turns, first.reference) == ("g1", ("哪年印发?",), "2018年")
    assert first.evidence == ("2018年，国务院印发",)
    assert (second.id, second.turns) == ("line-00002", ("哪年?", "谁?"))
    (tmp_path / "q.json").write_text(json.dumps([golden, {"turns": []}]), encoding="utf-8")
    with pytest.raises(DatasetError, match="第 2 项：字段 turns 是空列表"):
        read(tmp_path / "q.json")


def test_ragas_columns_of_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text(
        csv_text(("user_input", "reference_contexts", "reference"), ("哪年?", '["甲", "乙"]', "2018")), encoding="utf-8"
    )
    (case,) = read(path).cases
    assert (case.turns, case.evidence, case.reference) == (("哪年?",), ("甲", "乙"), "2018")


def test_fields_of_ours_are_never_taken_for_those_of_others(tmp_path: Path) -> None:
    own = {
        "id": "a",
        "category": "c",
        "turns": ["谁?"],
        "answerable": True,
        "facts": [],
        "evidence": [],
        "context": "x",
    }
    dataset = lines(tmp_path / "q.jsonl", own)
    assert dataset.cases[0].extra == (("context", "x"),)
    del own["evidence"]
    (tmp_path / "q.jsonl").write_text(json.dumps(own), encoding="utf-8")
    assert defects(tmp_path / "q.jsonl") == [(1, "缺少字段 evidence")]


def test_a_slip_of_the_pen_in_a_field_name_is_guessed(tmp_path: Path) -> None:
    own = {"id": "a", "category": "c", "turns": ["谁?"], "answerable": False, "expected_staus": "not_found"}
    assert "expected_staus（是不是 expected_status？）" in str(lines(tmp_path / "q.jsonl", own).hint)
    assert lines(tmp_path / "q.jsonl", {**own, "expected_staus": None}).hint is not None
