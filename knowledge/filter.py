"""Which documents a search may look at, by what is known of them.

The form is the one of Chroma and LangChain's vector stores: ``{"issuer": "某市人民政府"}``, ``{"doc_id": ["a", "b"]}``,
``{"published": {"$gte": "2022-01-01", "$lt": "2023-01-01"}}``. All conditions must hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from knowledge.document import Document
from knowledge.errors import FilterError

Accepts = Callable[[Document], bool]
"""Tells whether a search may look at a document."""

_NAMES = {"doc_id": "id"} | {
    field.name: field.name for field in fields(Document) if field.name not in {"text", "contact", "pages"}
}
_OPERATORS: Mapping[str, Callable[[str | None, Any], bool]] = {
    "$eq": lambda told, wanted: told == wanted,
    "$ne": lambda told, wanted: told != wanted,
    "$in": lambda told, wanted: told in wanted,
    "$nin": lambda told, wanted: told not in wanted,
    "$gt": lambda told, wanted: told is not None and told > wanted,
    "$gte": lambda told, wanted: told is not None and told >= wanted,
    "$lt": lambda told, wanted: told is not None and told < wanted,
    "$lte": lambda told, wanted: told is not None and told <= wanted,
}
_LISTS = ("$in", "$nin")


def accepts(conditions: Mapping[str, Any]) -> Accepts:
    """Return the test of a document that some conditions stand for; raises FilterError, which names what is wrong.

    A field that a document does not tell is None: it equals nothing and lies in no range.
    """
    checks = [
        (_field(name), _OPERATORS[operator], operand)
        for name, wanted in conditions.items()
        for operator, operand in _operations(name, wanted)
    ]
    return lambda document: all(holds(getattr(document, field), operand) for field, holds, operand in checks)


def _field(name: str) -> str:
    if name not in _NAMES:
        raise FilterError(name, f"没有这一项，可用的是 {'、'.join(_NAMES)}")
    return _NAMES[name]


def _operations(name: str, wanted: Any) -> list[tuple[str, Any]]:
    """Return the operators of one condition with their operands, checked."""
    if isinstance(wanted, str):
        return [("$eq", wanted)]
    if isinstance(wanted, (list, tuple, set, frozenset)):
        wanted = {"$in": wanted}
    if not isinstance(wanted, Mapping) or not wanted:
        raise FilterError(name, f"应为文字、文字的列表或 {{'$gte': …}}，不是 {wanted!r}")
    for operator, operand in wanted.items():
        if operator not in _OPERATORS:
            raise FilterError(name, f"没有运算符 {operator}，可用的是 {'、'.join(_OPERATORS)}")
        parts = operand if operator in _LISTS else [operand]
        if isinstance(parts, str) or not all(isinstance(part, str) for part in parts):
            raise FilterError(
                name, f"{operator} 后应为{'文字的列表' if operator in _LISTS else '文字'}，不是 {operand!r}"
            )
    return list(wanted.items())
