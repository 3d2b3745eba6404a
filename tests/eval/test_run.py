"""A run asks every case once, keeps what raises, and leaves a folder that is complete in itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from assistant.answer import Question, Status
from eval import dataset
from eval.errors import RunError
from eval.folder import RunFolder
from eval.journal import Journal
from eval.manifest import Manifest, masked
from eval.run import Options, run_together

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answer import Answer


def ids(folder: RunFolder) -> list[str]:
    return [json.loads(line)["id"] for line in folder.answers.read_bytes().splitlines()]


def test_every_case_gets_one_answer_under_its_id_in_order(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {"turns": ["甲?"]}, {"turns": ["乙?"]}, {"turns": ["丙?"]})
    assistant = build.assistant({text: build.answer(answer=text) for text in ("甲?", "乙?", "丙?")})
    folder = build.run(questions, tmp_path / "run", assistant)
    outcomes = list(folder.outcomes())
    assert [outcome.answer.id for outcome in outcomes] == ["c0", "c1", "c2"]
    assert [outcome.answer.answer for outcome in outcomes] == ["甲?", "乙?", "丙?"]
    assert not folder.journal.exists()


def test_earlier_turns_are_really_answered_and_the_last_is_scored(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {"turns": ["甲?", "乙?"]}, {"turns": ["甲?"]})
    said = {"甲?": build.answer(answer="一"), "乙?": build.answer(answer="二")}
    assistant = build.assistant(said)
    folder = build.run(questions, tmp_path / "run", assistant)
    first, second, fresh = assistant.asked
    assert first == Question("甲?")
    assert [(turn.question, turn.answer) for turn in second.history] == [("甲?", said["甲?"])]
    assert fresh.history == ()
    assert [outcome.answer.answer for outcome in folder.outcomes()] == ["二", "一"]


def test_a_case_that_raises_stays_in_with_its_error(build: Any, tmp_path: Path) -> None:
    def said(question: Question) -> Answer:
        if question.text == "坏?":
            raise ZeroDivisionError("除以零")
        answer: Answer = build.answer(answer="2018")
        return answer

    questions = build.cases(tmp_path / "q.jsonl", {}, {"turns": ["坏?"]}, {"turns": ["长" * 2_001]}, {})
    folder = build.run(questions, tmp_path / "run", build.assistant(said))
    answers = [outcome.answer for outcome in folder.outcomes()]
    assert [answer.status for answer in answers] == [Status.ANSWERED, Status.FAILED, Status.FAILED, Status.ANSWERED]
    assert answers[1].error == "ZeroDivisionError: 除以零"
    assert "QuestionError" in str(answers[2].error)


@pytest.mark.parametrize("fails", ["raises", "status", "error"])
def test_an_error_in_an_earlier_turn_fails_the_case(build: Any, tmp_path: Path, fails: str) -> None:
    def said(question: Question) -> Answer:
        if question.text == "乙?" or fails == "raises":
            raise RuntimeError("坏了")
        answer: Answer = build.answer("failed") if fails == "status" else build.answer(error="坏了")
        return answer

    questions = build.cases(tmp_path / "q.jsonl", {"turns": ["甲?", "乙?"]})
    assistant = build.assistant(said)
    (outcome,) = build.run(questions, tmp_path / "run", assistant).outcomes()
    assert outcome.failed
    assert "第 1 轮出错" in outcome.answer.error
    assert [question.text for question in assistant.asked] == ["甲?"]


def test_the_limit_takes_the_first_cases_and_resuming_may_lift_it(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", *({"turns": [f"{number}?"]} for number in range(5)))
    assistant = build.assistant(lambda question: build.answer(answer=question.text))
    folder = build.run(questions, tmp_path / "run", assistant, limit=2)
    assert ids(folder) == ["c0", "c1"]
    build.run(questions, tmp_path / "run", assistant, limit=4, resume=True)
    assert ids(folder) == ["c0", "c1", "c2", "c3"]
    build.run(questions, tmp_path / "run", assistant, limit=1, resume=True)
    assert ids(folder) == ["c0", "c1", "c2", "c3"], "nothing that was answered is lost"
    assert [question.text for question in assistant.asked] == ["0?", "1?", "2?", "3?"], "and nothing asked twice"


def test_a_run_that_broke_off_goes_on_where_it_was(build: Any, tmp_path: Path) -> None:
    class PowerCutError(BaseException):
        """Ends a run from within."""

    def said(question: Question) -> Answer:
        if question.text == "3?" and len(assistant.asked) == 4:
            raise PowerCutError
        answer: Answer = build.answer(answer=question.text)
        return answer

    questions = build.cases(tmp_path / "q.jsonl", *({"turns": [f"{number}?"]} for number in range(6)))
    assistant = build.assistant(said)
    with pytest.raises(PowerCutError):
        build.run(questions, tmp_path / "run", assistant)
    folder = build.run(questions, tmp_path / "run", assistant, resume=True)
    assert ids(folder) == [f"c{number}" for number in range(6)]
    assert [question.text for question in assistant.asked] == ["0?", "1?", "2?", "3?", "3?", "4?", "5?"]
    first, second = folder.read_manifest().sessions
    assert first.finished is None
    assert second.cases == 3


def test_a_folder_holds_one_run_only(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {})
    other = build.cases(tmp_path / "other.jsonl", {"turns": ["别的?"]})
    assistant = build.assistant(lambda _: build.answer(answer="2018"))
    folder = build.run(questions, tmp_path / "run", assistant)
    before = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    with pytest.raises(RunError, match="已有一个评测批次"):
        build.run(questions, tmp_path / "run", assistant)
    with pytest.raises(RunError, match="另一份题集"):
        build.run(other, tmp_path / "run", assistant, resume=True)
    assistant.index = tmp_path / "index"
    with pytest.raises(RunError, match="另一个索引"):
        build.run(questions, tmp_path / "run", assistant, resume=True)
    assert {path.name: path.read_bytes() for path in folder.path.iterdir()} == before


def test_the_manifest_says_what_the_run_was_made_with(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {})
    folder = build.run(questions, tmp_path / "run", build.assistant(lambda _: build.answer()), seed=7)
    record = json.loads(folder.manifest.read_bytes())
    assert record["dataset"]["path"] == str(questions)
    assert len(record["dataset"]["sha256"]) == 64
    assert record["dataset"]["cases"] == 1
    assert (record["index"], record["seed"], record["jobs"], record["limit"]) == (None, 7, 1, None)
    assert "numpy" in record["packages"]
    assert record["started"] <= record["finished"]
    assert Manifest.from_json(record) == folder.read_manifest()


def test_a_run_can_be_scored_when_its_question_set_is_gone(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {})
    answer = build.answer(answer="2018[1]", citations=(build.citation("2018年"),))
    folder = build.run(questions, tmp_path / "run", build.assistant(lambda _: answer))
    questions.unlink()
    (outcome,) = folder.outcomes()
    assert outcome.documents == {"d": build.document}


def test_an_unfinished_or_foreign_folder_is_refused_with_what_to_do(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {})
    folder = build.run(questions, tmp_path / "run", build.assistant(lambda _: build.answer()))
    folder.answers.rename(folder.journal)
    with pytest.raises(RunError, match="--resume"):
        list(folder.outcomes())
    folder.manifest.write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="已损坏"):
        list(folder.outcomes())
    folder.manifest.unlink()
    with pytest.raises(RunError, match="不是评测批次"):
        list(folder.outcomes())


def test_a_place_that_cannot_be_written_is_refused(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {})
    with pytest.raises(RunError, match="无法写入"):
        build.run(questions, questions, build.assistant(lambda _: build.answer()))


def test_two_processes_cannot_write_one_run(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {})
    (tmp_path / "run").mkdir()
    with Journal(tmp_path / "run" / "journal.jsonl"), pytest.raises(RunError, match="另一个进程"):
        build.run(questions, tmp_path / "run", build.assistant(lambda _: build.answer()))


def test_the_manifest_has_the_index_and_the_settings_without_secrets(build: Any, tmp_path: Path) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {})
    folder = build.run(questions, tmp_path / "run", build.assistant(lambda _: build.answer()))
    record = json.loads(folder.manifest.read_bytes())
    assert record["index_manifest"] == {"encoder": "none", "passages": 1}
    assert record["settings"] == {"POLICY_DATA_DIR": "var", "POLICY_LLM_API_KEY": "******"}
    assert "sk-very-secret" not in folder.manifest.read_text(encoding="utf-8")


def test_secrets_are_masked_wherever_they_stand() -> None:
    settings = {
        "POLICY_WECHAT_TOKEN": "t",
        "POLICY_ADMIN_PASSWORD": "",
        "POLICY_WECOM_AES_KEY": None,
        "POLICY_DATABASE_URL": "postgresql://user:pass@host/db",
        "PORT": 7860,
    }
    assert masked(settings) == {
        "POLICY_WECHAT_TOKEN": "******",
        "POLICY_ADMIN_PASSWORD": None,
        "POLICY_WECOM_AES_KEY": None,
        "POLICY_DATABASE_URL": "postgresql://******@host/db",
        "PORT": 7860,
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"index_manifest": {"encoder": "other"}}, "索引的内容变了"),
        ({"settings": {"POLICY_ENCODER": "other"}}, "设置 POLICY_ENCODER.*变了"),
        ({"settings": {"POLICY_DATA_DIR": "elsewhere", "POLICY_LLM_API_KEY": "x"}}, None),
    ],
)
def test_a_run_is_not_continued_with_another_index_or_other_settings(
    build: Any, tmp_path: Path, change: dict[str, Any], said: str | None
) -> None:
    questions = build.cases(tmp_path / "q.jsonl", {}, {"turns": ["乙?"]})
    assistant = build.assistant(lambda _: build.answer())
    build.run(questions, tmp_path / "run", assistant, limit=1)
    for name, value in change.items():
        setattr(assistant, name, lambda value=value: value)
    if said is None:
        build.run(questions, tmp_path / "run", assistant, resume=True)
    else:
        with pytest.raises(RunError, match=said):
            build.run(questions, tmp_path / "run", assistant, resume=True)


def test_several_subjects_that_broke_off_go_on_each_where_it_was(build: Any, tmp_path: Path) -> None:
    class PowerCutError(BaseException):
        """Ends a run from within."""

    def said(question: Question) -> Answer:
        if question.text == "2?" and len(second.asked) == 3:
            raise PowerCutError
        answer: Answer = build.answer(answer=question.text)
        return answer

    questions = dataset.read(build.cases(tmp_path / "q.jsonl", *({"turns": [f"{number}?"]} for number in range(4))))
    first, second = build.assistant(lambda question: build.answer(answer=question.text)), build.assistant(said)
    runs = [(first, RunFolder(tmp_path / "a")), (second, RunFolder(tmp_path / "b"))]
    with pytest.raises(PowerCutError):
        run_together(questions, runs, Options(), build.silent)
    run_together(questions, runs, Options(resume=True), build.silent)
    assert [ids(folder) for _, folder in runs] == [["c0", "c1", "c2", "c3"]] * 2
    # who is asked first changes from case to case; what a process had in hand when it died is asked again
    assert [question.text for question in first.asked] == ["0?", "1?", "2?", "2?", "3?"]
    assert [question.text for question in second.asked] == ["0?", "1?", "2?", "2?", "3?"]
