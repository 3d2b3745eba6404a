"""The bar at the head of every page: its name, the ways to the others, and how it is shown."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from assistant.channels.messages import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.channels.messages import Messages


def bar(told: Messages, root: str = "", *, chats: bool = False, query: str = "") -> str:
    """Return the bar; ``root`` leads to the first page, which alone ``chats``. ``query`` goes along with a language."""
    talking = ""
    if chats:
        talking = _button("new", told("nav.new")) + _button("history", told("nav.history"), controls="history")
    again = ' data-do="new"' if chats else ""
    brand = f'<a class="brand" href="{root or "./"}"{again}>{escape(told("title"))}</a>'
    brand = f"<h1>{brand}</h1>" if chats else brand  # elsewhere the page's own title is
    return (
        f'<header class="bar">{brand}<nav>{talking}'
        f'<a href="{root}documents">{escape(told("nav.documents"))}</a>'
        f'<a href="{root}timeline">{escape(told("nav.timeline"))}</a></nav>{_settings(told, query)}</header>'
    )


def data(told: Messages, nonce: str = "", **more: object) -> str:
    """Return what the page's scripts need to know, as a block of JSON that nothing runs."""
    known = json.dumps({"messages": told.for_scripts(), "language": told.language.value, **more}, ensure_ascii=False)
    attribute = f' nonce="{nonce}"' if nonce else ""
    return f'<script{attribute} type="application/json" id="page-data">{inert(known)}</script>'


def inert(text: str) -> str:
    """Return JSON in which no markup can begin."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _settings(told: Messages, query: str) -> str:
    languages = "".join(
        f'<a href="?lang={language.value}{escape(query)}" lang="{language.tag}" hreflang="{language.tag}"'
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


def _current(is_it: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return ' aria-current="true"' if is_it else ""
