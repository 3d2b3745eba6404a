"""Misspelt words of a question -> words of the index."""

from __future__ import annotations

import pytest

from knowledge.spelling import Speller, sound

VOCABULARY = ["培训", "印发", "农民工", "职业技能", "新型学徒制", "国务院", "机构"]


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller({word: number for number, word in enumerate(VOCABULARY)})


@pytest.mark.parametrize(
    ("question", "corrections"),
    [
        ("陪训机构", {"陪训": "培训"}),
        ("国务院引发了什么", {"引发": "印发"}),
        ("农民公能参加吗", {"农民公": "农民工"}),
        ("職業機能", {"职业机能": "职业技能"}),  # one wrong character of four, written in Traditional ones
        ("新形学徒制", {"新形学徒制": "新型学徒制"}),
    ],
)
def test_a_slip_is_read_as_the_word_it_was_meant_to_be(
    speller: Speller, question: str, corrections: dict[str, str]
) -> None:
    assert {slip: meant for slip, meant in speller.corrections(question).items() if slip in corrections} == corrections


@pytest.mark.parametrize("question", ["国务院印发职业技能培训", "的了吗", "2018", "abc", "", "？", "职业人工"])
def test_what_is_right_or_too_far_from_any_word_is_left_alone(speller: Speller, question: str) -> None:
    assert speller.corrections(question) == {}


def test_one_wrong_character_of_a_short_word_is_no_correction(speller: Speller) -> None:
    """Of three characters one wrong leaves too many words it might be, unless it sounds the same."""
    assert speller.corrections("农民会") == {}


def test_words_that_sound_alike_have_the_same_sound() -> None:
    assert sound("陪训") == sound("培训") == "pei xun"


def test_an_index_without_words_corrects_nothing() -> None:
    assert Speller({}).corrections("陪训机构") == {}
