"""From logged conversations to proposals, through a person's spreadsheet, to a question set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

import eval.__main__ as command_line
from eval import dataset, log
from eval.errors import MiningError
from eval.labelling import write
from eval.mine import ACCEPTED, CONTEXT, LABELS, labelled, propose, without_personal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def turns(build: Any, tmp_path: Path) -> Path:
    """Return a log of eight turns."""
    told, nothing = (
        build.answer(answer="2018年[1]", citations=(build.citation("2018年"),)),
        build.answer("not_found", "没有"),
    )
    rows: list[dict[str, Any]] = [
        {"question": "补贴多少?", "answer": nothing},
        {"question": "补贴多少？", "answer": nothing, "rating": "up"},  # the same question, and content with it
        {"question": "哪年印发?", "answer": told, "rating": "down", "comment": "应该是2019年"},
        {"question": "哪年印发?", "answer": told},
        {"question": "谢谢", "answer": build.answer("small_talk", "不客气")},
        {"question": "好的", "answer": told, "rating": "up"},
        {"question": "那呢?", "answer": build.answer("failed", error="boom"), "history": ["补贴多少?"]},
        {"question": "=HYPERLINK(1)", "answer": build.answer("out_of_scope", "不在范围"), "comment": None},
    ]
    path = tmp_path / "log.jsonl"
    records = (row | {"answer": row["answer"].to_json()} for row in rows)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def test_what_was_rated_down_comes_first_and_each_question_once(turns: Path) -> None:
    found = propose(log.read(turns))
    assert [(proposal.turn.question, dict(proposal.reasons), proposal.asked) for proposal in found] == [
        ("哪年印发?", {"差评": 1}, 2),
        ("补贴多少?", {"拒答：文件中没有": 1}, 2),
        ("那呢?", {"出错": 1}, 1),
        ("=HYPERLINK(1)", {"拒答：不在范围": 1}, 1),
    ]
    assert found[0].comments == ["应该是2019年"]
    assert found[0].id == propose(log.read(turns))[0].id


def test_questions_that_are_cases_already_are_left_out(build: Any, turns: Path) -> None:
    known = [build.case(turns=("哪年印发？",)), build.case(turns=("补贴多少?", "那呢?"))]
    assert [proposal.turn.question for proposal in propose(log.read(turns), known)] == ["补贴多少?", "=HYPERLINK(1)"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我电话13812345678，138 1234 5678", "我电话〔手机号〕，〔手机号〕"),
        ("身份证42010619900101123X", "身份证〔身份证号〕"),
        ("卡6222021234567890123", "卡〔卡号〕"),
        ("写信给 a.b+c@example.com.cn", "写信给 〔邮箱〕"),
        ("国发[2018]11号，2019年，12333", "国发[2018]11号，2019年，12333"),
    ],
)
def test_numbers_of_persons_are_masked(text: str, masked: str) -> None:
    assert without_personal(text) == masked


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_round_trip_through_a_spreadsheet(turns: Path, tmp_path: Path, ending: str, capsys: Any) -> None:
    sheet, questions = tmp_path / f"new.{ending}", tmp_path / "new.jsonl"
    assert command_line.main(["mine", str(turns), "--out", str(sheet)]) == 0
    assert "提出 4 个用例：" in capsys.readouterr().out
    told = {
        ACCEPTED: "是",
        "类别": "history",
        "可回答": "是",
        "要点": "2019|二〇一九\n国务院",
        "依据": "2019年，国务院",
    }
    refused = {ACCEPTED: "是", "类别": "follow_up", "可回答": "否", "应有状态": "not_found"}
    fill(sheet, {2: told, 3: {ACCEPTED: "否"}, 4: refused})
    assert command_line.main(["mine", "--labelled", str(sheet), "--out", str(questions)]) == 0
    assert "采用 2 个，不采用 1 个，还没标注 1 个" in capsys.readouterr().out
    first, second = dataset.read(questions).cases
    assert (first.turns, first.facts) == (("哪年印发?",), (("2019", "二〇一九"), ("国务院",)))
    assert (first.category, first.evidence, first.extra) == ("history", ("2019年，国务院",), ())
    assert (second.turns, second.answerable, second.expected_status) == (("补贴多少?", "那呢?"), False, "not_found")


def fill(sheet: Path, rows: dict[int, dict[str, str]]) -> None:
    """Fill in cells as a person does in a spreadsheet program."""
    names = (*LABELS, *CONTEXT)
    if sheet.suffix == ".csv":
        import csv

        with sheet.open(encoding="utf-8-sig", newline="") as stream:
            table = list(csv.reader(stream))
        for line, cells in rows.items():
            for name, text in cells.items():
                table[line - 1][names.index(name)] = text
        with sheet.open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows(table)
        return
    book = load_workbook(sheet)
    assert book.active is not None
    for line, cells in rows.items():
        for name, text in cells.items():
            book.active.cell(line, names.index(name) + 1, text)
    book.save(sheet)


def test_what_a_person_forgot_is_named_with_its_row_and_nothing_is_written(turns: Path, tmp_path: Path) -> None:
    sheet, questions = tmp_path / "new.xlsx", tmp_path / "new.jsonl"
    write(sheet, propose(log.read(turns)))
    fill(sheet, {2: {ACCEPTED: "是", "可回答": "是"}, 3: {ACCEPTED: "是", "类别": "a", "可回答": "也许"}})
    with pytest.raises(MiningError) as caught:
        labelled(sheet)
    said = str(caught.value)
    assert "第 2 行：采用的用例要填「类别」" in said
    assert "第 2 行：采用的用例要填「要点」" in said
    assert "第 3 行：字段 answerable 应为" in said
    assert command_line.main(["mine", "--labelled", str(sheet), "--out", str(questions)]) == 2
    assert not questions.exists()


def test_a_question_is_never_a_formula(turns: Path, tmp_path: Path) -> None:
    write(tmp_path / "new.xlsx", propose(log.read(turns)))
    book = load_workbook(tmp_path / "new.xlsx")
    assert book.active is not None
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    write(tmp_path / "new.csv", propose(log.read(turns)))
    assert ",=HYPERLINK" not in (tmp_path / "new.csv").read_text(encoding="utf-8-sig")


def test_characters_that_a_workbook_cannot_hold_are_replaced(build: Any, tmp_path: Path) -> None:
    turn = log.LoggedTurn("问\x00\ud800\x1b?", build.answer("not_found", "长" * 40_000))
    write(tmp_path / "new.xlsx", propose([turn]))
    assert load_workbook(tmp_path / "new.xlsx").active is not None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "不是一条对话记录"),
        ("[]", "应为 JSON 对象"),
        ('{"answer": {}}', "缺少 question"),
        ('{"question": "谁?"}', "缺少 answer"),
        ('{"question": "谁?", "answer": {}}', "不是一条对话记录"),
        ('{"question": "谁?", "answer": {}, "history": "x"}', "history 应为字符串的列表"),
        ('{"question": "谁?", "answer": {}, "rating": 5}', 'rating 应为 "up" 或 "down"，实际是 5'),
    ],
)
def test_a_broken_log_is_named_with_its_line(turns: Path, line: str, said: str, capsys: Any) -> None:
    with turns.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    assert command_line.main(["mine", str(turns), "--out", str(turns.parent / "new.xlsx")]) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert "第 9 行" in printed
    assert not (turns.parent / "new.xlsx").exists()


def test_bad_use_of_mine(turns: Path, tmp_path: Path, capsys: Any) -> None:
    assert command_line.main(["mine", "--out", str(tmp_path / "x.xlsx")]) == 2
    assert command_line.main(["mine", str(tmp_path / "none"), "--out", str(tmp_path / "x.xlsx")]) == 2
    assert command_line.main(["mine", str(turns), "--out", str(tmp_path / "x.doc")]) == 2
    assert command_line.main(["mine", "--labelled", str(tmp_path / "none"), "--out", str(tmp_path / "x")]) == 2
    assert "应以 .xlsx 或 .csv 结尾" in capsys.readouterr().err
