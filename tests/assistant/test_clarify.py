"""Where several policies answer equally well, it is asked back which one is meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from assistant.answer import Question, Status
from assistant.compose import build_assistant, embedder
from knowledge.build import build

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.service import Assistant

ROWS = [
    ("lathe", "关于印发《车工培训补贴办法》的通知", "车工培训补贴办法\n补贴标准为每人1000元。申请期限为60天。"),
    ("nurse", "安溪县护理员岗位补贴申报指南", "护理员岗位补贴申报指南\n补贴标准为每人3000元。每年5月31日截止申报。"),
    ("water", "节水器具推广工作方案", "推广节水器具，由水务局负责。"),
]


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return over(tmp_path_factory.mktemp("clarify"), ROWS)


def over(folder: Path, rows: list[tuple[str, str, str]]) -> Assistant:
    lines = [json.dumps({"id": name, "title": title, "text": text}) for name, title, text in rows]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    build(folder / "index", [str(folder / "corpus.jsonl")], embedder())
    return build_assistant(folder / "index")


def test_a_question_that_fits_two_policies_is_asked_back(several: Assistant) -> None:
    answer = several.ask(Question.of("补贴标准是多少？"))
    assert answer.status is Status.CLARIFY
    assert set(answer.suggestions) == {
        "《车工培训补贴办法》的补贴标准是多少?",
        "《安溪县护理员岗位补贴申报指南》的补贴标准是多少?",
    }
    assert all(option in answer.answer for option in answer.suggestions)
    assert answer.citations == ()


@pytest.mark.parametrize("number", [0, 1])
def test_each_of_the_questions_offered_is_answered_from_its_document(several: Assistant, number: int) -> None:
    option = several.ask(Question.of("补贴标准是多少？")).suggestions[number]
    answer = several.ask(Question.of(option))
    assert answer.status is Status.ANSWERED
    expected = ("1000元", "lathe") if "车工" in option else ("3000元", "nurse")
    assert expected[0] in answer.answer
    assert {citation.doc_id for citation in answer.citations} == {expected[1]}


@pytest.mark.parametrize(
    ("reply", "told"),
    [("护理员", "3000元"), ("车工培训", "1000元"), ("护理员的。", "3000元"), ("《车工培训补贴办法》", "1000元")],
)
def test_a_reply_says_which_is_meant(several: Assistant, reply: str, told: str) -> None:
    answer = several.ask_after(["补贴标准是多少？"], reply)
    assert answer.status is Status.ANSWERED
    assert told in answer.answer


@pytest.mark.parametrize("reply", ["第一个", "第1个", "1", "一"])
def test_a_reply_may_count(several: Assistant, reply: str) -> None:
    first = several.ask(Question.of("补贴标准是多少？")).suggestions[0]
    assert several.ask_after(["补贴标准是多少？"], reply).answer == several.ask(Question.of(first)).answer


def test_another_question_may_follow(several: Assistant) -> None:
    answer = several.ask_after(["补贴标准是多少？"], "节水器具由谁负责推广？")
    assert "水务局" in answer.answer


@pytest.mark.parametrize(
    "question", ["车工培训补贴标准是多少？", "护理员的补贴标准是多少？", "什么时候截止申报？", "申请期限是多久？"]
)
def test_a_question_that_fits_one_is_answered(several: Assistant, question: str) -> None:
    assert several.ask(Question.of(question)).status is Status.ANSWERED


def test_two_versions_of_one_policy_are_not_told_apart_by_asking(tmp_path: Path) -> None:
    rows = [
        ("a", "车工培训补贴办法", "补贴标准为每人1000元。"),
        ("b", "车工培训补贴办法（修订）", "补贴标准为每人1200元。"),
    ]
    assert over(tmp_path, rows).ask(Question.of("补贴标准是多少？")).status is Status.ANSWERED
