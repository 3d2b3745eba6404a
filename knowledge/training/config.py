"""The configuration of a training run: one TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.training.errors import TrainingConfigError

BUNDLED = "bundled.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the training data and the share of the batches that is drawn from it; ``most`` rows of it, 0: all."""

    file: str
    share: float
    licence: str = ""
    most: int = 0


@dataclass(frozen=True, slots=True)
class Config:
    """What a run is made from. ``text`` are corpora, ``pairs`` questions with what answers them."""

    name: str
    seed: int
    tokens: int
    dimension: int
    window: int  # words around a word that count for its first vector
    steps: int
    batch: int  # pairs a step, each the others' negative
    learning_rate: float
    temperature: float
    synonyms_share: float
    text: tuple[Source, ...]
    pairs: tuple[Source, ...]

    @classmethod
    def read(cls, path: Path | None = None) -> Config:
        """Read a file, or the bundled encoder's; raises TrainingConfigError naming what is wrong."""
        return cls(**read_fields(cls, path, BUNDLED))


def read_fields(kind: type, path: Path | None, bundled: str) -> dict[str, Any]:
    """Read the fields of a configuration from a TOML file, or from a bundled one; raises TrainingConfigError."""
    where = str(path or bundled)
    try:
        raw = path.read_text(encoding="utf-8") if path else files(__package__).joinpath(bundled).read_text("utf-8")
        values = tomllib.loads(raw)
    except (OSError, ValueError) as error:
        raise TrainingConfigError(f"配置文件 {where} 无法读取：{error}") from error
    return {field.name: _value(values, field.name, field.type, where) for field in fields(kind)}


def _value(values: dict[str, Any], name: str, kind: Any, where: str) -> Any:
    value = values.get(name)
    if name in {"text", "pairs"}:
        try:
            return tuple(Source(**row) for row in value or ())
        except TypeError as error:
            raise TrainingConfigError(f"配置文件 {where}：{name} 的各项应有 file 和 share（{error}）") from error
    fits = isinstance(value, str) if kind == "str" else _is_amount(value, whole=kind == "int")
    if not fits:
        raise TrainingConfigError(
            f"配置文件 {where}：{name} 应为{'文字' if kind == 'str' else '不小于零的数'}，不是 {value!r}"
        )
    return value


def _is_amount(value: object, *, whole: bool) -> bool:
    return isinstance(value, int if whole else (int, float)) and not isinstance(value, bool) and value >= 0
