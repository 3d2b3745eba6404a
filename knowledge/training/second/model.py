"""The second stage while it is trained: a small transformer over question and passage in one row.

Two things help a model of this size that has seen few questions. Each token is told how near the nearest token of the
other side is, by the vectors of the words, and whether it stands there itself (the aligned-question features of Chen et
al., ACL 2017, inside a transformer). And positions are a learned bias by distance, one for each head, which begins as a
slope (Press, Smith and Lewis, ICLR 2022), so that near words belong together from the first step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from knowledge.pair import PADDING, QUESTION, TEXT

FARTHEST = 16  # distances beyond it count as it
NOWHERE = -1e4  # the logit of what cannot be
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a model is; ``dimension`` is divisible by ``heads``."""

    tokens: int
    dimension: int
    layers: int
    heads: int
    inner: int
    dropout: float = 0.1


class Layer(nn.Module):
    """Attention and a feed-forward network, each behind a norm and added to what came in."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.before_attention = nn.LayerNorm(shape.dimension)
        self.attention = nn.Linear(shape.dimension, 3 * shape.dimension)
        self.attended = nn.Linear(shape.dimension, shape.dimension)
        self.before_inner = nn.LayerNorm(shape.dimension)
        self.inner = nn.Linear(shape.dimension, shape.inner)
        self.outer = nn.Linear(shape.inner, shape.dimension)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """Return states of the same shape (rows, length, dimension); bias is (rows, heads, length, length)."""
        rows, length, dimension = states.shape
        cut = self.attention(self.before_attention(states)).view(rows, length, 3, self.heads, dimension // self.heads)
        query, key, value = cut.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.transpose(2, 3) / (dimension // self.heads) ** 0.5 + bias
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(rows, length, dimension)
        states = states + self.dropout(self.attended(mixed))
        opened = functional.gelu(self.inner(self.before_inner(states)), approximate="tanh")
        found: Tensor = states + self.dropout(self.outer(opened))
        return found


class PairReader(nn.Module):
    """Reads rows of token numbers and parts; its heads tell nearness, whether it is told, and where."""

    def __init__(self, shape: Shape, vectors: NDArray[np.float32]) -> None:
        super().__init__()
        width = vectors.shape[1]
        self.words = nn.Embedding(shape.tokens, width, _weight=torch.from_numpy(_filled(vectors, shape.tokens)))
        self.widened = nn.Linear(width, shape.dimension) if width != shape.dimension else nn.Identity()
        self.part = nn.Embedding(_PARTS, shape.dimension)
        self.met = nn.Linear(2, shape.dimension)
        self.first = nn.LayerNorm(shape.dimension)
        self.dropout = nn.Dropout(shape.dropout)
        self.distance = nn.Embedding(2 * FARTHEST + 1, shape.heads)
        self.across = nn.Parameter(torch.zeros(shape.heads))
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.last = nn.LayerNorm(shape.dimension)
        self.judged = nn.Linear(shape.dimension, 2)  # nearness, told
        self.placed = nn.Linear(shape.dimension, 2)  # the answer's first token, its last
        self.guessed = nn.Linear(shape.dimension, width)  # a hidden word's vector
        slopes = 2.0 ** -torch.arange(1, shape.heads + 1).float()
        far = (torch.arange(2 * FARTHEST + 1) - FARTHEST).abs().float()
        nn.init.normal_(self.part.weight, std=0.1)
        with torch.no_grad():
            self.distance.weight.copy_(-far[:, None] * slopes[None, :])

    def states(self, ids: Tensor, parts: Tensor) -> Tensor:
        """Return a vector a token: (rows, length, dimension)."""
        words = self.words(ids)
        states = self.widened(words) + self.part(parts) + self.met(_met(words, ids, parts))
        states = self.dropout(self.first(states))
        bias = self._bias(parts)
        for layer in self.layers:
            states = layer(states, bias)
        found: Tensor = self.last(states)
        return found

    def forward(self, ids: Tensor, parts: Tensor) -> tuple[Tensor, Tensor]:
        """Return (rows, 2): nearness and told, as logits; and (rows, length, 2): the answer's ends, as logits."""
        states = self.states(ids, parts)
        outside = (parts != TEXT).unsqueeze(-1)
        return self.judged(states[:, 0]), self.placed(states).masked_fill(outside, NOWHERE)

    def guesses(self, ids: Tensor, parts: Tensor, hidden: Tensor) -> Tensor:
        """Return logits over all tokens for the places where ``hidden`` is true."""
        return functional.linear(self.guessed(self.states(ids, parts)[hidden]), self.words.weight)

    def _bias(self, parts: Tensor) -> Tensor:
        places = torch.arange(parts.shape[1], device=parts.device)
        apart = (places[None, :] - places[:, None]).clamp(-FARTHEST, FARTHEST) + FARTHEST
        near = self.distance(apart).permute(2, 0, 1).unsqueeze(0)
        other = ((parts == QUESTION).unsqueeze(2) != (parts == QUESTION).unsqueeze(1)).unsqueeze(1)
        bias = torch.where(other, self.across.view(1, -1, 1, 1), near)
        return bias.masked_fill((parts == PADDING)[:, None, None, :], NOWHERE)


def _met(words: Tensor, ids: Tensor, parts: Tensor) -> Tensor:
    """Return for each token how near the nearest of the other side is, and whether it stands there itself."""
    asked, given = parts == QUESTION, parts > QUESTION
    other = (asked.unsqueeze(2) & given.unsqueeze(1)) | (given.unsqueeze(2) & asked.unsqueeze(1))
    unit = functional.normalize(words, dim=-1)
    near = (unit @ unit.transpose(1, 2)).masked_fill(~other, 0.0).amax(-1)
    same = ((ids.unsqueeze(2) == ids.unsqueeze(1)) & other & (ids > 0).unsqueeze(2)).any(-1)
    return torch.stack([near, same.to(near.dtype)], dim=-1)


def _filled(vectors: NDArray[np.float32], tokens: int) -> NDArray[np.float32]:
    """Scale known vectors to a common length and put small random ones behind them for the tokens that have none."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    known = vectors / np.maximum(lengths, 1e-6)
    added = (
        np.random.default_rng(0).standard_normal((tokens - len(vectors), vectors.shape[1])) / vectors.shape[1] ** 0.5
    )
    return np.concatenate([known, added]).astype(np.float32)
