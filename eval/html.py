"""Pages that need nothing else: one file with its style and its script, in Chinese and English."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bilingual import Both

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Nothing is loaded from anywhere, and what stands in a case could not load anything either.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
LANGUAGE = "language.js"


def shell(title: Both, body: Iterable[str], data: object = None, scripts: Iterable[str] = (LANGUAGE,)) -> Iterator[str]:
    """Yield a whole page piece by piece; ``data`` is put into it for its script."""
    yield (
        '<!DOCTYPE html>\n<html lang="zh-CN" data-lang="zh"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title.zh)} · {escape(title.en)}</title><style>{_asset('page.css')}</style></head><body>\n"
    )
    yield from body
    if data is not None:
        yield f'<script type="application/json" id="data">{embedded(data)}</script>\n'
    yield from (f"<script>{_asset(name)}</script>\n" for name in scripts)
    yield "</body></html>\n"


def embedded(data: object) -> str:
    """Return JSON that cannot end the element it stands in."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def both(text: Both) -> str:
    """Return a text in both languages, one of which is shown."""
    if text.zh == text.en:
        return escape(text.zh)
    return f'<span class="zh">{escape(text.zh)}</span><span class="en">{escape(text.en)}</span>'


def header(title: Both, facts: Iterable[str]) -> str:
    """Return the head of a page with the switch of languages."""
    lines = "".join(f'<p class="soft">{fact}</p>' for fact in facts)
    return (
        f"<header><div><h1>{both(title)}</h1>{lines}</div>"
        '<button class="switch" id="language" data-zh="English" data-en="中文">English</button></header>\n<main>\n'
    )


def section(title: Both, *parts: str, note: Both | None = None) -> str:
    """Return a titled part of a page."""
    said = "" if note is None else f'<p class="soft">{both(note)}</p>'
    return f"<section><h2>{both(title)}</h2>{said}{''.join(parts)}</section>\n"


def table(headings: Iterable[Both], rows: Iterable[Iterable[str]], kind: str = "") -> str:
    """Return a table; cells are markup already. In a narrow window those of kind ``stack`` carry their headings."""
    names = list(headings)
    head = "".join(f"<th>{both(name)}</th>" for name in names)
    labels = [f' data-label-zh="{escape(name.zh)}" data-label-en="{escape(name.en)}"' if kind else "" for name in names]
    lines = "".join(
        "<tr>" + "".join(f"<td{label}>{cell}</td>" for label, cell in zip(labels, row, strict=True)) + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="wide"><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody></table></div>'
    )


def moment(time: str | None) -> str:
    """Return a time of a manifest as people read it."""
    return "…" if time is None else time[:16].replace("T", " ") + " UTC"


def option(value: str, text: Both) -> str:
    """Return a choice of a select; its text changes with the language."""
    zh, en = escape(text.zh), escape(text.en)
    return f'<option value="{escape(value)}" data-zh="{zh}" data-en="{en}">{zh}</option>'


def facts(pairs: Iterable[tuple[Both, Any]]) -> str:
    """Return a list of names and values."""
    rows = "".join(f"<dt>{both(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in pairs)
    return f"<dl>{rows}</dl>"


def _asset(name: str) -> str:
    return (Path(__file__).parent / "assets" / name).read_text(encoding="utf-8")
