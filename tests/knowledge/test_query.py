"""The words of a question, with what else they may be called in a document."""

from __future__ import annotations

import pytest

from knowledge import words
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


@pytest.mark.parametrize(
    ("said", "official"),
    [
        ("冠军奖多少", "第一名"),
        ("季军有奖金吗", "第三名"),
        ("社保断交了怎么办", "断缴"),
        ("农村养老保险怎么交", "城乡居民基本养老保险"),
        ("残疾证怎么办", "残疾人证"),
        ("退伍兵创业", "退役军人"),
        ("刚毕业能领吗", "应届高校毕业生"),
        ("创业贷款贷几年", "创业担保贷款"),
        ("有没有门面补贴", "场地租金补贴"),
        ("房租补贴怎么领", "租房补贴"),
        ("做鉴定要多久", "劳动能力鉴定"),
        ("生孩子补贴", "生育津贴"),
        ("报多少", "报销比例"),
        ("取公积金", "提取住房公积金"),
        ("养老认证怎么做", "领取待遇资格认证"),
        ("社保卡丢了", "遗失"),
        ("补贴什么时候打钱", "发放"),
        ("要跑几趟", "最多跑一次"),
        ("网上办", "网上办理"),
    ],
)
def test_what_people_say_stands_for_what_documents_write(said: str, official: str) -> None:
    assert official in {word for term in query_terms(said) for word, _ in term.variants}


def test_two_levels_or_two_places_never_stand_for_each_other() -> None:
    """A synonym that is not true gives a wrong answer with a right citation."""
    apart = (
        "第一名",
        "第二名",
        "第三名",
        "硕士研究生",
        "博士研究生",
        "门诊",
        "住院",
        "丧葬补助金",
        "抚恤金",
        "租房补贴",
        "购房补贴",
    )
    for word in apart:
        meant = {variant for found in query_terms(word) for variant, _ in found.variants}
        assert not meant & (set(apart) - {word}), word


def test_every_line_of_the_synonyms_has_official_terms_and_what_people_say_for_them() -> None:
    for line in words.dictionary_lines("synonyms.txt"):
        official, colon, said = line.partition(":")
        assert colon, line
        assert official.split(), line
        assert said.split(), line
        assert not set(official.split()) & set(said.split()), line
