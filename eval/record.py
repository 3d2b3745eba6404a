"""One line of a question set: its fields, and everything that is wrong with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from assistant.answer import Status
from eval.case import FIELDS, Case
from eval.comparable import comparable

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {str: "字符串", bool: "布尔值", int: "数字", float: "数字", list: "列表", dict: "对象", type(None): "null"}


class Record:
    """The fields of one line, and what is wrong with them."""

    def __init__(self, record: Mapping[str, object]) -> None:
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
            extra=self._extra(),
        )

    def _extra(self) -> tuple[tuple[str, str], ...]:
        """Return the fields beyond the format that hold one value: cases can be grouped by them."""
        told = {name: self.record[name] for name in sorted(self.record.keys() - FIELDS)}
        return tuple((name, shown_value(value)) for name, value in told.items() if isinstance(value, (str, int, float)))

    def _has(self, name: str, *, required: bool) -> bool:
        if self.record.get(name) is not None:
            return True
        if required:
            self.problems.append(f"缺少字段 {name}")
        return False

    def _wrong(self, name: str, wanted: str, value: object) -> None:
        gap = "" if name.endswith("项") else " "
        self.problems.append(f"字段 {name}{gap}应为{wanted}，实际是{kind(value)} {shown(value)}")

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


def kind(value: object) -> str:
    """Return what a JSON value is, as people call it."""
    return _KINDS.get(type(value), type(value).__name__)


def shown(value: object) -> str:
    """Return the value on one line, short enough to read."""
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else shown[:57] + "…"  # noqa: PLR2004  a line's worth


def shown_value(value: str | float) -> str:
    """Return the value of a field as the name of a group: true and false as JSON has them."""
    return value.strip() if isinstance(value, str) else json.dumps(value)
