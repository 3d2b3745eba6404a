"""The configuration of the second stage: one TOML file, ``second.toml`` by default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.training.config import Source, read_fields
from knowledge.training.errors import TrainingConfigError

BUNDLED = "second.toml"


@dataclass(frozen=True, slots=True)
class SecondConfig:
    """What a run is made from. ``text`` are corpora, ``pairs`` questions with what answers them.

    ``length`` counts tokens of a row. ``read_steps`` hide words of running text, ``steps`` are of questions with their
    passages. ``made`` questions are cut out of each corpus of text. Numbers of steps may change between slices of a run.
    """

    name: str
    seed: int
    dimension: int
    layers: int
    heads: int
    inner: int
    length: int
    dropout: float
    read_steps: int
    read_rows: int
    read_rate: float
    steps: int
    questions: int  # a step
    negatives: int  # a question
    hard_share: float  # of the negatives that retrieval found, the others are of the same document or any
    learning_rate: float
    told_weight: float
    span_weight: float
    made: int
    text: tuple[Source, ...]
    pairs: tuple[Source, ...]

    @classmethod
    def read(cls, path: Path | None = None) -> SecondConfig:
        """Read a file, or the bundled one; raises TrainingConfigError naming what is wrong."""
        config = cls(**read_fields(cls, path, BUNDLED))
        where = path or BUNDLED
        if not config.heads or config.dimension % config.heads:
            raise TrainingConfigError(f"配置文件 {where}：dimension 应能被 heads 整除")
        if config.negatives < 1 or config.questions < 1:
            raise TrainingConfigError(f"配置文件 {where}：questions 和 negatives 至少为 1")
        return config
