"""Things that a question names by a compound (培训券, 人才码), of which a document must speak to tell anything of them.

Their words alone do not show that it does: every document on training has 培训, and 券 weighs nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from knowledge import words

_TAILS = frozenset("券卡码包证奖险票章")
_OPENS = frozenset("证奖险票")  # 证书 for 证, 奖励 for 奖
_SHORTEST = 2  # characters
_AROUND = 6  # characters that are cut into words, of each place


def named(text: str) -> tuple[str, ...]:
    """Return the last characters of the compounds that a question names and no dictionary knows."""
    return tuple(tail for before, tail in pairwise(words.tokens(text)) if tail in _TAILS and _is_noun(before))


@lru_cache(maxsize=256)
def is_in(thing: str, text: str) -> bool:
    """Tell whether a text names a thing that ends so, as one word or as two, or begins so (证书 for 证)."""
    return any(_names(thing, text[max(0, place - _AROUND) : place + _AROUND]) for place in _places(thing, text))


def _places(thing: str, text: str) -> Iterator[int]:
    place = text.find(thing)
    while place >= 0:
        yield place
        place = text.find(thing, place + 1)


def _names(thing: str, stretch: str) -> bool:
    return any(
        (token.endswith(thing) and (len(token) >= _SHORTEST or _is_noun(before)))
        or (thing in _OPENS and thing in token and len(token) >= _SHORTEST)
        for before, token in pairwise(("", *words.tokens(stretch)))
    )


def _is_noun(word: str) -> bool:
    return len(word) >= _SHORTEST and words.part_of_speech(word)[:1] in {"n", "v"}
