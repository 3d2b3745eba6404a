"""A question about one document alone is answered from it and from no other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assistant.answer import Question, Status
from assistant.answer_cache import AnswerCache
from assistant.errors import QuestionError
from assistant.service import Assistant
from knowledge.query import query_terms
from knowledge.retrieve import Retriever

NORTH = "北县培训补贴办法\n\n参加培训的人员，补贴标准为每人800元。补贴由北县财政局发放。\n"
SOUTH = "南县培训补贴办法\n\n参加培训的人员，补贴标准为每人500元。\n"
OTHER = "第{}号通知\n\n参加培训的人员，补贴标准由各地规定。补贴标准的培训人员另行通知。\n"


@pytest.fixture(scope="module")
def several(over: Callable[..., Assistant]) -> Assistant:
    """Two documents that say different things, and 230 that are about the same and say nothing."""
    return over(北=NORTH, 南=SOUTH, 同=NORTH, **{f"通知{n}": OTHER.format(n) for n in range(230)})


@pytest.mark.parametrize(("doc_id", "told", "other"), [("北", "800元", "500元"), ("南", "500元", "800元")])
def test_each_document_answers_for_itself(several: Assistant, doc_id: str, told: str, other: str) -> None:
    answer = several.ask(Question.of("培训补贴标准是多少？", doc_id=doc_id))
    assert answer.status is Status.ANSWERED
    assert told in answer.answer
    assert other not in answer.answer
    assert doc_id in {citation.doc_id for citation in answer.citations}
    assert {passage.doc_id for passage in answer.retrieved} <= {doc_id, "同"}


def test_what_another_document_tells_is_not_found_in_this_one(several: Assistant) -> None:
    assert "财政局" in several.ask(Question.of("补贴由谁发放？", doc_id="北")).answer
    answer = several.ask(Question.of("补贴由谁发放？", doc_id="南"))
    assert answer.status is Status.NOT_FOUND
    assert {passage.doc_id for passage in (*answer.related, *answer.retrieved)} == {"南"}


def test_a_document_that_is_the_same_as_another_answers_with_its_passages(several: Assistant) -> None:
    assert "800元" in several.ask(Question.of("培训补贴标准是多少？", doc_id="同")).answer


def test_a_document_that_is_not_there_is_told_so(several: Assistant) -> None:
    with pytest.raises(QuestionError, match="不在收录之中"):
        several.ask(Question.of("补贴标准是多少？", doc_id="西"))


def test_the_passages_of_a_document_are_found_however_many_others_are_better(several: Assistant) -> None:
    retriever = Retriever(several.index)
    question = "参加培训的人员 补贴标准 通知"

    def within(*ids: str) -> np.ndarray:
        return np.array([passage.doc_id in ids for passage in several.index.passages])

    hits = retriever.search_terms(question, query_terms(question), 10, within("南", "通知7"))
    assert {hit.passage.doc_id for hit in hits} == {"南", "通知7"}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert retriever.search_terms(question, query_terms(question), 10, within("nowhere")) == []


def test_a_kept_answer_is_not_given_for_another_document(several: Assistant) -> None:
    cache = AnswerCache(8)

    def answer(doc_id: str | None) -> str:
        return cache.answer(Question.of("培训补贴标准是多少？", doc_id=doc_id), "g", several.ask).answer

    answer(None)
    assert "800元" in answer("北")
    assert "500元" in answer("南")
    assert "800元" in answer("北")
