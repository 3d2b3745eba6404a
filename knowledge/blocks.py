"""Lists that a document lays out over lines or numbers inside a paragraph: a line that leads in, and its items.

「应当提交下列材料:」 followed by （一）…（二）…, a heading followed by 1. 2. 3., 「（1）…；（2）…」 in one sentence, or lines
that begin with one bullet. An item reaches to the next item; the block ends where the numbering or the bullets end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_HAN = "一二三四五六七八九十"
_MARK = re.compile(
    rf"[（(](?P<han>[{_HAN}]{{1,3}})[)）]|[（(](?P<digit>\d{{1,2}})[)）]|(?<![\d.．第])(?P<dot>\d{{1,2}})[.．、](?!\d)"
    rf"|(?P<circle>[①-⑳])|(?P<is>[{_HAN}]{{1,2}})是(?![否不])|(?:(?<=\n)|(?<=^)|(?<=[。；;\s]))(?P<comma>[{_HAN}]{{1,3}})、"
)
_BULLET = re.compile(
    r"(?:(?<=\n)|^|(?<=[ 　。；;：:]))[●■◆•▪◇□★▲](?=\s?\S)|(?:(?<=\n)|^)[ \t　]{0,8}[-*·](?=[ 　\u4e00-\u9fff])",
    re.ASCII,
)
_NUMERAL = re.compile(r"(?:(?P<tens>[一二三四五六七八九]?)十)?(?P<ones>[一二三四五六七八九]?)")
_LONGEST_LEAD = 160
_LONGEST_ITEM = 400
_STYLES = ("han", "digit", "dot", "circle", "is", "comma")


@dataclass(frozen=True, slots=True)
class Block:
    """A laid-out list: offsets of the lead-in and of each item without its number, in characters of the text."""

    lead: tuple[int, int]
    items: tuple[tuple[int, int], ...]

    @property
    def end(self) -> int:
        """Where the last item ends."""
        return self.items[-1][1]


@lru_cache(maxsize=512)
def blocks(text: str) -> tuple[Block, ...]:
    """Find the laid-out lists of a text, outer and inner ones, in order of their first item."""
    marks = [(match, style, number) for match in _MARK.finditer(text) for style, number in [_number(match)]]
    found: list[Block] = []
    for position, (match, style, number) in enumerate(marks):
        if number == 1:
            run = _run(text, marks, position, style)
            if len(run) > 1:
                found.append(_block(text, match.start(), run))
    found += [_block(text, run[0][0].start(), run) for run in _bulleted(text)]
    return tuple(sorted((block for block in found if len(block.items) > 1), key=lambda block: block.items[0]))


def _bulleted(text: str) -> list[list[tuple[re.Match[str], int]]]:
    """Group bullets of one kind that follow each other, each with one line behind it, to lists of two or more."""
    runs: list[list[re.Match[str]]] = []
    for match in _BULLET.finditer(text):
        before = runs[-1][-1] if runs else None
        if before is not None and before.group().strip() == match.group().strip() and _is_line(text, before, match):
            runs[-1].append(match)
        else:
            runs.append([match])
    return [
        list(zip(run, [*(mark.start() for mark in run[1:]), _last_end(text, run[-1].end())], strict=True))
        for run in runs
        if len(run) > 1
    ]


def _is_line(text: str, before: re.Match[str], after: re.Match[str]) -> bool:
    is_near = after.start() - before.end() <= _LONGEST_ITEM
    return is_near and "\n" not in text[before.end() : after.start()].strip()


def _number(match: re.Match[str]) -> tuple[str, int]:
    style = next(style for style in _STYLES if match.group(style))
    told = match.group(style)
    if style == "circle":
        return style, ord(told) - ord("①") + 1
    if told.isdigit():
        return style, int(told)
    numeral = _NUMERAL.fullmatch(told)
    if numeral is None:
        return style, 0  # 一一: numerals, but no number
    tens = numeral["tens"]
    value = 0 if tens is None else 10 * (_HAN.find(tens) + 1 if tens else 1)
    return style, value + (_HAN.index(numeral["ones"]) + 1 if numeral["ones"] else 0)


def _run(
    text: str, marks: list[tuple[re.Match[str], str, int]], position: int, style: str
) -> list[tuple[re.Match[str], int]]:
    """Follow the numbers 1, 2, 3 … of one style; return each mark with where its item ends."""
    run = [marks[position][0]]
    for match, other, number in marks[position + 1 :]:
        if other == style and number == 1:
            break
        if other == style and number == len(run) + 1 and match.start() - run[-1].end() <= _LONGEST_ITEM:
            run.append(match)
    ends = [following.start() for following in run[1:]] + [_last_end(text, run[-1].end())]
    return list(zip(run, ends, strict=True))


def _last_end(text: str, start: int) -> int:
    """Return where the last item ends: at its line's end, or its sentence's where the line goes on."""
    line = text.find("\n", start)
    line = len(text) if line < 0 else line
    stop = re.compile(r"[。！!]").search(text, start, line)
    return stop.end() if stop else line


def _block(text: str, first: int, run: list[tuple[re.Match[str], int]]) -> Block:
    lead_end = len(text[:first].rstrip())
    floor = max(0, lead_end - _LONGEST_LEAD)
    breaks = [
        match.end() for match in re.finditer(r"[。！!?？\n]\s*", text[floor:lead_end]) if floor + match.end() < lead_end
    ]
    lead_start = floor + (breaks[-1] if breaks else 0)
    items = []
    for mark, end in run:
        told = text[mark.end() : end].strip()
        start = mark.end() + text[mark.end() : end].index(told[0]) if told else mark.end()
        items.append((start, start + len(told)))
    return Block((lead_start, lead_end), tuple(item for item in items if item[1] > item[0]))
