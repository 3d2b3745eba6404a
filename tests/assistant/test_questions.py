"""What may be offered to ask: drawn from the structure of documents, asked to see that they answer, kept with the index."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from assistant import questions
from assistant.answer import Question, Status
from assistant.compose import build_assistant, embedder, prepare_questions
from knowledge.__main__ import main as knowledge
from knowledge.build import build
from knowledge.chunk import outline
from knowledge.document import Document
from knowledge.index import Index, open_index

if TYPE_CHECKING:
    from pathlib import Path

RULES = """车工培训补贴办法
第一条 本办法所称车工补贴，是指给予车工的一次性补贴。
第二条 申领车工补贴应当同时符合下列条件：
（一）取得证书；
（二）参加保险。
第三条 有下列情形之一的，不予发放补贴：
（一）冒领的；
（二）重复申领的。
第四条 补贴标准为每人1000元。"""
GUIDE = "护理员补贴申报指南\n一、申报材料\n（一）身份证；\n（二）银行卡。\n二、提高补贴标准\n提高到每人3000元。\n问：护理员补贴每人多少元？\n答：护理员补贴每人3000元。"


def drawn(text: str, title: str = "车工培训补贴办法", *, is_alone: bool = True) -> list[str]:
    document = Document("d", title, text)
    return [found.text for found in questions.candidates(document, outline(text), is_alone=is_alone)]


def made(path: Path, **texts: str) -> Path:
    rows = [{"id": name, "title": text.split("\n")[0], "text": text} for name, text in texts.items()]
    (path / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    build(path / "index", [str(path / "corpus.jsonl")], embedder())
    return path / "index"


@pytest.mark.parametrize(
    "expected", ["申领车工补贴应当符合哪些条件？", "哪些情形不予发放补贴？", "什么是车工补贴？", "补贴标准是多少？"]
)
def test_questions_are_drawn_from_what_a_document_defines_lists_and_states(expected: str) -> None:
    assert expected in drawn(RULES)


def test_a_heading_asks_for_what_it_heads_and_one_that_tells_a_deed_asks_nothing() -> None:
    found = drawn(GUIDE, "护理员补贴申报指南")
    assert "申报材料有哪些？" in found
    assert not any("提高补贴标准" in question for question in found)


def test_what_only_one_of_several_documents_can_be_asked_is_asked_by_its_title() -> None:
    assert "《护理员补贴申报指南》的申报材料有哪些？" in drawn(GUIDE, "护理员补贴申报指南", is_alone=False)


def test_a_question_that_a_document_poses_is_asked_as_it_stands() -> None:
    assert "护理员补贴每人多少元？" in drawn(GUIDE, "护理员补贴申报指南", is_alone=False)


def test_every_prepared_question_is_answered_from_its_own_document(tmp_path: Path) -> None:
    index = made(tmp_path, rules=RULES, guide=GUIDE)
    prepare_questions(index, embedder())
    assistant = build_assistant(index)
    prepared = questions.read(assistant.index)
    assert {doc_id for doc_id, found in prepared.items() if found} == {"rules", "guide"}
    for doc_id, found in prepared.items():
        for question in found:
            answer = assistant.ask(Question.of(question.text))
            assert answer.status is Status.ANSWERED
            assert doc_id in {citation.doc_id for citation in answer.citations}
            assert 0 <= question.start < question.end <= len(assistant.index.document(doc_id).text)


def test_prepared_questions_are_offered_once_in_a_conversation_and_not_what_is_answered_already(tmp_path: Path) -> None:
    index = made(tmp_path, rules=RULES)
    prepare_questions(index, embedder())
    assistant = build_assistant(index)
    asked = ["申领车工补贴应当符合哪些条件？"]
    first = assistant.ask(Question.of(asked[0]))
    assert 1 <= len(first.suggestions) <= 3
    assert asked[0] not in first.suggestions
    second = assistant.ask_after(asked, first.suggestions[0])
    assert {asked[0], first.suggestions[0]} & set(second.suggestions) == set()


def test_only_new_documents_are_asked_again(tmp_path: Path) -> None:
    index = made(tmp_path, rules=RULES)
    prepare_questions(index, embedder())
    opened = open_index(made(tmp_path, rules=RULES, guide=GUIDE), embedder())
    known = questions.read(opened)
    assert set(known) == {"rules"}
    asked: list[str] = []

    def ask(question: Question) -> object:
        asked.append(question.text)
        return build_assistant(index).ask(question)

    questions.prepare(opened, ask, known)  # type: ignore[arg-type]
    assert asked
    assert "什么是车工补贴？" not in asked


def test_no_time_prepares_nothing(tmp_path: Path) -> None:
    assistant = build_assistant(made(tmp_path, rules=RULES))
    assert questions.prepare(assistant.index, assistant.ask, budget=0.0) == {}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"rules": 1}', '{"rules": {"digest": "x"}}', '{"rules": null}'])
def test_a_damaged_file_offers_nothing_and_breaks_nothing(tmp_path: Path, text: str) -> None:
    index = made(tmp_path, rules=RULES)
    (index / questions.NAME).write_text(text, encoding="utf-8")
    assistant = build_assistant(index)
    assert questions.read(assistant.index) == {}
    assert assistant.ask(Question.of("补贴标准是多少？")).status is Status.ANSWERED


def test_questions_of_an_older_version_are_not_offered(tmp_path: Path) -> None:
    prepare_questions(made(tmp_path, rules=RULES), embedder())
    changed: Index = open_index(made(tmp_path, rules=RULES.replace("1000", "1500")), embedder())
    assert questions.read(changed) == {}


def test_building_by_command_prepares_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "办法.txt").write_text(RULES, encoding="utf-8")
    assert knowledge(["build", "--index", str(tmp_path / "index"), str(tmp_path / "办法.txt")]) == 0
    assert "没有做成" not in capsys.readouterr().err
    assert any(questions.read(open_index(tmp_path / "index", embedder())).values())


def test_where_preparing_fails_the_index_is_built_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("满了")

    monkeypatch.setattr(questions, "write", fail)
    (tmp_path / "办法.txt").write_text(RULES, encoding="utf-8")
    assert knowledge(["build", "--index", str(tmp_path / "index"), str(tmp_path / "办法.txt")]) == 0
    assert "questions 没有做成：满了" in capsys.readouterr().err


def test_the_bundled_article_comes_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_DATA_DIR", str(tmp_path))
    assert build_assistant().ask(Question.of("重点实施哪三类培训？")).suggestions
    assert (tmp_path / "index" / questions.NAME).is_file()
