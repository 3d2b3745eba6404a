"""A text in Chinese and in English, side by side: what a report shows in one or the other."""

from __future__ import annotations

from typing import NamedTuple


class Both(NamedTuple):
    """The same words in both languages of a report."""

    zh: str
    en: str
