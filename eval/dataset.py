"""Cases with known answers, and the check of a question set before anything runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from assistant.answer import Status
from eval.comparable import comparable
from eval.errors import DatasetError, Defect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KINDS = {str: "字符串", bool: "布尔值", int: "数字", float: "数字", list: "列表", dict: "对象", type(None): "null"}


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation whose last question has a known answer.

    ``facts`` lists what a right answer says, each fact as its accepted spellings; ``evidence`` the words of the
    documents it rests on; ``absent`` what a right answer does not say. ``expected_status`` is the one right status.
    """

    id: str
    category: str
    turns: tuple[str, ...]
    answerable: bool
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[str, ...] = ()
    reference: str | None = None
    doc_ids: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    expected_status: Status | None = None
    split: str | None = None
    script: str | None = None


_FIELDS = frozenset(field.name for field in fields(Case))


@dataclass(frozen=True, slots=True)
class Dataset:
    """A checked question set; ``content`` is the file as it was read, ``unknown`` the fields nobody reads."""

    path: Path
    sha256: str
    content: bytes
    cases: tuple[Case, ...]
    unknown: tuple[str, ...] = ()


def read(path: Path) -> Dataset:
    """Read a question set: one JSON object a line, UTF-8.

    Raises DatasetError with every defect and its line number; a set is used whole or not at all.
    """
    content = _content(path)
    cases: list[Case] = []
    defects: list[Defect] = []
    unknown: dict[str, None] = {}
    first_line: dict[str, int] = {}
    for number, record in _records(content, defects):
        line = _Line(record)
        case = line.case()
        unknown.update(dict.fromkeys(sorted(record.keys() - _FIELDS)))
        if case.id and first_line.setdefault(case.id, number) != number:
            line.problems.append(f"id {_shown(case.id)} 与第 {first_line[case.id]} 行重复")
        defects += (Defect(number, problem) for problem in line.problems)
        cases.append(case)
    if not cases and not defects:
        defects.append(Defect(0, "文件里没有用例"))
    if defects:
        raise DatasetError(path, sorted(defects, key=lambda defect: defect.line))
    return Dataset(path, hashlib.sha256(content).hexdigest(), content, tuple(cases), tuple(unknown))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DatasetError(path, [Defect(0, "找不到文件")]) from None
    except OSError as error:
        raise DatasetError(path, [Defect(0, f"无法读取（{error.strerror}）")]) from None


def _records(content: bytes, defects: list[Defect]) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the objects with their line numbers; what is none goes to ``defects``.

    Lines end at line feeds only: U+2028 and its like may stand inside a JSON string.
    """
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            defects.append(Defect(number, f"不是 UTF-8 编码（第 {error.start + 1} 个字节），请把文件另存为 UTF-8"))
        except json.JSONDecodeError as error:
            defects.append(Defect(number, f"不是合法的 JSON（第 {error.colno} 个字符：{error.msg}）"))
        except (ValueError, RecursionError) as error:
            defects.append(Defect(number, f"不是可用的 JSON（{type(error).__name__}）"))
        else:
            if isinstance(record, dict):
                yield number, record
            else:
                defects.append(Defect(number, f"应为 JSON 对象，实际是{_kind(record)}"))


class _Line:
    """The fields of one line, and what is wrong with them."""

    def __init__(self, record: dict[str, object]) -> None:
        self.record = record
        self.problems: list[str] = []

    def case(self) -> Case:
        """Return the case as far as it could be read; it counts only if there are no ``problems``."""
        answerable = self._answerable()
        return Case(
            id=self._text("id", required=True) or "",
            category=self._text("category", required=True) or "",
            turns=self._texts("turns", required=True, filled=True),
            answerable=answerable,
            facts=self._facts(required=answerable),
            evidence=self._texts("evidence", required=answerable),
            reference=self._text("reference", blank=True),
            doc_ids=self._texts("doc_ids"),
            absent=self._texts("absent"),
            expected_status=self._status(),
            split=self._text("split"),
            script=self._text("script"),
        )

    def _has(self, name: str, *, required: bool) -> bool:
        if self.record.get(name) is not None:
            return True
        if required:
            self.problems.append(f"缺少字段 {name}")
        return False

    def _wrong(self, name: str, wanted: str, value: object) -> None:
        gap = "" if name.endswith("项") else " "
        self.problems.append(f"字段 {name}{gap}应为{wanted}，实际是{_kind(value)} {_shown(value)}")

    def _answerable(self) -> bool:
        value = self.record.get("answerable")
        if self._has("answerable", required=True) and not isinstance(value, bool):
            self._wrong("answerable", " true 或 false", value)
        return value is True

    def _text(self, name: str, *, required: bool = False, blank: bool = False) -> str | None:
        value = self.record.get(name)
        if not self._has(name, required=required):
            return None
        if not isinstance(value, str):
            self._wrong(name, "字符串", value)
            return None
        if not blank and not value.strip():
            self.problems.append(f"字段 {name} 是空的")
        return value

    def _texts(self, name: str, *, required: bool = False, filled: bool = False) -> tuple[str, ...]:
        value = self.record.get(name)
        if not self._has(name, required=required):
            return ()
        if not isinstance(value, list):
            self._wrong(name, "字符串的列表", value)
            return ()
        if filled and not value:
            self.problems.append(f"字段 {name} 是空列表")
        return self._strings(name, value)

    def _strings(self, name: str, values: list[object]) -> tuple[str, ...]:
        for position, value in enumerate(values, start=1):
            if not isinstance(value, str):
                self._wrong(f"{name} 的第 {position} 项", "字符串", value)
            elif not comparable(value):
                self.problems.append(f"字段 {name} 的第 {position} 项是空的（去掉空白和引用标记之后）")
        return tuple(value for value in values if isinstance(value, str))

    def _facts(self, *, required: bool) -> tuple[tuple[str, ...], ...]:
        value = self.record.get("facts")
        if not self._has("facts", required=required):
            return ()
        if not isinstance(value, list):
            self._wrong("facts", "列表（每个要点是可接受写法的列表）", value)
            return ()
        facts: list[tuple[str, ...]] = []
        for position, spellings in enumerate(value, start=1):
            if not isinstance(spellings, list):
                self._wrong(f"facts 的第 {position} 项", "可接受写法的列表", spellings)
            elif not spellings:
                self.problems.append(f"字段 facts 的第 {position} 项没有任何写法，永远无法答对")
            else:
                facts.append(self._strings(f"facts 第 {position} 项", spellings))
        return tuple(facts)

    def _status(self) -> Status | None:
        value = self.record.get("expected_status")
        if not self._has("expected_status", required=False):
            return None
        if isinstance(value, str) and value in {status.value for status in Status}:
            return Status(value)
        self._wrong("expected_status", "以下之一：" + "、".join(status.value for status in Status), value)
        return None


def _kind(value: object) -> str:
    return _KINDS.get(type(value), type(value).__name__)


def _shown(value: object) -> str:
    """Return the value on one line, short enough to read."""
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else shown[:57] + "…"  # noqa: PLR2004  a line's worth
