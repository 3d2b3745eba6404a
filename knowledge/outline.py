"""Text -> its outline: the headings, and the lists that are laid out under a line that leads in.

Marks nest by rank where statutes fix it (编 章 节 条), otherwise in the order they appear: a style of mark that is new
opens below the current one, a known one goes back to its own. An annex, and a block of contacts, begin anew at the
top. A run of marks of one style is a run of parts or of items: items are the members of a sentence (「…；」) or single
lines after 「…：」, and have no heading. The heading of a part is its mark with the short phrase behind it; a part that
goes on in a whole sentence is headed by its mark alone (「（三）」).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge.document import Section, Span
from knowledge.headings import phrase
from knowledge.marks import LONGEST_LINE, Mark, Place, Style, marks

_LONGEST_LEAD = 160
_ITEM_END = "；;，,、"
_PIECE = re.compile(r"[。！？!?\n　]+[”）)】]*\s*(?=\S)")
_ITEM_STOP = re.compile(r"[。！!]|(?=\n)")
_CONTENTS = re.compile(r"(?:^|(?<=[\n　 ]))目[ 　]{0,4}[录次](?=\s)")


@dataclass(slots=True)
class _Node:
    """A mark in the tree of marks; ``limit`` is where what it opens ends."""

    mark: Mark
    following: int
    parent: _Node | None
    limit: int = 0
    children: list[_Node] = field(default_factory=list)
    head: Span | None = None
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``divides`` where no passage may hold text of both sides, ``named`` where it has words of its own."""

    section: Section
    divides: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: the words that lead in, where each item begins, and where the last ends."""

    lead: Span | None
    starts: tuple[int, ...]
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """The headings and the lists of a text, in order."""

    headings: tuple[Heading, ...]
    lists: tuple[Listing, ...]


def read(text: str) -> Outline:
    """Find the headings and the lists of a text."""
    roots = _tree(text, _without_contents(text, marks(text)))
    headings: list[Heading] = []
    lists: list[Listing] = []
    todo: list[tuple[list[_Node], int, bool]] = [(roots, 1, False)]
    while todo:
        siblings, level, in_item = todo.pop()
        for run in _runs(siblings):
            _classify(text, run, in_item=in_item)
            if len(run) > 1 and run[0].is_item:
                lists.append(Listing(_lead(text, run[0]), tuple(node.mark.start for node in run), _list_end(text, run)))
            for node in run:
                heading = None if node.is_item else _heading(text, node, level)
                if heading is not None:
                    headings.append(heading)
                todo.append((node.children, level + (heading is not None), node.is_item))
    return Outline(
        tuple(sorted(headings, key=lambda heading: heading.section.start)),
        tuple(sorted(lists, key=lambda found: found.starts[0])),
    )


def _without_contents(text: str, found: list[Mark]) -> list[Mark]:
    """Leave out the marks of a table of contents: from 目录 to where its first entry comes again."""
    contents = _CONTENTS.search(text)
    if contents is None:
        return found
    after = [mark for mark in found if mark.start >= contents.end()]
    if not after:
        return found
    first = after[0]
    again = next((mark for mark in after[1:] if (mark.key, mark.number) == (first.key, first.number)), None)
    if again is None:
        return found
    return [mark for mark in found if not contents.end() <= mark.start < again.start]


def _tree(text: str, found: list[Mark]) -> list[_Node]:
    """Nest the marks that count; ``limit`` of each is where the next one outside of it begins."""
    following = _following(found)
    stack: list[_Node] = []
    roots: list[_Node] = []
    last: dict[str, int] = {}
    below: set[tuple[str, str]] = set()
    for position, mark in enumerate(found):
        if mark.style is Style.ANSWER or not _counts(mark, last, following[position]):
            continue
        keep = _depth(mark, stack, below)
        for closed in stack[keep:]:
            closed.limit = mark.start
        del stack[keep:]
        node = _Node(mark, following[position], stack[-1] if stack else None)
        if stack:
            below.add((stack[-1].mark.key, mark.key))
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)
        last[mark.key] = mark.number
    for open_node in stack:
        open_node.limit = len(text)
    return roots


def _following(found: list[Mark]) -> list[int]:
    """Return for each mark the number of the next one of its style, -1 where there is none."""
    numbers = [-1] * len(found)
    seen: dict[str, int] = {}
    for position in range(len(found) - 1, -1, -1):
        numbers[position] = seen.get(found[position].key, -1)
        seen[found[position].key] = found[position].number
    return numbers


def _counts(mark: Mark, last: dict[str, int], following: int) -> bool:
    """Tell whether the numbers around a mark confirm it; at the beginning of a line it needs no confirmation."""
    if mark.number == 0 or mark.place is Place.LINE or mark.style.ranked:
        return True
    return mark.number == last.get(mark.key, 0) + 1 if mark.number > 1 else following == 2  # noqa: PLR2004


def _depth(mark: Mark, stack: list[_Node], below: set[tuple[str, str]]) -> int:
    """Return how many of the open parts a mark stands in."""
    if mark.style.outermost:
        return 0
    if mark.style.ranked:
        return _ranked_depth(mark, stack)
    known = _known_depth(mark, stack)
    if known is not None:
        return known
    depth = len(stack)
    while depth and (stack[depth - 1].mark.key, mark.key) not in below and _is_over(stack[depth - 1], mark):
        depth -= 1
    return depth


def _known_depth(mark: Mark, stack: list[_Node]) -> int | None:
    """Return the depth of the open part that a mark stands beside; None where its style is new."""
    if mark.asks:  # no question belongs to another
        asking = (depth for depth, node in enumerate(stack) if node.mark.asks)
        first = next(asking, None)
        if first is not None:
            return first
    same = [depth for depth, node in enumerate(stack) if node.mark.style is mark.style]
    for depth in same:
        if stack[depth].mark.key == mark.key:
            return depth
    goes_on = (depth for depth in same if 0 < stack[depth].mark.number == mark.number - 1)
    return next(goes_on, None)


def _ranked_depth(mark: Mark, stack: list[_Node]) -> int:
    ranked = [depth for depth, node in enumerate(stack) if node.mark.style.ranked]
    for depth in ranked:
        if stack[depth].mark.style >= mark.style:
            return depth
    if ranked:
        return ranked[-1] + 1
    return len(stack) if mark.style is Style.ARTICLE else sum(node.mark.style is Style.ANNEX for node in stack)


def _is_over(node: _Node, mark: Mark) -> bool:
    """Tell whether a list is over when a mark comes that usually stands outside of lists of its style (一、 after 3.)."""
    is_outer = Style.COMMA <= mark.style < node.mark.style <= Style.BULLET
    return is_outer and not node.mark.asks and mark.number == 1 and node.following != node.mark.number + 1


def _runs(siblings: list[_Node]) -> list[list[_Node]]:
    """Group siblings to runs of one style with rising numbers."""
    runs: list[list[_Node]] = []
    for node in siblings:
        before = runs[-1][-1].mark if runs else None
        if (
            before is not None
            and before.key == node.mark.key
            and (node.mark.number > before.number or not before.number)
        ):
            runs[-1].append(node)
        else:
            runs.append([node])
    return runs


def _classify(text: str, run: list[_Node], *, in_item: bool) -> None:
    """Tell the parts of a run from items, and find the heading of each part."""
    style = run[0].mark.style
    if style.ranked or style.outermost or run[0].mark.asks:
        for node in run:
            node.head = _head(text, node)
        return
    are_items = in_item or _are_items(text, run)
    heads = [None if are_items else _head(text, node) for node in run]
    few = 2 * sum(head is not None for head in heads) < len(run)
    for node, head in zip(run, heads, strict=True):
        # Where most of a run goes on in whole sentences, a short sentence is one of them and no heading.
        node.head = None if few and head is not None and text[head[1] : head[1] + 1] in "。！!" else head
        node.is_item = are_items or (node.head is None and (style > Style.DOT or len(run) == 1))


def _are_items(text: str, run: list[_Node]) -> bool:
    first = run[0]
    if len(run) == 1:
        return first.mark.place < Place.SPACE
    bodies = [text[slice(*_own(text, node))].rstrip() for node in run[:-1]]
    bodies.append(text[_own(text, run[-1])[0] : _list_end(text, run)].rstrip())
    joined = sum(body[-1:] in _ITEM_END for body in bodies[:-1] if body)
    if first.mark.place is Place.INSIDE or 2 * joined >= len(run) - 1:
        return True
    if any(node.children or _PIECE.search(body) for node, body in zip(run, bodies, strict=True)):
        return False
    sentences = sum(body[-1:] in "。！" for body in bodies if body)
    if not sentences:
        return all(len(body) <= LONGEST_LINE for body in bodies)
    parent = first.parent
    is_outer = parent is None or parent.mark.style < Style.ARTICLE or parent.mark.style is Style.ANNEX
    return _lead(text, first) is not None and not is_outer


def _list_end(text: str, run: list[_Node]) -> int:
    """Return where the last item of a list ends: with its line, or its sentence where the line goes on."""
    start, end = _own(text, run[-1])
    if run[-1].children:
        return run[-1].limit
    stop = _ITEM_STOP.search(text, start, end)
    return stop.end() if stop else end


def _own(text: str, node: _Node) -> Span:
    """Return the stretch from behind a mark to the first mark inside of what it opens."""
    end = node.children[0].mark.start if node.children else node.limit
    start = node.mark.end
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _head(text: str, node: _Node) -> Span | None:
    return phrase(text, node.mark, _own(text, node), node.limit)


def _heading(text: str, node: _Node, level: int) -> Heading | None:
    start, end = node.head or (node.mark.start, node.mark.end)
    start = node.mark.start
    title = re.sub(r"\s*\n\s*", "" if node.mark.style is Style.QUESTION else " ", text[start:end]).strip()
    if not title:
        return None
    divides = node.mark.asks or node.mark.style.outermost or node.mark.style < Style.ARTICLE
    return Heading(Section(title, level, start, start + len(text[start:end].rstrip())), divides, node.head is not None)


def _lead(text: str, first: _Node) -> Span | None:
    """Return the words before a list, from the beginning of their sentence, where they end in a colon."""
    end = len(text[max(0, first.mark.start - _LONGEST_LEAD) : first.mark.start].rstrip())
    floor = max(0, first.mark.start - _LONGEST_LEAD)
    end += floor
    if text[end - 1 : end] not in {"：", ":"}:
        return None
    if first.parent is not None:
        floor = max(floor, _own(text, first.parent)[0])
    breaks = [floor, *(floor + match.end() for match in re.finditer(r"[。！？!?\n]\s*", text[floor:end]))]
    return (breaks[-1], end) if breaks[-1] < end else None
