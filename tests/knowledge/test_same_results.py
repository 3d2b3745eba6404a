"""A search gives what the definitions give, worked out plainly: the same passages in the same order, the same scores."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge import words
from knowledge.build import build
from knowledge.embed import encoder
from knowledge.index import open_index
from knowledge.lexical import GENERIC_WEIGHT
from knowledge.query import QueryTerm, query_terms
from knowledge.retrieve import SHARES, Retriever

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from knowledge.index import Index

    Scores = NDArray[np.float32]

CANDIDATES, ALIGNED, TITLED, PAIR = 200, 100, 100, 2
QUESTIONS = (
    "打工的能参加什么培训", "2018年国务院印发了什么文件", "住房公积金怎样缴纳", "企业可以申请哪些补贴", "联系电话", "的了吗", "",
    "失业人员和农民工怎么领取职业技能证书", "qwerty",
)  # fmt: skip


@pytest.fixture(scope="module")
def random_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """700 short documents of policy words drawn at random, under 60 titles, in two segments."""
    folder, drawn = tmp_path_factory.mktemp("drawn"), random.Random(11)
    known = sorted(words.policy_terms())
    for number in range(700):
        text = "，".join(drawn.choice(known) for _ in range(drawn.randint(4, 14))) + "。"
        name = folder / "documents" / f"{number:03}.txt"
        name.parent.mkdir(exist_ok=True)
        name.write_text(f"关于{known[number % 60]}的通知\n\n{text}\n编号{number}\n", encoding="utf-8")
        if number == 400:
            build(folder / "index", [str(name.parent)], encoder())
    build(folder / "index", [str(folder / "documents")], encoder())
    index = open_index(folder / "index", encoder())
    assert len(index.vectors._stores) == 2
    yield index
    index.vectors.close()


def order(scores: Scores) -> NDArray[np.int64]:
    return np.argsort(-scores, kind="stable")


def lexical(index: Index, query: tuple[QueryTerm, ...]) -> Scores:
    """Return BM25: of a word and its synonyms the best counts; a phrase is where all its words are."""
    found, table = np.zeros(len(index.passages), dtype=np.float32), index.lexical
    for term in query:
        best = np.zeros_like(found)
        for word, weight in term.variants:
            parts = (word,) if word in table.vocabulary else words.words(word)
            impacts = np.zeros((len(parts), len(found)), dtype=np.float32)
            for row, part in enumerate(parts):
                if (number := table.vocabulary.get(part)) is not None:
                    span = slice(table.offsets[number], table.offsets[number + 1])
                    impacts[row, table.rows[span]] = table.impacts[span]
            whole = impacts.all(axis=0) if parts else np.zeros(len(found), dtype=bool)
            best = np.maximum(best, np.where(whole, np.float32(weight) * impacts.sum(axis=0), 0))
        found += best * np.float32(GENERIC_WEIGHT if term.word in words.generic_words() else 1.0)
    return found


def dense(index: Index, vectors: Scores, text: str, counts: NDArray[np.bool_]) -> Scores:
    """Return the cosine of the nearest passages, zero of the others."""
    similarity = np.where(counts, vectors @ index.embedder.embed_queries([text])[0], -np.inf)
    found = np.zeros(len(vectors), dtype=np.float32)
    near = [row for row in order(similarity)[:CANDIDATES] if counts[row]]
    found[near] = similarity[near]
    return found


def plain(
    retriever: Retriever, vectors: Scores, text: str, counts: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], Scores]:
    """Return the rows that count, best first, with their scores."""
    index, query = retriever.index, query_terms(text)
    assert retriever._aligner is not None
    rows = np.flatnonzero(counts)
    by_word, by_vector = lexical(index, query)[rows], dense(index, vectors, text, counts)[rows]
    by_word = by_word / (by_word.max() or 1)
    scores = SHARES.lexical * by_word + (1 - SHARES.lexical) * np.maximum(by_vector, 0) / (by_vector.max() or 1)
    aligned = order(scores)[:ALIGNED]
    alignment = np.zeros_like(scores)
    for place in aligned:
        (alignment[place],) = retriever._aligner.score(query, rows[[place]])  # has a test of its own
    scores = (1 - SHARES.alignment) * scores + SHARES.alignment * alignment
    titles = [index.passages[row].title or index.passages[row].doc_id for row in rows]
    best = order(scores)[:TITLED]
    support = np.array(
        [
            sum([scores[place] for place in best if titles[place] == title][:PAIR]) / min(titles.count(title), PAIR)
            for title in titles
        ]
    )
    scores = scores * (1 - SHARES.title + SHARES.title * support / (support.max() or 1))
    return rows[order(scores)], np.sort(scores)[::-1]


@pytest.fixture(params=[20_000, 0], ids=["multiplied", "pruned"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the nearest vectors as in small collections, and as in large ones."""
    monkeypatch.setattr("knowledge.store.WHOLE_ROWS", request.param)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("within", [None, 3], ids=["all", "a third"])
@pytest.mark.parametrize("collection", ["article_index", "random_index"])
def test_hits_scores_and_order_are_those_of_the_definitions(
    collection: str, within: int | None, request: pytest.FixtureRequest
) -> None:
    index: Index = request.getfixturevalue(collection)
    counts = np.ones(len(index.passages), dtype=bool)
    if within:
        counts[:] = np.arange(len(counts)) % within == 0
    vectors = np.concatenate([store._vectors for store, _, _ in index.vectors._stores])
    vectors = vectors[np.argsort(np.concatenate([places for _, places, _ in index.vectors._stores]))]
    assert len(vectors) == len(index.passages)  # none is left over from before
    retriever = Retriever(index)
    for text in QUESTIONS:
        rows, scores = plain(retriever, vectors, text, counts)
        hits = retriever.search(text, 10, counts if within else None)
        assert [hit.score for hit in hits] == pytest.approx(scores[:10], abs=2e-6)
        for hit, row, score in zip(hits, rows[:10], scores[:10], strict=False):
            level = np.abs(scores - score) < 2e-6  # rounding may tell equals apart
            assert hit.passage.id == index.passages[row].id or level.sum() > 1


@pytest.mark.parametrize("collection", ["article_index", "random_index"])
def test_no_way_of_finding_the_nearest_shows_in_what_is_found(
    collection: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    retriever = Retriever(request.getfixturevalue(collection))
    told = []
    for rows in (20_000, 0):
        monkeypatch.setattr("knowledge.store.WHOLE_ROWS", rows)
        told.append([retriever.search(text, 40) for text in QUESTIONS])
    for whole, pruned in zip(*told, strict=True):
        assert [hit.passage.id for hit in pruned] == [hit.passage.id for hit in whole]
        assert [hit.score for hit in pruned] == pytest.approx([hit.score for hit in whole], abs=1e-6)
