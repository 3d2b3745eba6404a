"""The phrase that heads a part of a document: the words behind its mark. Pure functions from text to spans."""

from __future__ import annotations

import re

from knowledge.document import Span
from knowledge.marks import LONGEST_LINE, Mark, Style

_LONGEST_PHRASE = 40  # characters of a heading inside running text
_LONGEST_LABEL = 12
_LONGEST_TITLE = 24  # of a 编, 章 or 节 inside running text
_LONGEST_QUESTION = 200
_SHORTEST_PHRASE = 2
_PHRASE_END = re.compile(r"[。！!？?；;\n　]|[ \t\u2002\xa0](?![\d〔])|[:：]|$")
_LINE_END = re.compile(r"\n|　| {2}|\t|$")
_SENTENCE_MARKS = "。；;，,：:、"
# A phrase that orders, allows or grants something is the rule itself, not the heading of one.
_RULE = re.compile(
    r"应当|不得|可以|必须|给予|按照|根据|本办法所称|^(?:自|凡|对|经|为|如|若|从)|可[按由在]|须|[的者]，|免征|是指|包括|\d"
)
_OFFICE = re.compile(r"[部局厅委署会院行省市县区府办]$")  # the first of several names, as a rule
_ANSWER = re.compile(r"(?<=[\s？?。])[【\[]?(?:回?答|A|解答)\s?\d{0,3}\s?[:：】\]]")
_ASKED = re.compile(r"[？?]")


def phrase(text: str, mark: Mark, own: Span, limit: int) -> Span | None:
    """Return the phrase that heads a part; None where it goes on in a whole sentence.

    ``own`` reaches from behind the mark to the first mark inside of the part, ``limit`` is where the part ends.
    """
    start, end = own
    if start == end or mark.style is Style.CONTACT or (mark.style is Style.BULLET and _is_item(text, start)):
        return None
    if mark.asks:
        return _question(text, start, end, is_line=mark.style is Style.QUESTION)
    found = _LINE_END.search(text, start, end)
    line_end = found.start() if found else end
    line = text[start:line_end].rstrip()
    if mark.style is Style.ARTICLE:
        return _article_name(text, start, end, line)
    is_short = len(line) <= LONGEST_LINE and line[-1] not in _SENTENCE_MARKS and not re.search(r"[。；;]", line)
    if mark.style.ranked or mark.style.outermost:
        return _part_name(text, start, end, line if is_short else None)
    named = _running(text, start, line_end, limit)
    goes_on = bool(text[line_end : min(limit, line_end + LONGEST_LINE)].strip())
    return (start, start + len(line)) if named is None and is_short and goes_on else named


def _is_item(text: str, start: int) -> bool:
    """Tell whether a line with a bullet stands beside one with the same bullet: items of a list, which head nothing."""
    first = text.rfind("\n", 0, start) + 1
    bullet = text[first:start].strip()[:1]
    before = text[:first].rstrip().rpartition("\n")[2]
    after = text[start:].partition("\n")[2].lstrip()
    return bool(bullet) and (before.strip().startswith(bullet) or after.startswith(bullet))


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
    words = re.match(r"[^\s。；;，,：:]+(?=\s)", full)
    return (start, start + words.end()) if words else None


def _article_name(text: str, start: int, end: int, line: str) -> Span | None:
    """Return the 条标 of an article: in brackets, on the line of the number, or before a space."""
    bracketed = re.match(r"【[^】\n]{1,30}】|（[^，。；）\n]{1,20}）(?=\s)|\([^，。；)\n]{1,20}\)(?=\s)", line + " ")
    if bracketed:
        return start, start + bracketed.end()
    name = re.match(r"[^\s。；;，,：:]+", line)
    if name is None or name.end() > _LONGEST_LABEL or not text[start + name.end() : end].strip():
        return None
    is_line = name.end() == len(line)
    if is_line or (not _OFFICE.search(name.group()) and line[name.end()].isspace()):
        return start, start + name.end()
    return None


def _running(text: str, start: int, end: int, limit: int) -> Span | None:
    """Return the short phrase before the first stop or space of a line, where more of the part follows it."""
    match = _PHRASE_END.search(text, start, min(end, start + LONGEST_LINE))
    if match is None or not match.group():
        return None
    words, stop = text[start : match.start()], match.group()
    more = text[match.end() : min(limit, match.end() + LONGEST_LINE)].strip()
    if not _SHORTEST_PHRASE <= len(words) <= _LONGEST_PHRASE or not more:
        return None
    if stop in {"：", ":"}:
        is_head = len(words) <= _LONGEST_LABEL and not re.search(r"[，,\d]", words)
    elif stop.isspace():
        is_head = not _OFFICE.search(words) and len(re.findall(r"[，,]", words)) <= 1
    else:
        is_head = stop in "。！!" and not _RULE.search(words)
    return (start, match.start()) if is_head else None
