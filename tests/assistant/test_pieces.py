"""The words of a model as they come, cut anywhere, are the same sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.pieces import Missing, Outcome, Piece, Reader, Said


def read(text: str, size: int = 1) -> list[Piece]:
    reader, found = Reader(), []
    for place in range(0, len(text), size):
        found += reader.feed(text[place : place + size])
    return [*found, *reader.finish()]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RESULT: answered\n甲是乙 [1]。丙是丁[2][3]。", [Outcome.ANSWERED, Said("甲是乙", (1,)), Said("丙是丁", (2, 3))]),
        ("RESULT: not_found\n", [Outcome.NOT_FOUND]),
        ("**RESULT: partial**\n甲[1]。\nMISSING: 乙的标准。", [Outcome.PARTIAL, Said("甲", (1,)), Missing("乙的标准")]),
        ("甲是乙。[1]丙是丁。【2】", [Said("甲是乙", (1,)), Said("丙是丁", (2,))]),
        ("包括：\n- 甲[1]\n- 乙[1, 2]\n", [Said("包括", (), leads=True), Said("甲", (1,), True), Said("乙", (1, 2), True)]),
        ("1. 甲[1]\n2. 乙[2]", [Said("甲", (1,), True), Said("乙", (2,), True)]),
        ("补贴12.5万元[1]。", [Said("补贴12.5万元", (1,))]),
        ("<think>甲[1]。\n想</think>RESULT: answered\n乙是丙[1]。", [Outcome.ANSWERED, Said("乙是丙", (1,))]),
        ("<think>没有想完", []),
        ("It was issued in 2019 [1]. It ended. [2]", [Said("It was issued in 2019", (1,), stop=". "), Said("It ended", (2,), stop=". ")]),
        ("有。甲是乙丙丁[1]。", [Said("有。甲是乙丙丁", (1,))]),
        ("## 答\n> 甲**是**乙`丙`[1]。", [Said("答。甲是乙丙", (1,))]),
        ("他说：“甲。”[1]然后", [Said("他说：“甲。”", (1,))]),  # what only opens a sentence that never comes says nothing
        ("", []),
        ("。。。\n---\n", []),
    ],
)  # fmt: skip
def test_what_is_said_does_not_depend_on_how_it_is_cut(text: str, expected: list[Piece], size: int) -> None:
    found = read(text, size)
    assert found == expected


@given(st.text(alphabet="甲乙。！？.!? \n[]【】123<>think/RESULT:-*（", max_size=60))
def test_nothing_breaks_it(text: str) -> None:
    whole = read(text, 1000)
    assert all(isinstance(piece, Said | Missing | Outcome) for piece in read(text))
    assert len(whole) <= len(text) + 1


def test_a_sentence_with_its_mark_before_the_stop_is_whole_at_the_stop() -> None:
    """The next one is not waited for."""
    reader = Reader()
    assert reader.feed("甲是乙[1]") == []
    assert reader.feed("。") == [Said("甲是乙", (1,))]
