"""Texts -> a unigram tokenizer: the words of jieba's dictionary that the texts use most.

The most probable segmentation under jieba's word frequencies is what jieba itself computes (without its model of
unknown words), so the counting runs in the tokenizers library, compiled and on all cores. Normalisation (NFKC, lower
case) lies inside the tokenizer, so that every reader of ``tokenizer.json`` applies it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from knowledge import words
from knowledge.query import phrases

UNKNOWN = "[UNK]"
_PIECE = r"[\u3400-\u9fff]+|[a-z]+|[0-9]+"
_LONGEST_WORD = 8
_LATIN = "abcdefghijklmnopqrstuvwxyz0123456789"
_BATCH = 4096


def tokenizer(scores: Mapping[str, float]) -> Tokenizer:
    """Return a unigram tokenizer over words with their log probabilities; anything else is the unknown token, 0."""
    entries = [(UNKNOWN, min(scores.values()) - 10.0), *scores.items()]
    made = Tokenizer(models.Unigram(entries, unk_id=0, byte_fallback=False))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Split(Regex(_PIECE), behavior="removed", invert=True)
    return made


@cache
def general() -> Tokenizer:
    """Return the tokenizer of jieba's whole dictionary with the project's own words."""
    counts = {word: count for word, count in words.frequencies().items() if _fits(word)}
    own = {words.normal(word) for word in (*words.policy_terms(), *phrases())}
    counts |= {word: max(counts.get(word, 0), 3) for word in own if _fits(word)}
    counts |= {letter: counts.get(letter, 1) for letter in _LATIN}
    return tokenizer(_log_shares(counts))


def fitted(texts: Iterable[str], size: int) -> tuple[Tokenizer, np.ndarray]:
    """Return a tokenizer of at most ``size`` tokens for the texts, and how often each token occurs in them.

    All characters that occur, the project's own words, then the commonest words.
    """
    wide = general()
    counts = _counts(wide, texts)
    names = {number: word for word, number in wide.get_vocab().items()}
    found = {names[number]: int(count) for number, count in counts.items() if names[number] != UNKNOWN}
    own = {words.normal(word) for word in (*words.policy_terms(), *phrases())}
    characters = Counter({word: count for word, count in found.items() if len(word) == 1})
    for word, count in found.items():
        for character in word:
            characters[character] += count // 50  # rare characters are needed for the words that are cut away
    kept = {word: max(count, 1) for word, count in characters.items() if count > 1 or word in _LATIN}
    for word in sorted(found, key=lambda word: (word not in own, -found[word], word)):
        if len(kept) >= size - 1:
            break
        kept.setdefault(word, found[word])
    made = tokenizer(_log_shares(kept))
    totals = np.zeros(made.get_vocab_size(), dtype=np.int64)
    for word, number in made.get_vocab().items():
        totals[number] = found.get(word, 0)
    return made, totals


def _counts(made: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    total: Counter[int] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            total.update(_batch_counts(made, batch))
            batch = []
    total.update(_batch_counts(made, batch))
    return total


def _batch_counts(made: Tokenizer, batch: list[str]) -> Counter[int]:
    ids = [number for found in made.encode_batch_fast(batch) for number in found.ids]
    numbers, counts = np.unique(np.array(ids, dtype=np.int64), return_counts=True)
    return Counter(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))


def _fits(word: str) -> bool:
    return 0 < len(word) <= _LONGEST_WORD and word == words.normal(word) and words.is_word(word)


def _log_shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {word: math.log(max(count, 1) / total) for word, count in sorted(counts.items())}
