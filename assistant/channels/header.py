"""The bar at the head of every page: its name, the ways to the others, and how it is shown."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from assistant.channels.messages import Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.channels.messages import Messages


WAYS = ("documents", "timeline")
"""The pages that every bar leads to; the first page besides."""


def bar(told: Messages, root: str = "", *, chats: bool = False, at: str = "", here: str = "") -> str:
    """Return the bar; ``root`` leads to the first page, which alone ``chats``.

    ``at`` is the way that leads to this page; ``here`` its address without a language, by default the same address.
    """
    talking = f'<a href="{escape(root or "./")}">{escape(told("nav.home"))}</a>'
    if chats:
        talking = _button("new", told("nav.new")) + _button("history", told("nav.history"), controls="history")
    again = ' data-do="new"' if chats else ""
    brand = f'<a class="brand" href="{escape(root or "./")}"{again}>{escape(told("title"))}</a>'
    brand = f"<h1>{brand}</h1>" if chats else brand  # elsewhere the page's own title is
    ways = "".join(
        f'<a href="{escape(root)}{way}"{_current(way == at, "page")}>{escape(told(f"nav.{way}"))}</a>' for way in WAYS
    )
    label = escape(told("nav.label"))
    return f'<header class="bar">{brand}<nav aria-label="{label}">{talking}{ways}</nav>{_settings(told, here)}</header>'


def data(told: Messages, nonce: str = "", also: Sequence[str] = (), **more: object) -> str:
    """Return what the page's scripts need to know, as a block of JSON that nothing runs.

    ``also`` are beginnings of messages that not every page's scripts say.
    """
    known = {"messages": told.for_scripts(*also), "language": told.language.value, **more}
    attribute = f' nonce="{nonce}"' if nonce else ""
    return f'<script{attribute} type="application/json" id="page-data">{inert(json.dumps(known, ensure_ascii=False))}</script>'


def inert(text: str) -> str:
    """Return JSON in which no markup can begin."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _settings(told: Messages, here: str) -> str:
    address = f"{here}{'&' if '?' in here else '?'}lang="
    languages = "".join(
        f'<a href="{escape(address + language.value)}" lang="{language.tag}" hreflang="{language.tag}"'
        f"{_current(language is told.language)}>{language.own_name}</a>"
        for language in Language
    )
    themes = {way: told(f"settings.theme.{way}") for way in ("auto", "light", "dark")}
    sizes = {way: told(f"settings.size.{way}") for way in ("normal", "large", "largest")}
    name = escape(told("nav.settings"))
    return (
        f'<details class="settings"><summary>{name}</summary><div class="choices">'
        f"{_group(told('settings.language'), languages)}"
        f"{_group(told('settings.size'), _choices('size', sizes))}"
        f"{_group(told('settings.theme'), _choices('theme', themes))}</div></details>"
    )


def _group(title: str, content: str) -> str:
    return f'<div class="choice" role="group" aria-label="{escape(title)}"><span>{escape(title)}</span>{content}</div>'


def _choices(name: str, ways: Mapping[str, str]) -> str:
    return "".join(
        f'<button type="button" data-{name}="{way}" aria-pressed="false">{escape(label)}</button>'
        for way, label in ways.items()
    )


def _button(name: str, label: str, controls: str = "") -> str:
    attribute = f' aria-haspopup="dialog" aria-controls="{controls}"' if controls else ""
    return f'<button type="button" data-do="{name}"{attribute}>{escape(label)}</button>'


def _current(is_it: bool, what: str = "true") -> str:  # noqa: FBT001 - the one thing it is about
    return f' aria-current="{what}"' if is_it else ""
