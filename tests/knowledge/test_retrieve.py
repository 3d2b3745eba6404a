"""Questions find the passage that answers them, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.query import query_terms
from knowledge.retrieve import Retriever, Shares

if TYPE_CHECKING:
    from knowledge.index import Index


@pytest.fixture(scope="module")
def retriever(article_index: Index) -> Retriever:
    return Retriever(article_index)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("2018年国务院印发了什么文件?", "2018年,国务院印发《关于推行终身职业技能培训制度的意见》"),
        ("2017年印发了什么改革方案?", "《新时期产业工人队伍建设改革方案》"),
        ("哪些人属于重点群体?", "聚焦农民工、高校毕业生等青年、下岗失业人员"),
        ("打鱼的算不算?", "长江流域禁捕退捕渔民"),
        ("以工代训多少人?", "以工代训3600多万人"),
        ("多少个部门协同推进?", "人力资源社会保障等 22个部门协同推进工作"),
        ("两目录一系统", "持续做好“两目录一系统”建设工作"),
        ("職業技能等級制度", "与终身培训制度相适应的职业技能等级制度"),
        ("马兰花是什么?", "实施“马兰花”创业培训计划等"),
        ("加大技师、高级技师、特级技师研修培训", "加大技师、高级技师、特级技师研修培训"),
        ("培训工作的压舱石", "推动经济社会发展的压舱石"),
        ("联系电话", "010-678-55601"),
    ],
)
def test_a_question_finds_its_passage_first(retriever: Retriever, question: str, told: str) -> None:
    assert told in retriever.search(question)[0].passage.text


def test_hits_come_best_first_with_scores_between_zero_and_one(retriever: Retriever) -> None:
    hits = retriever.search("职业技能培训的重点群体", 100)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= hit.score <= 1 + 1e-6 and 0 <= hit.lexical <= 1 for hit in hits)
    assert len({hit.passage.id for hit in hits}) == len(hits)


@pytest.mark.parametrize(("k", "found"), [(1, 1), (3, 3), (10, 10), (0, 0), (-1, 0)])
def test_as_many_passages_come_as_are_asked_for(retriever: Retriever, k: int, found: int) -> None:
    assert len(retriever.search("培训", k)) == found


def test_no_more_passages_come_than_there_are(retriever: Retriever, article_index: Index) -> None:
    hits = retriever.search("培训", 10_000)
    assert sorted(hit.passage.start for hit in hits) == [passage.start for passage in article_index.passages]


def test_a_hit_tells_which_words_it_matched_and_by_which_synonym(retriever: Retriever) -> None:
    hit = retriever.search("打工的属于重点群体吗")[0]
    assert "重点群体" in hit.matched
    assert "打工的→农民工" in hit.matched


def test_the_same_question_gives_the_same_hits(retriever: Retriever) -> None:
    assert retriever.search("培训机构") == retriever.search("培训机构")


def test_a_question_with_its_terms_given_is_the_same_search(retriever: Retriever) -> None:
    question = "农民工参加什么培训"
    assert retriever.search_terms(question, query_terms(question), 5) == retriever.search(question, 5)


@pytest.mark.parametrize("question", ["", "？！。", "\x00", "😀", "qwertyuiop", "的了吗"])
def test_a_question_that_matches_nothing_scores_nothing(article_index: Index, question: str) -> None:
    hits = Retriever(article_index, Shares(lexical=1.0, alignment=0.0)).search(question, 5)
    assert [(hit.score, hit.matched) for hit in hits] == [(0.0, ())] * 5
    assert [hit.passage.start for hit in hits] == sorted(hit.passage.start for hit in hits)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_words_alone_and_vectors_alone_both_find_the_passage(article_index: Index, share: float) -> None:
    hit = Retriever(article_index, Shares(lexical=share, alignment=0.0)).search("长江流域禁捕退捕渔民专项培训计划")[0]
    assert "长江流域禁捕退捕渔民" in hit.passage.text


def test_many_passages_are_searched_right(written_out_index: Index) -> None:
    assert Retriever(written_out_index).search("第777号通知")[0].passage.doc_id == "d777"
