"""Which part of a page is the document: the content block of its publishing system, else where the sentences are.

General extractors were tried on the shapes of government pages and left: see docs/decisions/0008-reading-web-pages.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from knowledge.sources.markup import BLOCKS, HEADINGS, is_data, is_hidden, lines

# How the publishing systems of government sites and WeChat name the block that holds a document.
_CONTENT_ID = frozenset("UCAP-CONTENT zoom Zoom ZoomCon js_content TRS_Editor".split())
_CONTENT_CLASS = frozenset(
    "TRS_Editor TRS_UEDITOR TRS_PreAppend trs_editor_view trs_paper_default pages_content rich_media_content".split()
)
_FURNITURE_TAG = frozenset("nav footer aside".split())
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|crumbs?|position(?!-)|footer|foot|copyright|share|bdshare\w*|sidebar|related|relate|recommend"
    r"|friend\w*|toolbar|pager|pagination|qrcode|qr|erweima|search|login|banner|logo|topbar|fontsize|ad|ads|editor|rich_media_tool|js_tags)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。；！？：，、]")
_MOST = 0.85  # share of a block's sentences that has to be in one inner block for the walk to go in
_LINKS = 0.6  # share of a block's characters in links from which on it is a list of links
_LEAST = 12  # characters of sentences that a document has at least


@dataclass(slots=True)
class _Weight:
    """Characters of an element: of sentences outside of links, in links, and all."""

    sentences: int = 0
    links: int = 0
    all: int = 0

    def add(self, other: _Weight) -> None:
        self.sentences += other.sentences
        self.links += other.links
        self.all += other.all


@dataclass(frozen=True, slots=True)
class Main:
    """The lines before the document on the page, and its own."""

    before: tuple[str, ...]
    lines: tuple[str, ...]


def main_text(root: Any) -> Main | None:
    """Return what the page says before its document, and the document; None where it holds none (a list of links)."""
    body = root.find("body")
    body = root if body is None else body
    named = _named(body)
    if named:
        return _of_named(body, named)
    weights = _weights(body)
    total = weights[body].sentences
    if total < _LEAST:
        return None
    left_out = _furniture(body, weights)
    block = _densest(body, weights, left_out)
    parts = _with_neighbours(block, left_out)
    told = [line for part in parts for line in lines(part, left_out)]
    return Main(tuple(_before(body, parts[0], left_out)), tuple(told))


def _with_neighbours(block: Any, left_out: set[Any]) -> list[Any]:
    """Return a block with what belongs to it beside it: whole sentences before it (a lead), everything after it."""
    before = [part for part in block.itersiblings(preceding=True) if part.tag in BLOCKS and part not in left_out]
    after = [part for part in block.itersiblings() if part.tag in BLOCKS and part not in left_out]
    return [*(part for part in reversed(before) if "。" in "".join(lines(part, left_out))), block, *after]


def headings(root: Any) -> list[str]:
    """Return the first-level headings of a page that are not the name of the site."""
    found = [
        " ".join(lines(element)) for element in root.iter("h1") if not is_hidden(element) and not _in_furniture(element)
    ]
    return [heading for heading in found if heading]


def _in_furniture(element: Any) -> bool:
    """Tell whether an element stands in a part of the site by tag or name (a logo may be a heading)."""
    return any(
        outer.tag in _FURNITURE_TAG or _FURNITURE_NAME.search(f"{outer.get('class') or ''} {outer.get('id') or ''}")
        for outer in element.iterancestors()
    )


def _of_named(body: Any, named: list[Any]) -> Main | None:
    told = [line for element in named for line in lines(element)]
    linked = sum(_weights(element)[element].links for element in named if _has_links(element, body))
    if sum(map(len, told)) - linked < _LEAST:
        return None
    return Main(tuple(_before(body, named[0], set())), tuple(told))


def _has_links(element: Any, body: Any) -> bool:
    """Tell whether a shown element has links in it."""
    if next(element.iter("a"), None) is None:
        return False
    inside = [element, *element.iterancestors()]
    return not any(map(is_hidden, inside[: inside.index(body)])) if body in inside else False


def _named(body: Any) -> list[Any]:
    """Return the outermost blocks that a publishing system names as content, in order."""
    found: list[Any] = []
    inner: set[Any] = set()
    for element in body.xpath("descendant-or-self::*[@id or @class]"):
        if element in inner:
            continue
        if element.get("id") in _CONTENT_ID or set((element.get("class") or "").split()) & _CONTENT_CLASS:
            found.append(element)
            inner.update(element.iterdescendants())
    return [element for element in found if any(part.strip() for part in element.itertext())]


def _weights(body: Any) -> dict[Any, _Weight]:
    """Weigh every shown element, in one pass from the leaves up."""
    weights: dict[Any, _Weight] = {}
    for element in _postorder(body):
        weight = _Weight()
        _weigh(weight, element.text)
        for child in element:
            if child in weights:
                weight.add(weights[child])
            _weigh(weight, child.tail)
        if element.tag == "a":
            weight = _Weight(0, weight.all, weight.all)
        weights[element] = weight
    return weights


def _postorder(body: Any) -> list[Any]:
    found: list[Any] = []
    stack = [body]
    while stack:
        element = stack.pop()
        if element is not body and is_hidden(element):
            continue
        found.append(element)
        stack.extend(element)
    return found[::-1]


def _weigh(weight: _Weight, text: str | None) -> None:
    length = len(text.strip()) if text else 0
    weight.all += length
    if text and _SENTENCE.search(text):
        weight.sentences += length


def _furniture(body: Any, weights: dict[Any, _Weight]) -> set[Any]:
    """Return the blocks that belong to the site: by tag, by name, or because they are lists of links."""
    total = weights[body].sentences
    found: set[Any] = set()
    for element, weight in weights.items():
        if element is body or element.tag not in BLOCKS or 2 * weight.sentences > total:
            continue
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        is_list = weight.all and weight.links > _LINKS * weight.all and len(list(element.iter("a"))) > 1
        if element.tag in _FURNITURE_TAG or _FURNITURE_NAME.search(name) or is_list:
            found.add(element)
    return found


def _densest(body: Any, weights: dict[Any, _Weight], left_out: set[Any]) -> Any:
    """Go inwards while one block holds nearly all sentences."""
    block = body
    while True:
        inner = max(
            (child for child in _inner_blocks(block, weights) if child not in left_out),
            key=lambda child: weights[child].sentences,
            default=None,
        )
        whole = weights[block].sentences - sum(
            weights[child].sentences for child in block.iterchildren() if child in left_out
        )
        if inner is None or weights[inner].sentences < _MOST * whole or _is_leaf(inner):
            return block
        block = inner


def _inner_blocks(block: Any, weights: dict[Any, _Weight]) -> list[Any]:
    """Return the children that are blocks or hold some; old pages put whole articles into <font>."""
    return [child for child in block if child in weights and (child.tag in BLOCKS or len(child))]


def _is_leaf(element: Any) -> bool:
    return element.tag in HEADINGS | {"p", "li", "dd", "dt", "dl", "ol", "ul"} or (
        element.tag == "table" and is_data(element)
    )


def _before(body: Any, block: Any, left_out: set[Any]) -> list[str]:
    """Return the lines that stand before a block on the page."""
    later = {block}
    node = block
    while node is not None and node is not body:
        later.update(node.itersiblings())
        node = node.getparent()
    return lines(body, left_out | later)
