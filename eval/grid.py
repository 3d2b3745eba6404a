"""A sweep as it is written down: which question set, which settings, what to choose by.

::

    dataset = "eval/data/policy_article.jsonl"
    where = "split=dev"             # choose on these cases only; left out: on all
    index = "var/index"             # left out: the default index
    target = "correct"              # the measure to choose by
    folds = 5                       # of the cross-validation

    [grid]                          # every combination of these; the first value of each is what stands now
    "retriever.lexical_share" = [0.8, 0.6, 1.0]
    "assistant.gate.COVERAGE" = [0.52, 0.45, 0.6]

    [[point]]                       # or further points, one by one
    POLICY_INDEX = "var/other-index"

``sources = [...]`` in place of ``index`` builds one index from them for each POLICY_ENCODER in the sweep.
"""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.errors import SweepError
from eval.scores import MEASURE
from eval.variant import Variant, named

if TYPE_CHECKING:
    from eval.measure import Measure

MOST_POINTS = 200
_KNOWN = ("dataset", "where", "index", "sources", "target", "folds", "grid", "point")


@dataclass(frozen=True, slots=True)
class Sweep:
    """A checked sweep file; ``points`` are the changes of each point, the first one is the baseline."""

    dataset: Path
    where: tuple[str, str] | None
    index: Path | None
    sources: tuple[str, ...]
    target: Measure
    folds: int
    points: tuple[dict[str, Any], ...]


def read(path: Path) -> Sweep:
    """Read a sweep file; paths in it count from the working directory.

    Raises SweepError, saying what cannot be used.
    """
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SweepError(f"无法读取扫描文件 {path}（{error.strerror}）") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SweepError(f"扫描文件 {path} 不是合法的 TOML：{error}") from None
    try:
        return _sweep(record)
    except SweepError as error:
        raise SweepError(f"扫描文件 {path}：{error}") from None


def _sweep(record: dict[str, Any]) -> Sweep:
    unknown = sorted(record.keys() - set(_KNOWN))
    if unknown:
        raise SweepError(f"不认识的项 {unknown[0]}，可用：{'、'.join(_KNOWN)}")
    target = MEASURE.get(_of(record, "target", str, "correct").casefold())
    if target is None:
        known = "、".join(str(measure) for measure in MEASURE.values())
        raise SweepError(f"target 没有叫 {record['target']} 的指标，可用：{known}")
    folds = _of(record, "folds", int, 5)
    if folds < 2:  # noqa: PLR2004  one fold leaves nothing to choose on
        raise SweepError("folds 应为不小于 2 的整数")
    index = _of(record, "index", str, None)
    return Sweep(
        dataset=Path(_of(record, "dataset", str)),
        where=_where(_of(record, "where", str, None)),
        index=None if index is None else Path(index),
        sources=tuple(_of(record, "sources", list, [])),
        target=target,
        folds=folds,
        points=_points(record),
    )


_MISSING = object()


def _of(record: dict[str, Any], name: str, kind: type, default: Any = _MISSING) -> Any:
    value = record.get(name, default)
    if value is _MISSING:
        raise SweepError(f"缺少 {name}")
    if value is not default and not isinstance(value, kind):
        raise SweepError(f"{name} 的值不能用：{value!r}")
    return value


def _where(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    field, equals, value = text.partition("=")
    if not (field and equals and value):
        raise SweepError(f"where 应写成 字段=值，例如 split=dev，实际是 {text!r}")
    return field, value


def _points(record: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    grid, single = _of(record, "grid", dict, {}), _of(record, "point", list, [])
    for name, values in grid.items():
        if not isinstance(values, list) or not values:
            raise SweepError(f"grid 里 {name} 应为非空的列表，实际是 {values!r}")
    combined = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())] if grid else []
    points = [*combined, *single]
    if len(points) < 2:  # noqa: PLR2004  one point is no choice
        raise SweepError("至少要有两组设置，请在 [grid] 或 [[point]] 里写出")
    if len(points) > MOST_POINTS:
        raise SweepError(f"有 {len(points)} 组设置，最多 {MOST_POINTS} 组")
    for point in points:
        if not isinstance(point, dict):
            raise SweepError(f"point 应写成 [[point]] 下的一组设置，实际是 {point!r}")
        for name in point:
            if not named(name):
                raise SweepError(f"不认识的设置 {name}，应为 POLICY_…、retriever.… 或 assistant.…/knowledge.… 里的常量")
        Variant(None, point).check()
    return tuple(points)
