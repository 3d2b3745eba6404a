"""The headed parts of a text, by its lines: 「一、见习对象」, 「## 申请材料」, 「第二条（适用范围）」, and on a page of short lines 「谁能领」.

Finer than the outline that passages are cut by: a line that only asks or only names a label heads what follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_HAN = "一二三四五六七八九十"
_LONGEST_HEADING = 24  # characters
_LONGEST_LABEL = 10
_LABEL_LEVEL = 9
_MARKS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_HAN}百]+[章节编][ 　]*")),
    (2, re.compile(r"#{1,6}\s+(?:[一二三四五六七八九十]+、\s*)?|【(?=[^】\n]{2,14}】)")),
    (2, re.compile(rf"[{_HAN}]{{1,3}}、\s*")),
    (3, re.compile(rf"第[{_HAN}百]+条[ 　]*(?=[（(【])")),
    (4, re.compile(rf"[（(][{_HAN}]{{1,3}}[)）]\s*")),
)
_ENDS = re.compile(r"[：:。　】]|(?<=[\u4e00-\u9fff）)]) (?=\S)")
_ARTICLE = re.compile(rf"第[{_HAN}百]+条")
# A short line of a page without stops that asks, or that ends in what such pages label their parts by.
_LABEL = re.compile(
    r"[^，,。；;：:！!\d]{0,8}(?:谁|什么|哪|多少|怎么|怎样|如何|啥|几时|何时)[^，,。；;：:！!\d]{0,6}[？?]?"
    r"|[^，,。；;：:！!\d的]{0,5}(?:对象|范围|条件|材料|证件|流程|程序|步骤|方式|标准|时间|期限|时限|地点|地址|窗口|电话|渠道|须知|提示|提醒)|[^，,。；;：:！!\d]{0,7}情形"
)
_CLOSES = re.compile(r"\s*(?:附件|附[:：]|联系人|联系电话|咨询电话|联系方式|监督电话|特此|抄送|主办|承办单位)")


@dataclass(frozen=True, slots=True)
class Headed:
    """A part of a text and what heads it: offsets of the heading's line, of the part's content, and the headings above it."""

    heading: str
    start: int
    body: int
    end: int
    above: tuple[str, ...]


@lru_cache(maxsize=64)
def headed(text: str) -> tuple[Headed, ...]:
    """Find the headed parts of a text, outer and inner ones, in order; those without content are left out."""
    marks = [found for found in _headings(text) if found is not None]
    parts: list[Headed] = []
    above: list[tuple[int, str]] = []
    for number, (level, heading, start, body) in enumerate(marks):
        above = [outer for outer in above if outer[0] < level]
        following = next((other[2] for other in marks[number + 1 :] if other[0] <= level), len(text))
        end = _closed(text, body, following)
        if end > body:
            parts.append(Headed(heading, start, body, end, tuple(title for _, title in above)))
        above.append((level, heading))
    return tuple(parts)


def _headings(text: str) -> list[tuple[int, str, int, int] | None]:
    """Return for each line (level, heading, start of the line, start of the content), None where it is no heading."""
    found, position = [], 0
    for line in text.split("\n"):
        found.append(_heading(line, position, text))
        position += len(line) + 1
    return found


def _heading(line: str, position: int, text: str) -> tuple[int, str, int, int] | None:
    told = line.strip()
    start = position + line.find(told)
    for level, mark in _MARKS:
        match = mark.match(told)
        if match is None:
            continue
        rest = told[match.end() :]
        if match.group().endswith(("（", "(", "【")) or _ARTICLE.match(told):
            rest = rest.lstrip("（(【")
            edge = re.search(r"[)）】]", rest)
        else:
            edge = _ENDS.search(rest)
        name = rest[: edge.start()] if edge else rest
        if not name or len(name) > _LONGEST_HEADING or re.search(r"[，,；;]", name):
            return None
        body = start + len(told) - len(rest) + (edge.end() if edge else len(rest))
        return level, name.strip(), start, _after_space(text, body)
    if len(told) <= _LONGEST_LABEL and _LABEL.fullmatch(told):
        return _LABEL_LEVEL, told, start, _after_space(text, start + len(told))
    return None


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _closed(text: str, body: int, following: int) -> int:
    """Return where the content ends: before the next heading, or where contacts, annexes or a signature begin."""
    position = end = body
    for line in text[body:following].split("\n"):
        if position > body and (_CLOSES.match(line) or (not line.strip() and _is_closing(text, position, following))):
            break
        if line.strip():
            end = position + len(line.rstrip())
        position += len(line) + 1
    return min(end, following)


def _is_closing(text: str, position: int, following: int) -> bool:
    """Tell whether a blank line is followed by nothing more than a signature and its date."""
    rest = text[position:following].strip()
    return (
        following == len(text)
        and re.search(r"[。；;]", rest) is None
        and re.search(r"年.{1,3}月.{1,3}日$", rest) is not None
    )
