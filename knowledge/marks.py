"""Where a part of a document may begin, by its mark: 第三章, 第十二条, 一、, （一）, 1., ①, ●, 问：, 附件1. Pure functions.

A mark is only a place that looks like one; whether it opens a part, an item of a list or nothing is decided by
``knowledge.outline``, which sees the marks before and after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum

from knowledge.values import to_number

HAN = "一二三四五六七八九十百零〇"
LONGEST_LINE = 60  # characters of a line that heads something
_LONGEST_QUESTION = 80


class Style(IntEnum):
    """The kinds of mark. The first five nest by rank, whatever the order they appear in."""

    PART = 0  # 第一编
    BOOK = 1  # 第一分编
    CHAPTER = 2  # 第一章
    SECTION = 3  # 第一节
    ARTICLE = 4  # 第一条
    COMMA = 5  # 一、
    BRACKET = 6  # （一）
    DOT = 7  # 1.
    ROUND = 8  # （1）
    CIRCLE = 9  # ①
    BULLET = 10  # ●
    ASKED = 11  # 问：
    ANSWER = 12  # 答：
    QUESTION = 13  # a line of its own that ends in a question mark
    ANNEX = 14  # 附件1
    CONTACT = 15  # 联系方式

    @property
    def ranked(self) -> bool:
        """Whether statutes fix the place of this mark in the hierarchy."""
        return self <= Style.ARTICLE

    @property
    def outermost(self) -> bool:
        """Whether what it opens belongs to nothing before it."""
        return self in {Style.ANNEX, Style.CONTACT}


class Place(IntEnum):
    """What stands before a mark; the less there is, the more the numbers around it have to confirm it."""

    INSIDE = 0  # right after a word
    CLAUSE = 1  # after a comma, a colon, a semicolon
    SPACE = 2  # after a lone space
    SENTENCE = 3  # after the end of a sentence
    LINE = 4  # at the beginning of a line


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at ``start``/``end``; ``number`` is 0 where its style has none. ``key`` tells marks of one list."""

    style: Style
    number: int
    start: int
    end: int
    place: Place
    key: str

    @property
    def asks(self) -> bool:
        """Whether it opens a question, which its answer follows."""
        return self.style in {Style.ASKED, Style.QUESTION} or self.key.endswith("?")


_UNITS = {"编": Style.PART, "分编": Style.BOOK, "章": Style.CHAPTER, "节": Style.SECTION, "条": Style.ARTICLE}
_GROUPS = {
    "comma": Style.COMMA,
    "bracket": Style.BRACKET,
    "dot": Style.DOT,
    "round": Style.ROUND,
    "circle": Style.CIRCLE,
    "bullet": Style.BULLET,
    "asked": Style.ASKED,
    "answer": Style.ANSWER,
    "annex": Style.ANNEX,
    "contact": Style.CONTACT,
}
# （一）项 names an item of another article; （一）项目 and （一）条件 begin one.
_NO_ITEM = r"(?!项(?!目)|款(?!项)|目(?![标的录])|条(?![件款例])|[、和至或](?=[第（(]))"
_MARK = re.compile(
    rf"第(?P<ranked>[{HAN}两千\d]{{1,9}})(?P<unit>分编|[编章节条])(?:之[{HAN}]{{1,3}})?"
    rf"|(?P<comma>[{HAN}]{{1,3}})[、．]"
    rf"|[（(](?P<bracket>[{HAN}]{{1,3}})[)）]{_NO_ITEM}、?|(?P<enclosed>[㈠-㈩])"
    r"|(?P<dot>\d{1,2})(?:[.．、](?=(?:19|20)\d\d年|[^\d.．])|[)）])|(?P<stop>[⒈-⒛])"
    rf"|[（(](?P<round>\d{{1,2}})[)）]{_NO_ITEM}、?|(?P<parenthesised>[⑴-⒇])"
    r"|(?P<circle>[①-⑳])"
    r"|(?P<bullet>[●■◆•▪○◇□★▲◎➢►▶※✓√]|[·*\-–](?=[ 　\u4e00-\u9fff]))"
    r"|(?P<asked>[【\[]问[】\]]|(?:提?问|Q|问题)\s?\d{0,3}\s?[:：])"
    r"|(?P<answer>[【\[]答[】\]]|(?:回?答|A|解答)\s?\d{0,3}\s?[:：])"
    rf"|(?P<annex>附\s{{0,2}}(?:件|录)\s{{0,2}}(?:\d{{1,2}}|[{HAN}]{{1,3}})?(?![\d{HAN}和至及与的中所、）)]))"
    r"|(?P<contact>联系方式)(?=\s{0,9}(?:\n|$))"
)
_CODES = {"enclosed": (Style.BRACKET, "㈠"), "stop": (Style.DOT, "⒈"), "parenthesised": (Style.ROUND, "⑴")}
_CODES["circle"] = (Style.CIRCLE, "①")
_REFERENCE = re.compile(r"\s{0,2}[第规的、，,和至及与中款项或所之“]")
_INSIDE_ALLOWED = {Style.BRACKET, Style.ROUND, Style.CIRCLE}
_QUESTION_END = re.compile(r"[？?](?=\s|$|[【\[]?(?:回?答|A|解答)\s?\d{0,3}\s?[:：】\]])")
_NEWS = re.compile(r"[电讯][ 　]|题[:：]|记者")
_NO_HEADING_END = "。！!？?.．…”；;，,：:、"
_OTHER_LINE = re.compile(
    rf"第[{HAN}\d]+[编章节条]|附\s?[件录]|[{HAN}]+、|[（(][{HAN}\d]+[)）]|\d+[.．、]|[①-⑳●■]|联系方式|.*\d{{4}}[-年/.]"
)
_SENTENCE_END = "。！？!?）)】”"
_CLAUSE_END = "：:；;，,、"


def marks(text: str) -> list[Mark]:
    """Find the marks of a text, and the questions that stand on lines of their own, in order."""
    found = [mark for match in _MARK.finditer(text) for mark in [_mark(text, match)] if mark is not None]
    return _questioned(text, found)


def place(text: str, start: int) -> Place:
    """Tell what stands before a position."""
    before = start
    while before and text[before - 1] in " \t\u2002\u2003\u3000\xa0" and start - before < 9:  # noqa: PLR2004
        before -= 1
    gap = text[before:start]
    if before == 0 or text[before - 1] == "\n" or len(gap) > 1 or gap in {"\t", "　"}:
        return Place.LINE
    if text[before - 1] in _SENTENCE_END:
        return Place.SENTENCE
    if gap:
        return Place.SPACE
    return Place.CLAUSE if text[before - 1] in _CLAUSE_END else Place.INSIDE


def _mark(text: str, match: re.Match[str]) -> Mark | None:
    group = match.lastgroup or ""
    here = place(text, match.start())
    if group == "unit":
        style, number = _UNITS[match["unit"]], int(to_number(match["ranked"]) or 0)
    elif group in _CODES:
        style, first = _CODES[group]
        number = ord(match[group]) - ord(first) + 1
    else:
        style = _GROUPS[group]
        number = _number(match[group]) if style in _NUMBERED else 0
    if not _stands(text, match, style, here):
        return None
    key = match[group] if style is Style.BULLET else ""
    return Mark(style, number, match.start(), match.end(), here, f"{style.name}{key}")


_NUMBERED = {Style.COMMA, Style.BRACKET, Style.DOT, Style.ROUND, Style.CIRCLE}


def _number(told: str) -> int:
    return int(to_number(told) or 0)


def _stands(text: str, match: re.Match[str], style: Style, here: Place) -> bool:
    """Tell whether a mark may stand where it does, by its style."""
    following = text[match.end() : match.end() + 1]
    if style is Style.ARTICLE:
        if following.isspace() or following in "【（(":
            return here >= Place.SPACE
        return here is Place.LINE and not _REFERENCE.match(text, match.end())
    if style.ranked:
        return here >= Place.SPACE and not _REFERENCE.match(text, match.end())
    if style is Style.BULLET:
        return here is Place.LINE if match["bullet"] in "·*-–○" else here >= Place.CLAUSE
    if style in {Style.ASKED, Style.ANSWER, Style.ANNEX, Style.CONTACT}:
        least = Place.LINE if style is Style.CONTACT else Place.SPACE
        return here >= least
    return here > Place.INSIDE or (style in _INSIDE_ALLOWED and text[match.start() - 1 : match.start()] != "第")


def _questioned(text: str, found: list[Mark]) -> list[Mark]:
    """Add the questions that are lines of their own; a numbered one keeps its mark and becomes a question."""
    lines = {
        start
        for match in _QUESTION_END.finditer(text)
        for start in [_question_start(text, match.start())]
        if start is not None
    }
    asked = {mark.start for mark in found if mark.style is Style.ASKED}
    kept: list[Mark] = []
    for mark in found:
        leads = _content(text, mark.end) in asked
        if mark.style is Style.ASKED and kept and _content(text, kept[-1].end) == mark.start:
            continue  # 1.问：
        if not mark.style.ranked and mark.style < Style.ASKED and (mark.start in lines or leads):
            kept.append(replace(mark, key=f"{mark.key}?"))
        else:
            kept.append(mark)
    lines -= {mark.start for mark in found}
    if not text[: min(lines, default=0)].strip() and len(lines) == 1 and not any(mark.asks for mark in kept):
        lines = set()  # the title of the text asks, and all of it answers
    added = [Mark(Style.QUESTION, 0, start, start, Place.LINE, "?") for start in lines]
    return sorted([*kept, *added], key=lambda mark: mark.start)


def _content(text: str, end: int) -> int:
    """Return where the words after a mark begin."""
    stop = min(len(text), end + 9)
    while end < stop and text[end].isspace():
        end += 1
    return end


def _question_start(text: str, end: int) -> int | None:
    """Return where the line begins that ends in a question mark; None where it is part of running text."""
    floor = max(0, end - _LONGEST_QUESTION)
    begin = end
    while begin > floor and text[begin - 1] not in "。！!；;\n":
        begin -= 1
        if text[begin] == "　" or (text[begin] == " " and (text[begin - 1 : begin] in "。！？!?：:）)” 　\n")):
            begin += 1
            break
    if begin == floor > 0:
        return None
    start = begin
    while start < end and text[start].isspace():
        start += 1
    if start == end or place(text, start) < Place.SENTENCE or (start and not text[start - 1].isspace()):
        return None
    if text[start] in '“‘"' or _NEWS.search(text, start, end):
        return None
    return _line_before(text, start) or start


def _line_before(text: str, start: int) -> int | None:
    """Return where the line before begins when a question is broken over two lines; None where it is not."""
    end = len(text[max(0, start - 9) : start].rstrip()) + max(0, start - 9)
    if "\n" not in text[end:start]:
        return None
    begin = text.rfind("\n", max(0, end - LONGEST_LINE - 1), end) + 1
    line = text[begin:end].strip()
    if not begin or not line or len(line) > LONGEST_LINE or line[-1] in _NO_HEADING_END or _OTHER_LINE.match(line):
        return None  # the first line of a text is its title
    return begin + text[begin:end].index(line[0])
