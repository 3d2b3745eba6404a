"""A figure asked for year by year."""

from __future__ import annotations

import pytest

from assistant.answer import Question, Status
from assistant.compose import build_assistant
from assistant.service import Assistant
from knowledge.build import build
from knowledge.embed import encoder

TEXT = """三年来的“琢石行动”

2021年是头一年，琢石行动在六个乡办了夜校，全年培训石匠85人，结业率为72%。

2022年，夜校搬进新校舍，培训140人，结业率提高到80%。当年还新增雕刻课。

2023年，行动推广到全县，培训311人，其中妇女90人，结业率88%。

三年累计培训536人。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("series")
    (folder / "news.txt").write_text(TEXT, encoding="utf-8")
    build(folder / "index", [str(folder / "news.txt")], encoder())
    return build_assistant(folder / "index")


def told(assistant: Assistant, text: str) -> list[str]:
    answer = assistant.ask(Question.of(text))
    assert answer.status is Status.ANSWERED
    return [line.split("[")[0] for line in answer.answer.splitlines() if line.startswith("- ")]


def test_each_year_has_its_line_in_order(assistant: Assistant) -> None:
    assert told(assistant, "琢石行动每年各培训了多少人？") == [
        "- 2021年：全年培训石匠85人",
        "- 2022年：培训140人",
        "- 2023年：培训311人",
    ]


def test_a_share_is_asked_for_without_a_unit(assistant: Assistant) -> None:
    assert [line[-3:] for line in told(assistant, "琢石行动历年的结业率分别是多少？")] == ["72%", "80%", "88%"]


def test_only_the_years_asked_for_are_told(assistant: Assistant) -> None:
    assert len(told(assistant, "琢石行动2022年到2023年每年各培训多少人？")) == 2


def test_each_line_is_cited_where_its_year_and_its_figure_stand(assistant: Assistant) -> None:
    answer = assistant.ask(Question.of("琢石行动每年各培训了多少人？"))
    assert all(any(year in citation.quote for citation in answer.citations) for year in ("2021年", "2022年", "2023年"))
    for citation in answer.citations:
        document = assistant.index.document(citation.doc_id)
        assert citation.quote == document.text[citation.start : citation.end]
