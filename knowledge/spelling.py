"""Words of a question that are no words of the index -> the words of the index they were probably meant to be.

Two kinds of slips: another character of the same sound (陪训, 引发) and one wrong character in a word of four or more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from knowledge import words

_LONGEST_WINDOW = 8
_SHORTEST_SUBSTITUTION = 4


class Speller:
    """Knows the words of one index. Its tables are made at the first slip."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary

    def corrections(self, text: str) -> dict[str, str]:
        """Return the stretches of a text that look misspelt, each with the word of the index it stands for.

        A stretch may be a word in its own right (引发 for 印发): then the reading is a guess, not a correction.
        """
        normal = words.normal(text)
        found: dict[str, str] = {}
        taken: set[int] = set()
        for start, end in self._suspects(normal):
            if taken.intersection(range(start, end)):
                continue
            meant = self._meant(normal[start:end])
            if meant is not None:
                found[normal[start:end]] = meant
                taken.update(range(start, end))
        return found

    def spelt(self, pinyin: str) -> str | None:
        """Return the word of the index that a run of pinyin without spaces and tones stands for."""
        return self._by_spelling.get(pinyin)

    def _suspects(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield stretches that hold a word unknown to the index and no better explained, longest first."""
        position, spans = 0, []
        for word in words.words(text):
            start = text.find(word, position)
            if start < 0:
                return
            spans.append((start, start + len(word), word))
            position = start + len(word)
        windows = []
        for first in range(len(spans)):
            for last in range(first, len(spans)):
                start, end = spans[first][0], spans[last][1]
                if (
                    end - start > _LONGEST_WINDOW
                    or "".join(span[2] for span in spans[first : last + 1]) != text[start:end]
                ):
                    break
                if end - start > 1 and any(self._is_odd(span[2]) for span in spans[first : last + 1]):
                    windows.append((start, end))
        yield from sorted(windows, key=lambda window: window[0] - window[1])

    def _is_odd(self, word: str) -> bool:
        return word not in self._vocabulary and word not in words.stop_words()

    def _meant(self, window: str) -> str | None:
        if window in self._vocabulary:
            return None
        same_sound = self._by_sound.get(sound(window))
        if same_sound is not None:
            return same_sound
        if len(window) >= _SHORTEST_SUBSTITUTION:
            for position in range(len(window)):
                meant = self._by_gap.get(window[:position] + "*" + window[position + 1 :])
                if meant is not None:
                    return meant
        return None

    @cached_property
    def _by_sound(self) -> dict[str, str]:
        return {sound(word): word for word in reversed(tuple(self._vocabulary)) if _is_han(word)}

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return {spelling.replace(" ", ""): word for spelling, word in self._by_sound.items()}

    @cached_property
    def _by_gap(self) -> dict[str, str]:
        return {
            word[:position] + "*" + word[position + 1 :]: word
            for word in reversed(tuple(self._vocabulary))
            if len(word) >= _SHORTEST_SUBSTITUTION and _is_han(word)
            for position in range(len(word))
        }


def _is_han(word: str) -> bool:
    return len(word) > 1 and all("\u3400" <= character <= "\u9fff" for character in word)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """Return the pinyin of a word without tones."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # 0.2 s: only where a word looks misspelt

    return " ".join(lazy_pinyin(word))
