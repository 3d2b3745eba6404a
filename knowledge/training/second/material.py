"""What the second stage learns from, as token numbers: passages as the product cuts them, and questions with theirs.

For each question: the passage that answers it; that passage without the sentences that tell the answer; passages our own
retrieval finds for it that do not tell it; and others of the same document. Everything a step draws depends on the seed
and the number of the step alone, so that a run goes on after an interruption as if there had been none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.pair import LONGEST_TITLE, Numbers, Pairing, Rows
from knowledge.training.errors import TrainingDataError
from knowledge.training.material import Bags, Places
from knowledge.training.second.config import SecondConfig

Row = NDArray[np.int32]
NONE = -1
_TITLE_SHOWN = 0.75  # of the passages of a question
_WITHOUT_SHARE = 0.6  # of the questions that have such a passage


@dataclass(frozen=True, slots=True)
class Material:
    """Passages and questions; an array of rows names passages, ``NONE`` where there is none.

    ``bodies``, ``titles``: the passages. For each question: ``positive`` the one that answers it, ``without`` that one
    without the answer, ``hard`` (questions, found) and ``near`` (questions, same document); ``span`` the first and last
    token of the answer in the positive; ``told`` whether the positive states an answer (else it is only what belongs
    to the question); ``source`` the number of the file in the configuration.
    """

    bodies: Bags
    titles: Bags
    queries: Bags
    positive: Row
    without: Row
    hard: Row
    near: Row
    span: Row
    told: Row
    source: Row

    def save(self, path: Path) -> None:
        """Write one compressed file."""
        arrays: dict[str, NDArray[np.generic]] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Bags):
                arrays[f"{field.name}.tokens"] = value.tokens.astype(np.uint16)
                arrays[f"{field.name}.lengths"] = value.lengths.astype(np.uint16)
            else:
                arrays[field.name] = value
        with path.open("wb") as stream:
            np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]  # its last named argument is no array

    @classmethod
    def load(cls, path: Path) -> Material:
        """Read what ``save`` wrote; raises TrainingDataError."""
        try:
            with np.load(path) as told:
                found: dict[str, Any] = {name: _bags(told, name) for name in ("bodies", "titles", "queries")}
                found |= {row.name: told[row.name].astype(np.int32) for row in fields(cls) if row.name not in found}
        except (OSError, ValueError, LookupError) as error:
            raise TrainingDataError(f"{path}：不是可用的训练材料（{error}），请重新运行 prepare") from error
        return cls(**found)


def _bags(told: Mapping[str, NDArray[Any]], name: str) -> Bags:
    lengths = told[f"{name}.lengths"].astype(np.int64)
    return Bags(told[f"{name}.tokens"].astype(np.int32), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Running:
    """Running text to guess words of: a document's tokens and its title's."""

    bodies: Bags
    titles: Bags


@dataclass(frozen=True, slots=True)
class Group:
    """A step's rows: question ``n`` has rows ``n * size`` and those that follow, the first of them its positive.

    ``told``: 1 where a row states the answer, 0 where not, ``NONE`` where it is not known. ``span``: the answer's first
    and last place in the row, ``NONE`` where there is none.
    """

    rows: Rows
    size: int
    told: Numbers
    span: Numbers


def draw(material: Material, pairing: Pairing, config: SecondConfig, step: int) -> Group:
    """Return what a step learns from."""
    random = np.random.default_rng([config.seed, 1, step])
    asked = _questions(material, config, random)
    size = config.negatives + 1
    passages = np.concatenate([material.positive[asked][:, None], _negatives(material, config, asked, random)], axis=1)
    flat = passages.ravel()
    titles, bodies = material.titles.taken(flat), material.bodies.taken(flat)
    shown = np.repeat(random.random(len(asked)) < _TITLE_SHOWN, size)
    queries = material.queries.taken(np.repeat(asked, size))
    rows, begins = pairing.rows(
        split(queries),
        [title if is_shown else title[:0] for title, is_shown in zip(split(titles), shown, strict=True)],
        split(bodies),
    )
    told = np.zeros((len(asked), size), dtype=np.int64)
    told[:, 0] = 1
    told[material.told[asked] == 0] = NONE
    span = np.full((len(flat), 2), NONE, dtype=np.int64)
    found = material.span[asked]
    span[::size] = np.where(found >= 0, found + begins[::size, None], NONE)
    span[span[:, 1] >= rows.ids.shape[1]] = NONE
    return Group(rows, size, told.ravel(), span)


def _questions(material: Material, config: SecondConfig, random: np.random.Generator) -> Places:
    shares = np.array([source.share for source in (*config.text, *config.pairs)])
    known = np.unique(material.source)
    weights = shares[known] / shares[known].sum()
    sources = random.choice(known, size=config.questions, p=weights)
    chosen = [int(random.choice(np.flatnonzero(material.source == source))) for source in sources]
    return np.array(chosen, dtype=np.int64)


def _negatives(material: Material, config: SecondConfig, asked: Places, random: np.random.Generator) -> Row:
    """Return passages that do not answer, of shape (questions, negatives): hard ones, of the same document, or any."""
    found = np.full((len(asked), config.negatives), NONE, dtype=np.int32)
    for place, question in enumerate(asked):
        kept: list[int] = []
        if material.without[question] >= 0 and random.random() < _WITHOUT_SHARE:
            kept.append(int(material.without[question]))
        hard = [int(row) for row in material.hard[question] if row >= 0]
        near = [int(row) for row in material.near[question] if row >= 0]
        many = round(config.hard_share * config.negatives)
        kept += [hard[row] for row in random.permutation(len(hard))[:many]]
        kept += [near[row] for row in random.permutation(len(near))[: config.negatives]]
        unique = list(dict.fromkeys(kept))[: config.negatives]
        found[place, : len(unique)] = unique
    anyone = random.integers(0, len(material.titles), found.shape)
    taken = np.isin(anyone, material.positive[asked])
    anyone = np.where(taken, (anyone + 1) % len(material.titles), anyone)
    return np.where(found >= 0, found, anyone).astype(np.int32)


def _row(bags: Bags, number: int) -> Row:
    return bags.tokens[bags.offsets[number] : bags.offsets[number + 1]]


def split(bags: Bags) -> list[NDArray[np.int32]]:
    """Return the rows of bags one by one."""
    return np.split(bags.tokens, bags.offsets[1:-1]) if len(bags) else []


def hidden_rows(
    running: Running, pairing: Pairing, config: SecondConfig, mask: int, step: int
) -> tuple[Rows, Numbers, NDArray[np.bool_]]:
    """Return rows of running text in which words are hidden, what stood there, and where (Devlin et al. 2019).

    In half of the rows some words of the text stand as the question, so that the two sides are read together.
    """
    random = np.random.default_rng([config.seed, 2, step])
    chosen = random.integers(0, len(running.bodies), config.read_rows)
    questions, heads, bodies = [], [], []
    for number in chosen:
        text = _row(running.bodies, number)
        start = int(random.integers(0, max(1, len(text) - config.length)))
        text = text[start : start + config.length]
        place, many = int(random.integers(0, max(1, len(text)))), int(random.integers(5, 15))
        asks = random.random() < 0.5 and len(text) > 2 * many  # noqa: PLR2004  # every second row
        questions.append(text[place : place + many] if asks else text[:0])
        bodies.append(np.concatenate([text[:place], text[place + many :]]) if asks else text)
        heads.append(_row(running.titles, number)[:LONGEST_TITLE])
    rows, _ = pairing.rows(questions, heads, bodies)
    special = mask - 2  # the special tokens are the last three
    hidden = (random.random(rows.ids.shape) < 0.15) & (rows.ids > 0) & (rows.ids < special)  # noqa: PLR2004
    hidden[0, -1] |= not hidden.any()
    shown = random.random(rows.ids.shape)
    wrong = random.integers(1, special, rows.ids.shape)
    ids = np.where(hidden & (shown < 0.8), mask, np.where(hidden & (shown < 0.9), wrong, rows.ids))  # noqa: PLR2004
    return Rows(ids, rows.parts), rows.ids, hidden
