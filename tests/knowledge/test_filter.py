"""Conditions on documents: what they accept, and what is told of those that cannot be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from knowledge.build import build
from knowledge.document import Document
from knowledge.embed import encoder
from knowledge.errors import FilterError
from knowledge.filter import accepts
from knowledge.index import open_index
from knowledge.retrieve import Retriever

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.index import Index

OLD = Document("old", "培训补贴通知", "", issuer="甲市人民政府", published="2019-05-01")
NEW = Document("new", "培训补贴通知", "", issuer="乙县人民政府", published="2022-07-14")
BARE = Document("bare", "创业担保贷款", "")


@pytest.mark.parametrize(
    ("conditions", "accepted"),
    [
        ({}, "old new bare"),
        ({"doc_id": "new"}, "new"),
        ({"doc_id": ["old", "bare"]}, "old bare"),
        ({"doc_id": {"$nin": ["old", "bare"]}}, "new"),
        ({"title": "培训补贴通知", "issuer": "甲市人民政府"}, "old"),
        ({"issuer": {"$ne": "甲市人民政府"}}, "new bare"),
        ({"published": {"$gte": "2019-05-01", "$lt": "2022-07-14"}}, "old"),
        ({"published": {"$gt": "2019-05-01"}}, "new"),
        ({"published": {"$lte": "2030-01-01"}}, "old new"),
        ({"number": "1号"}, ""),
    ],
)
def test_all_conditions_must_hold_and_what_is_not_told_lies_in_no_range(
    conditions: dict[str, Any], accepted: str
) -> None:
    assert [document.id for document in (OLD, NEW, BARE) if accepts(conditions)(document)] == accepted.split()


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ({"colour": "red"}, "colour：没有这一项"),
        ({"text": "补贴"}, "text：没有这一项"),
        ({"issuer": {"$like": "市"}}, "没有运算符 \\$like"),
        ({"issuer": 3}, "不是 3"),
        ({"issuer": {}}, "不是 {}"),
        ({"issuer": {"$in": "甲市"}}, "文字的列表"),
        ({"issuer": {"$gt": ["甲市"]}}, "后应为文字"),
    ],
)
def test_a_condition_that_cannot_be_checked_is_told_in_one_line(conditions: dict[str, Any], told: str) -> None:
    with pytest.raises(FilterError, match=told) as caught:
        accepts(conditions)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, corpus: Any) -> Iterator[Index]:
    """Twenty notices of two bodies, all about the same."""
    folder = tmp_path_factory.mktemp("filtered")
    rows = [
        corpus.row(number, issuer="甲局" if number % 2 else "乙局", published=f"20{10 + number}-01-01")
        for number in range(20)
    ]
    build(folder / "index", [str(corpus.write(folder / "corpus.jsonl", *rows))], encoder())
    opened = open_index(folder / "index", encoder())
    yield opened
    opened.vectors.close()


def found(index: Index, question: str, k: int, **conditions: Any) -> list[str]:
    hits = Retriever(index).search(question, k, index.rows_of(accepts(conditions)))
    return [hit.passage.doc_id for hit in hits]


def test_as_many_passages_are_found_among_the_accepted_as_are_asked_for(index: Index) -> None:
    assert set(found(index, "补贴标准", 10, issuer="甲局")) == {f"d{number}" for number in range(1, 20, 2)}
    assert len(found(index, "补贴标准", 3, issuer="乙局")) == 3
    assert found(index, "补贴标准", 10, doc_id=["d3", "d4"], issuer="乙局") == ["d4"]
    assert found(index, "补贴标准", 10, issuer="丙局") == []


def test_the_best_of_the_accepted_comes_first(index: Index) -> None:
    assert found(index, "第7号通知的补贴标准", 1) == ["d7"]
    assert found(index, "第7号通知的补贴标准", 1, published={"$gte": "2016-01-01"}) == ["d7"]
    assert found(index, "第7号通知的补贴标准", 1, issuer="乙局") != ["d7"]


def test_a_condition_that_all_meet_changes_nothing(index: Index) -> None:
    every = Retriever(index).search("第7号通知的补贴标准", 20, index.rows_of(accepts({})))
    whole = Retriever(index).search("第7号通知的补贴标准", 20)
    assert [hit.passage.id for hit in every] == [hit.passage.id for hit in whole]
    assert [hit.score for hit in every] == pytest.approx([hit.score for hit in whole], abs=1e-5)
