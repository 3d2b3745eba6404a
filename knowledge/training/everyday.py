"""Pairs from the project's own vocabulary: what people say, and texts that say it the official way.

For a text that holds an official term, a question is made of one of the term's everyday words and a few other words
of the text. Terms that many texts hold are sampled, so that each counts about the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge import words
from knowledge.query import official_terms
from knowledge.training.corpus import Pair

_TEXTS_A_PHRASE = 30
_MOST_TEXTS = 150_000
_SHORTEST_TERM = 2
_AROUND = 160  # characters of the text on each side of the term
_MOST_WORDS = 4


def pairs(texts: Sequence[str], random: np.random.Generator) -> list[Pair]:
    """Make pairs from all groups of ``dictionary/synonyms.txt``: phrase and term, and phrase and texts."""
    table = {term: said for term, said in official_terms().items() if len(term) >= _SHORTEST_TERM}
    found = [Pair(phrase, term) for term, said in table.items() for phrase in said]
    chosen = random.permutation(len(texts))[:_MOST_TEXTS]
    whole = "\n".join(texts[number].replace("\n", "，") for number in chosen)
    for term, said in table.items():
        for place in _places(whole, term, _TEXTS_A_PHRASE * len(said), int(random.integers(len(whole) + 1))):
            start = whole.rfind("\n", 0, place) + 1
            end = whole.find("\n", place)
            text = whole[start : end if end >= 0 else len(whole)]
            found.append(_asked(text, (place - start, place - start + len(term)), said, random))
    return found


def _places(whole: str, term: str, most: int, start: int) -> list[int]:
    """Return where a term stands, from some place on and round to it again, up to a number of them."""
    found: list[int] = []
    for begin, end in ((start, len(whole)), (0, start)):
        place = whole.find(term, begin, end)
        while place >= 0 and len(found) < most:
            found.append(place)
            line = whole.find("\n", place, end)  # one a text
            place = whole.find(term, line, end) if line >= 0 else -1
    return found


def _asked(text: str, span: tuple[int, int], said: Sequence[str], random: np.random.Generator) -> Pair:
    before = text[max(0, span[0] - _AROUND) : span[0]]
    after = text[span[1] : span[1] + _AROUND]
    near = [word for word in words.words(before[-40:] + "，" + after[:40]) if word not in words.stop_words()]
    count = min(len(near), int(random.integers(0, _MOST_WORDS + 1)))
    others = [near[place] for place in sorted(random.choice(len(near), count, replace=False))] if count else []
    phrase = said[int(random.integers(len(said)))]
    others.insert(int(random.integers(len(others) + 1)), phrase)
    return Pair("，".join(others), before + text[slice(*span)] + after)
