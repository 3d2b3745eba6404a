"""Where sentences and clauses begin and end. Pure functions from text to spans; no character is changed.

A span is ``(start, end)`` in characters of the given text, without surrounding white space.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

Span = tuple[int, int]

_CLOSERS = "”’」』）)】》\"'"
_BRACKETS = {"《": "》", "（": "）", "(": ")", "“": "”", "「": "」", "『": "』", "【": "】", "〔": "〕", "〈": "〉"}
_LONGEST_BRACKET = 120
# A sentence ends at 。！？ (with the closing quotes behind them), at a line break, and at the wide gaps that stand
# for line breaks in text that was copied as one line.
_SENTENCE_END = re.compile(rf"[。！？!?]+[{re.escape(_CLOSERS)}]*|\n+|[ \t]*　[ 　\t]*|[ \t]{{2,}}")
_INLINE_NUMBER = re.compile(
    r"(?<=\s)(?=[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十百]{1,4}[章节条])"
)
_LONE_SPACE = re.compile(r"(?<=[\u4e00-\u9fff：:)）】》”]) (?=[\u4e00-\u9fff（(《“【])")
# A mark belongs to the words behind it, a gap between two characters to the word they are spread over (附　则).
_MARK_ALONE = re.compile(
    r"(?:第[一二三四五六七八九十百千零〇两\d]{1,9}(?:分?编|[章节条])(?:之[一二三四五六七八九十])?"
    r"|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、)）]|[①-⑳●■◆•▪□◇○★▲▶►➢◎※✓√☎]"
    r"|[问答QA][:：])?[\u4e00-\u9fff]?"
)
_LONGEST_MARK = 16
_OFFICE = re.compile(r"[部局厅委署会院行府办室]$")
_ADDRESSEE = re.compile(r"[^。；;]{0,40}(?:^|[，、])各[^。；;]{1,100}[：:]$")
_LONGEST_ADDRESSEE = 150
_LONGEST_LINE = 60
_SHORTEST_LINE = 4
_CLAUSE_MARKS = "，,；;：:"


def bracketed(text: str) -> list[Span]:
    """Return the outermost bracketed stretches, brackets included; a bracket left open for long does not count."""
    spans: list[Span] = []
    position = 0
    while position < len(text):
        closer = _BRACKETS.get(text[position])
        if closer is not None:
            end = _closing(text, position, text[position], closer)
            if end is not None:
                spans.append((position, end))
                position = end
                continue
        position += 1
    return spans


def _closing(text: str, start: int, opener: str, closer: str) -> int | None:
    depth = 0
    for position in range(start, min(len(text), start + _LONGEST_BRACKET)):
        if text[position] == opener:
            depth += 1
        elif text[position] == closer:
            depth -= 1
            if depth == 0:
                return position + 1
        elif text[position] == "\n":
            return None
    return None


def sentences(text: str) -> list[Span]:
    """Split running text or lines into sentences, in order; together they hold every non-space character."""
    titles = [span for span in bracketed(text) if text[span[0]] in "《〈"]
    cuts = {0, len(text)}
    last = 0
    for match in _SENTENCE_END.finditer(text):
        if not _is_inside(match.start(), titles) and not _is_mark(text, last, match):
            last = match.end()
            cuts.add(last)
    cuts.update(match.start() for match in _INLINE_NUMBER.finditer(text))
    cuts.update(_line_ends(text, sorted(cuts)))
    return _trimmed(text, sorted(cuts))


def _is_mark(text: str, start: int, gap: re.Match[str]) -> bool:
    """Tell whether a wide gap stands between a mark and its words, or inside of a word that is spread out."""
    if gap.group().strip() or "\n" in gap.group() or gap.start() - start > _LONGEST_MARK:
        return False
    before = text[start : gap.start()].strip()
    return bool(before) and _MARK_ALONE.fullmatch(before) is not None


def _line_ends(text: str, cuts: list[int]) -> list[int]:
    """Find single spaces that stand for line breaks in text copied as one line.

    Such a space follows words without a comma (a title, a heading, an addressee) in a stretch too long for one line.
    """
    found = []
    for start, end in pairwise(cuts):
        if end - start <= _LONGEST_LINE:
            continue
        begin = start
        for match in _LONE_SPACE.finditer(text, start, end):
            piece = text[begin : min(match.start(), begin + _LONGEST_ADDRESSEE)].strip()
            if re.search(r"[，,；;、]", piece) and not _ADDRESSEE.match(piece):
                break  # the rest is running text
            if len(piece) >= _SHORTEST_LINE and not _MARK_ALONE.fullmatch(piece) and not _is_office(piece):
                found.append(match.end())
                begin = match.end()
    return found


def _is_office(piece: str) -> bool:
    """Tell the name of an office, which stands beside others, from a line (财政部 税务总局关于…)."""
    return len(piece) <= _LONGEST_LINE and _OFFICE.search(piece) is not None


def clauses(text: str, marks: str = _CLAUSE_MARKS) -> list[Span]:
    """Split one sentence at its clause marks, outside of brackets and numbers; the mark stays with its clause."""
    inside = bracketed(text)
    cuts = [0]
    for position, character in enumerate(text):
        if character not in marks or _is_inside(position, inside):
            continue
        if (
            character in ",:："
            and text[position - 1 : position].isdigit()
            and text[position + 1 : position + 2].isdigit()
        ):
            continue  # 1,000 or 10:30
        cuts.append(position + 1)
    cuts.append(len(text))
    return _trimmed(text, cuts)


def _is_inside(position: int, spans: list[Span]) -> bool:
    """Tell whether a place lies between the brackets of one of some spans, which are in order and do not overlap."""
    place = bisect_right(spans, (position, 0)) - 1
    return place >= 0 and spans[place][0] < position < spans[place][1] - 1


def _trimmed(text: str, cuts: list[int]) -> list[Span]:
    spans: list[Span] = []
    for start, end in pairwise(cuts):
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            offset = start + len(piece) - len(piece.lstrip())
            spans.append((offset, offset + len(stripped)))
    return spans
