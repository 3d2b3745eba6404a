"""Texts and pairs -> a trained table of word vectors. The order of a run is visible in ``train``."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from knowledge import words
from knowledge.training import corpus, everyday, initial, vocabulary
from knowledge.training.config import Config
from knowledge.training.errors import TrainingDataError
from knowledge.training.material import Bags, Batch, Pairs, RunningText

Log = Callable[[str], None]
_WARM_STEPS = 50
_LAST_RATE = 0.02  # of the learning rate, at the last step
_LOG_EVERY = 100


class Drawn(Protocol):
    """What training pairs are drawn from."""

    def draw(self, count: int, random: np.random.Generator) -> Batch:
        """Sample pairs."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that a model is trained on, as token numbers."""

    tokenizer: Tokenizer
    counts: NDArray[np.int64]
    running: tuple[Bags, ...]
    sources: Mapping[str, tuple[float, Drawn]]


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished table: row ``n`` belongs to token ``n``; the log tells how it came about."""

    tokenizer: Tokenizer
    table: NDArray[np.float32]
    log: tuple[str, ...]


def train(config: Config, data: Path, say: Log) -> Trained:
    """Read the data, make the vocabulary and the first vectors, train."""
    keep_memory()
    lines: list[str] = []

    def log(line: str) -> None:
        lines.append(line)
        say(line)

    started = time.monotonic()
    material = read(config, data)
    size = material.tokenizer.get_vocab_size()
    log(f"词表 {size}，语料 {material.counts.sum()} 词，{time.monotonic() - started:.0f} 秒")
    first = initial.vectors(material.running, size, config.dimension, config.window, config.seed)
    log(f"初始向量，{time.monotonic() - started:.0f} 秒")
    table = fit(config, material, first, log)
    log(f"训练完成，{time.monotonic() - started:.0f} 秒")
    return Trained(material.tokenizer, table, tuple(lines))


def read(config: Config, data: Path) -> Material:
    """Read the sources of a configuration and cut them into the tokens of a vocabulary made for them."""
    texts = {source.file: _simple_texts(data / source.file) for source in config.text}
    pairs = {source.file: _simple_pairs(data / source.file) for source in config.pairs}
    every = [part for rows in (*texts.values(), *pairs.values()) for row in rows for part in row]
    if not every:
        raise TrainingDataError(f"{data}：没有可用的训练文本")
    tokenizer, counts = vocabulary.fitted(every, config.tokens)
    bodies = {name: Bags.of(tokenizer, [text for _, text in rows]) for name, rows in texts.items()}
    titles = {name: Bags.of(tokenizer, [title for title, _ in rows]) for name, rows in texts.items()}
    asked = {name: Bags.of(tokenizer, [query for query, _ in rows]) for name, rows in pairs.items()}
    answers = {name: Bags.of(tokenizer, [positive for _, positive in rows]) for name, rows in pairs.items()}
    sources: dict[str, tuple[float, Drawn]] = {}
    for source in config.text:
        sources[source.file] = (source.share, RunningText(bodies[source.file], titles[source.file]))
    for source in config.pairs:
        sources[source.file] = (source.share, Pairs(asked[source.file], answers[source.file]))
    if config.synonyms_share:
        own = everyday.pairs([text for rows in texts.values() for _, text in rows], np.random.default_rng(config.seed))
        bags = Bags.of(tokenizer, [pair.query for pair in own]), Bags.of(tokenizer, [pair.positive for pair in own])
        sources["synonyms"] = (config.synonyms_share, Pairs(*bags, query_dropped=0.0))
    return Material(tokenizer, counts, (*bodies.values(), *answers.values()), sources)


def fit(config: Config, material: Material, first: NDArray[np.float32], log: Log) -> NDArray[np.float32]:
    """Pull each query to its positive and away from the others of its batch (van den Oord et al. 2018), both ways."""
    import torch  # noqa: PLC0415  # only training needs it
    from torch.nn import functional  # noqa: PLC0415

    from knowledge.training.model import WordTable, embedded  # noqa: PLC0415

    torch.manual_seed(config.seed)
    random = np.random.default_rng(config.seed)
    model = WordTable(material.tokenizer, material.counts, first)
    vectors = [model.words, model.characters]
    optimizer = torch.optim.Adam([{"params": vectors}, {"params": [model.weights]}], lr=config.learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, config.steps))
    names = list(material.sources)
    shares = np.array([material.sources[name][0] for name in names])
    started, losses = time.monotonic(), []
    for step in range(1, config.steps + 1):
        source = material.sources[names[random.choice(len(names), p=shares / shares.sum())]][1]
        batch = source.draw(config.batch, random)
        table = model.table()
        similarity = embedded(table, batch.queries) @ embedded(table, batch.positives).T / config.temperature
        own = torch.arange(len(similarity))
        loss = (functional.cross_entropy(similarity, own) + functional.cross_entropy(similarity.T, own)) / 2
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % _LOG_EVERY == 0 or step == config.steps:
            log(f"第 {step} 步，损失 {np.mean(losses):.4f}，{time.monotonic() - started:.0f} 秒")
            losses = []
    found: NDArray[np.float32] = model.table().detach().numpy()
    return found


def _rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / _WARM_STEPS) * max(_LAST_RATE, 1 - step / steps)


def _simple_texts(path: Path) -> list[tuple[str, str]]:
    return [(words.simplified(text.title), words.simplified(text.text)) for text in corpus.texts(path)]


def _simple_pairs(path: Path) -> list[tuple[str, str]]:
    return [(words.simplified(pair.query), words.simplified(pair.positive)) for pair in corpus.pairs(path)]


def keep_memory() -> None:
    """Let the C library keep large freed blocks: each step frees and asks again for the same hundreds of megabytes.

    Without it the kernel clears them anew each time, a third of a step.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(-4, 0)  # M_MMAP_MAX
            mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD
