"""Reading a question set, and the check of all of it before anything runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from eval import foreign, sheet
from eval.answers import to_line
from eval.case import FIELDS, Case, groups
from eval.errors import DatasetError, Defect
from eval.record import Record, kind, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Rows = Iterator[tuple[int, dict[str, object]]]

__all__ = ["Case", "Dataset", "read"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A checked question set.

    ``content`` is the set as lines of JSON (the file itself where it has that form) and ``sha256`` its hash, so that a
    spreadsheet saved again without a change is the same set. ``unknown`` names the fields beyond the format.
    """

    path: Path
    sha256: str
    content: bytes
    cases: tuple[Case, ...]
    unknown: tuple[str, ...] = ()

    def only(self, field: str, value: str) -> Dataset:
        """Return the cases whose field has the value, as a set of its own; raises DatasetError where none has."""
        kept = [case for case in self.cases if groups(case).get(field) == value]
        if not kept:
            fields = sorted({name for case in self.cases for name in groups(case)})
            raise DatasetError(self.path, [Defect(0, f"没有 {field}={value} 的用例，可用的字段：{'、'.join(fields)}")])
        content = b"".join(to_line(case.to_json()) for case in kept)
        return replace(self, cases=tuple(kept), content=content, sha256=hashlib.sha256(content).hexdigest())

    @property
    def hint(self) -> str | None:
        """What to say of the fields beyond the format: one of them may be a slip of the pen."""
        if not self.unknown:
            return None
        close = {name: get_close_matches(name, FIELDS, 1, 0.8) for name in self.unknown}
        named = (f"{name}（是不是 {close[name][0]}？）" if close[name] else name for name in self.unknown)
        return f"提示：题集里有格式以外的字段，只能用来分组：{'、'.join(named)}"


def read(path: Path) -> Dataset:
    """Read a question set: lines of JSON or a JSON list, CSV, TSV or XLSX, by the ending of its name.

    Records with the fields of Ragas or DeepEval are understood too. Raises DatasetError with every defect and its
    line number; a set is used whole or not at all.
    """
    content = _content(path)
    ending = path.suffix.lower()
    defects: list[Defect] = []
    rows = _ROWS.get(ending, _lines)(content, defects)
    cases: list[Case] = []
    kept: list[dict[str, object]] = []
    unknown: dict[str, None] = {}
    first_line: dict[str, int] = {}
    for number, row in rows:
        fields = foreign.translated(row, number)
        record = Record(fields)
        case = record.case()
        unknown.update(dict.fromkeys(sorted(fields.keys() - FIELDS)))
        if case.id and first_line.setdefault(case.id, number) != number:
            record.problems.append(f"id {shown(case.id)} 与第 {first_line[case.id]} 行重复")
        defects += (Defect(number, problem) for problem in record.problems)
        cases.append(case)
        kept.append(fields)
    if not cases and not defects:
        defects.append(Defect(0, "文件里没有用例"))
    if defects:
        raise DatasetError(path, sorted(defects, key=lambda defect: defect.line))
    if ending in _ROWS:
        content = "".join(json.dumps(fields, ensure_ascii=False) + "\n" for fields in kept).encode(
            "utf-8", "backslashreplace"
        )
    return Dataset(path, hashlib.sha256(content).hexdigest(), content, tuple(cases), tuple(unknown))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DatasetError(path, [Defect(0, "找不到文件")]) from None
    except OSError as error:
        raise DatasetError(path, [Defect(0, f"无法读取（{error.strerror}）")]) from None


def _lines(content: bytes, defects: list[Defect]) -> Rows:
    """Yield the objects with their line numbers; what is none goes to ``defects``.

    Lines end at line feeds only: U+2028 and its like may stand inside a JSON string.
    """
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield from _object(number, _value(number, line, defects), defects)


def _list(content: bytes, defects: list[Defect]) -> Rows:
    """Yield the objects of one JSON list, numbered from 1; a file that holds none is read line by line."""
    try:
        values = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, list):
        yield from _lines(content, defects)
        return
    for number, value in enumerate(values, start=1):
        yield from _object(number, value, defects)


_BROKEN = object()


def _value(number: int, line: bytes, defects: list[Defect]) -> object:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        defects.append(Defect(number, f"不是 UTF-8 编码（第 {error.start + 1} 个字节），请把文件另存为 UTF-8"))
    except json.JSONDecodeError as error:
        defects.append(Defect(number, f"不是合法的 JSON（第 {error.colno} 个字符：{error.msg}）"))
    except (ValueError, RecursionError) as error:
        defects.append(Defect(number, f"不是可用的 JSON（{type(error).__name__}）"))
    return _BROKEN


def _object(number: int, value: object, defects: list[Defect]) -> Rows:
    if isinstance(value, dict):
        yield number, value
    elif value is not _BROKEN:
        defects.append(Defect(number, f"应为 JSON 对象，实际是{kind(value)}"))


_ROWS: dict[str, Callable[[bytes, list[Defect]], Rows]] = {
    ".json": _list,
    ".csv": sheet.rows,
    ".tsv": sheet.rows,
    ".xlsx": sheet.rows,
}
