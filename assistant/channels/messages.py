"""What the interface says, in the languages it speaks: one file a language in ``assets``, read when first used.

The language of the interface does not translate documents, questions or answers.
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

COOKIE = "language"
_ASSETS = Path(__file__).with_name("assets")
_YEAR = 365 * 86_400
_FOR_SCRIPTS = (
    "ask.alone", "close", "copy", "hint.unfinished", "history.", "preview.", "rate.", "reader.", "evidence.mark",
)  # fmt: skip


class Language(enum.StrEnum):
    """A language of the interface; the value names its file."""

    SIMPLIFIED = "zh-Hans"
    TRADITIONAL = "zh-Hant"
    ENGLISH = "en"

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return "zh-CN" if self is Language.SIMPLIFIED else self.value

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}[self.value]


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages of one language."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a message with its ``{names}`` filled in; raises KeyError for an unknown key."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def get(self, key: str, otherwise: str) -> str:
        """Return a message, or what stands for it where there is none."""
        return self.texts.get(key, otherwise)

    def for_scripts(self, *also: str) -> dict[str, str]:
        """Return what the pages' scripts say, with its ``{names}``, and what begins with one of ``also``."""
        return {key: text for key, text in self.texts.items() if key.startswith((*_FOR_SCRIPTS, *also))}

    @property
    def foreign(self) -> str:
        """The attribute of an element whose words are a document's own, where the page speaks another language."""
        return ' lang="zh-CN"' if self.language is Language.ENGLISH else ""


@lru_cache
def messages(language: Language = Language.SIMPLIFIED) -> Messages:
    """Return the messages of a language."""
    path = _ASSETS / f"messages.{language.value}.json"
    return Messages(language, json.loads(path.read_text(encoding="utf-8")))


def named(name: object) -> Language | None:
    """Return the language of a name that came from outside; None for an unknown one."""
    return next((language for language in Language if language.value == name), None)


def wanted(scope: Scope) -> Language:
    """Return the language that a request asks for: ``?lang=``, else the one chosen before, else Simplified Chinese."""
    return asked(scope) or _chosen(scope) or Language.SIMPLIFIED


def asked(scope: Scope) -> Language | None:
    """Return the language that the address of a request names."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return named(query.get("lang", [""])[-1])


def remembering(scope: Scope) -> dict[str, str]:
    """Return the header that keeps a language named by the address; none where it names none."""
    language = asked(scope)
    if language is None:
        return {}
    return {"Set-Cookie": f"{COOKIE}={language.value}; Path=/; Max-Age={_YEAR}; SameSite=Lax"}


def _chosen(scope: Scope) -> Language | None:
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    return named(cookies[COOKIE].value) if COOKIE in cookies else None
