"""The words of a question, with what else they may be called in a document."""

from __future__ import annotations

from knowledge.query import OFFICIAL_WEIGHT, SIBLING_WEIGHT, QueryTerm, query_terms


def term(question: str, word: str) -> QueryTerm:
    return next(term for term in query_terms(question) if term.word == word)


def test_a_word_is_its_own_first_variant_with_full_weight() -> None:
    assert all(found.variants[0] == (found.word, 1.0) for found in query_terms("打工的怎么参加培训"))


def test_an_everyday_word_stands_for_the_official_term() -> None:
    assert dict(term("打工的可以参加吗", "打工的").variants)["农民工"] == OFFICIAL_WEIGHT
    assert dict(term("人社部印发了什么", "人社部").variants)["人力资源社会保障部"] == OFFICIAL_WEIGHT


def test_an_official_term_stands_for_the_everyday_words_too() -> None:
    variants = dict(term("农民工可以参加吗", "农民工").variants)
    assert variants["打工人"] == variants["进城务工"] == SIBLING_WEIGHT


def test_an_everyday_word_weighs_no_more_than_the_official_term_it_stands_for() -> None:
    assert term("打工的可以参加吗", "打工的").weight <= term("农民工可以参加吗", "农民工").weight


def test_a_phrase_of_several_words_is_found_whole() -> None:
    assert "丢了工作" in {found.word for found in query_terms("丢了工作怎么办")}


def test_each_word_comes_once_and_stop_words_do_not_come() -> None:
    found = [found.word for found in query_terms("培训的培训和培训")]
    assert found == ["培训"]


def test_the_shorter_words_inside_long_ones_come_only_where_they_are_wanted() -> None:
    assert {"职业技能等级制度", "技能", "制度"} <= {found.word for found in query_terms("职业技能等级制度")}
    assert [found.word for found in query_terms("职业技能等级制度", parts=False)] == ["职业技能等级制度"]


def test_every_way_of_writing_gives_the_same_query() -> None:
    assert query_terms("農民工２０１８年培訓") == query_terms("农民工2018年培训")


def test_a_question_without_words_has_no_terms() -> None:
    assert query_terms("") == query_terms("？！ \n😀\x00") == ()
