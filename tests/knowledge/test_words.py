"""Text -> terms: policy terms stay whole, and every way of writing a thing gives the same terms."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.document import Document


@pytest.mark.parametrize(
    "term",
    [
        "职业技能等级制度",
        "两目录一系统",
        "以工代训",
        "马兰花",
        "新型学徒制",
        "农村转移劳动力",
        "公共实训基地",
        "职业培训包",
        "禁捕退捕",
    ],
)
def test_a_term_of_the_dictionary_stays_whole_in_a_sentence(term: str) -> None:
    assert term in words.words(f"持续做好“{term}”建设工作")
    assert term in words.words(f"关于{term}的规定")


def test_the_shorter_words_inside_a_term_are_found_too() -> None:
    assert {"职业技能等级制度", "职业", "技能", "等级", "制度"} <= set(words.terms("职业技能等级制度"))


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("職業技能等級制度", "职业技能等级制度"),
        ("以工代訓", "以工代训"),
        ("「馬蘭花」創業培訓計劃", "“马兰花”创业培训计划"),
        ("ＧＤＰ增长３．５％", "gdp增长3.5%"),
        ("二〇一八年", "2018年"),
        ("二零二一年", "2021年"),
        ("Policy", "policy"),
    ],
)
def test_every_way_of_writing_gives_the_same_terms(written: str, plain: str) -> None:
    assert words.terms(written) == words.terms(plain)


def test_a_number_stays_whole() -> None:
    assert words.words("占3.5%，共22个") == ("占", "3.5%", "共", "22", "个")


def test_stop_words_are_no_terms() -> None:
    assert not set(words.terms("这是关于我们的和在")) & words.stop_words()


def test_rare_words_tell_more_than_common_ones() -> None:
    assert 3.0 <= words.rarity("工作") < words.rarity("培训") < words.rarity("以工代训") <= 14.0


def test_a_word_of_the_dictionary_is_known_and_a_made_up_one_is_not() -> None:
    assert words.is_known("以工代训")
    assert not words.is_known("训代工以")


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("国务院", "nt"),
        ("湖北", "ns"),
        ("的", "uj"),
        ("训代工以", ""),
        ("吉林", "ns"),
        ("一", "m"),
    ],
)
def test_the_tag_of_a_word_is_the_one_of_jiebas_dictionary(word: str, tag: str) -> None:
    assert words.part_of_speech(word) == tag


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
@settings(max_examples=300, deadline=None)
def test_tokens_together_are_the_whole_normal_form(text: str) -> None:
    assert "".join(words.tokens(text)) == words.normal(text)


@pytest.mark.parametrize("text", [*"技一a1 。😀", "技能", "2018年", "a1."], ids=repr)
def test_time_is_bounded_on_one_thing_repeated(text: str, bounded: Callable[..., None]) -> None:
    """The model of unknown words of jieba would take minutes for this."""
    words.tokens("技能")  # the dictionaries are read once
    bounded(15, words.terms, (text * 200_000)[:200_000])


def test_the_compiled_segmenter_knows_and_cuts_what_jieba_does(article: Document) -> None:
    """The same counts of the same words, the project's own included, and the same words of the same text."""
    pytest.importorskip("rjieba", reason="no compiled segmenter for this machine")
    compiled, interpreted = words._compiled(), words._interpreted()
    assert compiled is not None
    assert compiled.total == interpreted.total
    assert compiled.counts == {word: count for word, count in interpreted.counts.items() if count}
    texts = [
        *re.findall("[\u3400-\u9fff]+", article.text),
        *words.policy_terms(),
        "甴曱",
        "㐀龥",
        "长江流域禁捕退捕渔民" * 30,
    ]
    assert [list(compiled.cut(text)) for text in texts] == [list(interpreted.cut(text)) for text in texts]


def test_where_there_is_no_compiled_segmenter_jieba_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)  # as if it were not installed
    assert words._compiled() is None
    assert words._segmenter.__wrapped__().name == "jieba"
    assert words._interpreted().name == "jieba"
