"""The encoder while it is trained: a table of word vectors, character vectors and word weights.

A text is the weighted sum of its words' vectors, scaled to unit length. A word's vector is its own plus the mean of
its characters', so that rare words begin near their kin; its weight begins at the smooth inverse frequency
``a / (a + share)`` (Arora, Liang and Ma, ICLR 2017). All three are multiplied out into one table at the end.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from knowledge.training.material import Bags

_SMOOTH = 1e-3


class WordTable(nn.Module):
    """Trainable parts of the encoder, for one tokenizer."""

    def __init__(self, tokenizer: Tokenizer, counts: NDArray[np.int64], initial: NDArray[np.float32]) -> None:
        super().__init__()
        self.words = nn.Parameter(torch.from_numpy(initial.copy()))
        self._spelling, self._starts, characters = _spelling(tokenizer)
        self.characters = nn.Parameter(torch.zeros(characters, initial.shape[1]))
        share = (counts + 1) / counts.sum()
        weights = np.clip(_SMOOTH / (_SMOOTH + share), 1e-3, None).astype(np.float32)
        self.weights = nn.Parameter(torch.from_numpy(np.log(np.expm1(weights * 2))))

    def table(self) -> Tensor:
        """Return the multiplied-out table, of shape (tokens, dimension); row 0, the unknown token, is zero."""
        spelt = functional.embedding_bag(self._spelling, self.characters, self._starts, mode="mean")
        vectors = self.words + spelt
        rows = functional.softplus(self.weights)[:, None] * vectors
        return torch.cat([torch.zeros_like(rows[:1]), rows[1:]])


def embedded(table: Tensor, bags: Bags) -> Tensor:
    """Return a unit vector for each row of tokens."""
    tokens = torch.from_numpy(bags.tokens.astype(np.int64))
    offsets = torch.from_numpy(bags.offsets[:-1])
    return functional.normalize(functional.embedding_bag(tokens, table, offsets, mode="sum"), dim=1)


def _spelling(tokenizer: Tokenizer) -> tuple[Tensor, Tensor, int]:
    """Return the characters' numbers of all words, where each word's begin, and how many characters there are."""
    words = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    numbers: dict[str, int] = {}
    spelt = [[numbers.setdefault(character, len(numbers)) for character in word] for word, _ in words]
    starts = np.cumsum([0, *map(len, spelt[:-1])])
    return torch.tensor([number for row in spelt for number in row]), torch.from_numpy(starts), len(numbers)
