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
from knowledge.marks import Mark, Place, Style, marks

LONGEST_HEADING = 60
_LONGEST_LEAD = 160
_LONGEST_PHRASE = 40  # characters of a heading inside running text
_LONGEST_LABEL = 12
_LONGEST_TITLE = 24  # of a 章, 节 or 条 inside running text
_LONGEST_QUESTION = 200
_SHORTEST_PHRASE = 2
_PHRASE_END = re.compile(r"[。！!？?；;\n　]|[ \t\u2002\xa0](?![\d〔])|[:：]|$")
_LINE_END = re.compile(r"\n|　| {2}|\t|$")
_SENTENCE_MARKS = "。；;，,：:、"
_ITEM_END = "；;，,、"
# A phrase that orders, allows or grants something is the rule itself, not the heading of one.
_RULE = re.compile(
    r"应当|不得|可以|必须|给予|按照|根据|本办法所称|^(?:自|凡|对|经|为|如|若|从)|可[按由在]|须|[的者]，|免征|是指|包括|\d"
)
_OFFICE = re.compile(r"[部局厅委署会院行省市县区府办]$")
_PIECE = re.compile(r"[。！？!?\n　]+[”）)】]*\s*(?=\S)")
_ITEM_STOP = re.compile(r"[。！!]|(?=\n)")
_ANSWER = re.compile(r"(?<=[\s？?。])[【\[]?(?:回?答|A|解答)\s?\d{0,3}\s?[:：】\]]")
_ASKED = re.compile(r"[？?]")
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
        return all(len(body) <= LONGEST_HEADING for body in bodies)
    parent = first.parent
    is_outer = parent is None or parent.mark.style < Style.ARTICLE or parent.mark.style is Style.ANNEX
    return text[: first.mark.start].rstrip()[-1:] in {"：", ":"} and not is_outer


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
    """Return the phrase that heads a part; None where it goes on in a whole sentence."""
    start, end = _own(text, node)
    if start == end:
        return None
    if node.mark.style is Style.CONTACT:
        return None
    if node.mark.asks:
        return _question(text, start, end, is_line=node.mark.style is Style.QUESTION)
    line = _LINE_END.search(text, start, end)
    line_end = line.start() if line else end
    whole = text[start:line_end].rstrip()
    if node.mark.style is Style.ARTICLE:
        return _article_name(text, start, end, whole)
    more = bool(text[line_end : min(node.limit, line_end + LONGEST_HEADING)].strip())
    is_line = len(whole) <= LONGEST_HEADING and whole[-1] not in _SENTENCE_MARKS and not re.search(r"[。；;]", whole)
    if node.mark.style.ranked or node.mark.style.outermost:
        return _part_name(text, start, end, whole if is_line else None)
    named = _phrase(text, start, line_end, node.limit)
    if named is not None or not (is_line and more):
        return named
    return start, start + len(whole)


def _question(text: str, start: int, end: int, *, is_line: bool) -> Span | None:
    """Return a question up to its answer: to the question mark, the answer's mark or the end of the line."""
    stop = min(end, start + _LONGEST_QUESTION)
    if is_line:  # perhaps broken over two lines
        asked = _ASKED.search(text, start, stop)
        return (start, asked.end()) if asked else None
    answer = _ANSWER.search(text, start, stop)
    limit = answer.start() if answer else stop
    line = text.find("\n", start, limit)
    limit = line if line >= 0 else limit
    asks = [match.end() for match in _ASKED.finditer(text, start, limit)]
    if asks:
        fills = answer is not None or not text[asks[-1] : limit].strip()
        return start, asks[-1] if fills else asks[0]
    return (start, start + len(text[start:limit].rstrip())) if answer or line >= 0 else None


def _part_name(text: str, start: int, end: int, line: str | None) -> Span | None:
    """Return the name of a 编, 章, 节 or annex: the rest of its line, in running text the words up to a space."""
    full = text[start : min(end, start + _LONGEST_TITLE + 1)].split("\n", 1)[0].rstrip()
    if len(full) <= _LONGEST_TITLE and not re.search(r"[。；;，,：:]", full):
        return start, start + len(full)  # 附　则
    if line is not None:
        return start, start + len(line)
    phrase = re.match(r"[^\s。；;，,：:]+(?=\s)", full)
    return (start, start + phrase.end()) if phrase else None


def _article_name(text: str, start: int, end: int, whole: str) -> Span | None:
    """Return the 条标 of an article: in brackets, on the line of the number, or before a space."""
    bracketed = re.match(r"【[^】\n]{1,30}】|（[^，。；）\n]{1,20}）(?=\s)|\([^，。；)\n]{1,20}\)(?=\s)", whole + " ")
    if bracketed:
        return start, start + bracketed.end()
    name = re.match(r"[^\s。；;，,：:]+", whole)
    if name is None or name.end() > _LONGEST_LABEL or not text[start + name.end() : end].strip():
        return None
    is_line = name.end() == len(whole)
    if is_line or (not _OFFICE.search(name.group()) and whole[name.end()].isspace()):
        return start, start + name.end()
    return None


def _phrase(text: str, start: int, end: int, limit: int) -> Span | None:
    """Return the short phrase before the first stop or space of a line, where more of the part follows it."""
    match = _PHRASE_END.search(text, start, min(end, start + LONGEST_HEADING))
    if match is None or not match.group():
        return None
    phrase, stop = text[start : match.start()], match.group()
    more = text[match.end() : min(limit, match.end() + LONGEST_HEADING)].strip()
    if not _SHORTEST_PHRASE <= len(phrase) <= _LONGEST_PHRASE or not more:
        return None
    if stop in {"：", ":"}:
        is_head = len(phrase) <= _LONGEST_LABEL and not re.search(r"[，,\d]", phrase)
    elif stop.isspace():
        is_head = not _OFFICE.search(phrase) and len(re.findall(r"[，,]", phrase)) <= 1
    else:
        is_head = stop in "。！!" and not _RULE.search(phrase)
    return (start, match.start()) if is_head else None


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
