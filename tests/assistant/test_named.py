"""Questions that name a document by its number or its title are answered from that document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from assistant import named
from assistant.answer import Question, Status
from assistant.compose import build_assistant, embedder
from assistant.understand import understand
from knowledge.build import build

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.service import Assistant

ROWS = [
    ("old", "云人社发〔2023〕18号", "技能补贴办法", "技能补贴标准为每人1000元。本办法自2023年5月1日起施行。"),
    ("new", "云人社发〔2024〕31号", "调整技能补贴的通知", "技能补贴标准为每人1500元。本通知自2024年7月1日起施行。"),
]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("named")
    rows = [{"id": name, "number": number, "title": title, "text": text} for name, number, title, text in ROWS]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    build(folder / "index", [str(folder / "corpus.jsonl")], embedder())
    return build_assistant(folder / "index")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("云人社发〔2023〕18号规定的技能补贴标准是多少？", "1000元"),
        ("云人社发〔2024〕31号规定的技能补贴标准是多少？", "1500元"),
        ("云人社发(2024)31号的技能补贴标准是多少？", "1500元"),  # other brackets
        ("云人社发[2023]18号什么时候施行？", "2023年5月1日"),
        ("《技能补贴办法》的技能补贴标准是多少？", "1000元"),
        ("《调整技能补贴的通知》的标准是多少？", "1500元"),
    ],
)
def test_the_document_named_answers(two: Assistant, question: str, told: str) -> None:
    answer = two.ask(Question.of(question))
    assert answer.status is Status.ANSWERED
    assert told in answer.answer
    assert len({citation.doc_id for citation in answer.citations}) == 1


def test_a_number_that_no_document_bears_narrows_nothing(two: Assistant) -> None:
    assert named.meant(understand("国发〔1999〕1号的补贴标准是多少？"), two._reader._names) == frozenset()


def test_the_words_of_the_number_are_not_asked_about() -> None:
    query = named.without_name(understand("云人社发〔2024〕31号规定的补贴标准是多少？"))
    assert "补贴标准" in "".join(term.word for term in query.terms)
    assert {"云", "发", "号"} & {term.word for term in query.terms} == set()


def test_the_words_of_a_title_are_not_asked_about_unless_they_stand_outside_of_it_too() -> None:
    query = named.without_name(understand("《技能补贴办法》的补贴标准是多少？"))
    assert "补贴标准" in "".join(term.word for term in query.terms)
    assert "技能" not in {term.word for term in query.terms}


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("关于印发《车工培训补贴办法》的通知", "车工培训补贴办法"),
        (
            "云江市财政局关于调整《车工培训补贴办法》有关政策的通知",
            "关于调整《车工培训补贴办法》有关政策的通知",
        ),  # a notice about it is not it
        ("车工培训补贴办法", "车工培训补贴办法"),
        ("关于做好培训工作的通知", "关于做好培训工作的通知"),
    ],
)
def test_what_a_document_is_called(title: str, short: str) -> None:
    assert named.short_title(title) == short


def test_a_year_in_a_title_is_no_constraint() -> None:
    assert understand("《2024年培训方案》的目标是什么？").years == ()
    assert understand("《培训方案》2024年的目标是什么？").years == (2024,)
