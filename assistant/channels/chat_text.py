"""An answer -> the plain text of a chat message, in parts of a size that the platform takes.

Chat clients know no Markdown: citations become 【1】 with a short line saying where the words stand, and a link leads to
the page with the passages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import regex

from assistant.answer import Answer, Citation

PART_BYTES = 2_048
"""Bytes of UTF-8 that a text message of the platforms may have."""
MAX_PARTS = 5
"""Messages that one message of a person allows."""
_TITLE, _QUOTE, _ASKED = 30, 60, 40
_MARK = re.compile(r"\[(\d{1,3})\]")
# A web address ends at white space, Chinese, or the punctuation that closes it.
_ADDRESS = r"https?://[^\s\u2e80-\ua4ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef<>\"']+"
_ATOMS = regex.compile(rf"{_ADDRESS}|\X", regex.IGNORECASE)
_ENDS = "。！？；!?;"
_CUT = "……"


def reply(answer: Answer, link: str | None = None) -> tuple[str, str]:
    """Return the text of an answer, and the tail that must stay readable however much of it is cut: the link."""
    parts = [_marked(answer)]
    if answer.citations:
        parts.append("依据：\n" + _sources(answer.citations, numbered=True))
    elif answer.related:
        parts.append("相近的原文：\n" + _sources(answer.related[:2], numbered=False))
    if answer.suggestions:
        asked = "\n".join(f"{number}. {question}" for number, question in enumerate(answer.suggestions[:3], 1))
        parts.append(f"还可以问（回复数字）：\n{asked}")
    tail = f"原文和依据：{link}" if link and (answer.citations or answer.related) else ""
    return safe("\n\n".join(parts)), tail


def late(question: str, text: str) -> str:
    """Return an answer that comes after the person may have said something else, with the question it belongs to."""
    return f"您问：“{safe(_short(question.strip(), _ASKED))}”\n{text}"


def safe(text: str) -> str:
    """Return a text that a chat client shows as it is: no tags or Markdown, which it would make links and pictures of."""
    return text.replace("**", "").replace("<", "＜").replace(">", "＞").replace("](", "]（")


def source(citation: Citation) -> str:
    """Return where an answer comes from on one line: the title and the beginning of the words."""
    return f"{_title(citation.title)}：“{_short(' '.join(citation.quote.split()), _QUOTE)}”"


def split(text: str, limit: int = PART_BYTES, most: int = MAX_PARTS, tail: str = "") -> list[str]:
    """Cut a text into at most ``most`` parts of at most ``limit`` bytes, the last one ending in ``tail``.

    No cut falls inside a character, an emoji of several code points, or a web address; where it can be, it falls after
    a line or a sentence. What is too much is left out and marked with 「……」.
    """
    ending = f"\n\n{tail}" if tail else ""
    atoms = list(_atoms(text.strip(), limit - _size(_CUT)))
    parts: list[str] = []
    while atoms and len(parts) < most - 1 and _size("".join(atoms) + ending) > limit:
        cut = _cut(atoms, limit)
        parts.append("".join(atoms[:cut]).strip())
        atoms = atoms[cut:]
    rest = "".join(atoms).strip()
    if _size(rest + ending) > limit:
        room = max(limit - _size(_CUT + ending), 0)
        rest = "".join(atoms[: _cut(atoms, room)]).strip() + _CUT
    parts.append((rest + ending).strip())
    return [part for part in parts if part]


def masked(text: str, words: Sequence[str]) -> str:
    """Return a text with words that the platform does not let through as 「＊」; web addresses stay whole."""
    if not words:
        return text
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    pieces = re.split(f"({_ADDRESS})", text, flags=re.IGNORECASE)
    return "".join(
        piece if number % 2 else pattern.sub(lambda found: "＊" * len(found[0]), piece)
        for number, piece in enumerate(pieces)
    )


Screen = Callable[[str], str]
"""The hook for words that the platform does not let through: a reply in, what may be sent out."""


def _marked(answer: Answer) -> str:
    def mark(match: re.Match[str]) -> str:
        return f"【{match[1]}】" if 1 <= int(match[1]) <= len(answer.citations) else match[0]

    lines = [re.sub(r"^\s*[-*•]\s+", "· ", line) for line in answer.answer.splitlines()]
    return _MARK.sub(mark, "\n".join(lines)).strip()


def _sources(citations: Sequence[Citation], *, numbered: bool) -> str:
    """Return a line for each citation, those with the same words on one, under the title of their document."""
    titles: dict[str, dict[str, list[int]]] = {}
    for number, citation in enumerate(citations, 1):
        quote = _short(" ".join(citation.quote.split()), _QUOTE)
        titles.setdefault(_title(citation.title), {}).setdefault(quote, []).append(number)
    blocks = []
    for title, quotes in titles.items():
        lines = [f"{_numbers(numbers) if numbered else '· '}“{quote}”" for quote, numbers in quotes.items()]
        blocks.append("\n".join((*lines, f"——{title}")))
    return "\n".join(blocks)


def _numbers(numbers: Sequence[int]) -> str:
    return "".join(f"【{number}】" for number in numbers)


def _title(title: str) -> str:
    short = _short(" ".join(title.split()), _TITLE)
    return short if short.startswith("《") else f"《{short}》"


def _short(text: str, most: int) -> str:
    letters = regex.findall(r"\X", text)
    return text if len(letters) <= most else "".join(letters[:most]) + _CUT


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _atoms(text: str, limit: int) -> list[str]:
    """Return what must not be cut: web addresses and what a reader sees as one character."""
    atoms: list[str] = []
    for match in _ATOMS.finditer(text):
        atom = match[0]
        if _size(atom) <= limit:
            atoms.append(atom)
        elif re.match(_ADDRESS, atom, re.IGNORECASE):
            atoms.append("（链接过长，略）")
        else:
            atoms.extend(atom)  # hundreds of marks on one letter
    return atoms


def _cut(atoms: Sequence[str], limit: int) -> int:
    """Return how many atoms make up the next part: as many as fit, back to the last line or sentence in its latter half."""
    size = fit = 0
    while fit < len(atoms) and size + _size(atoms[fit]) <= limit:
        size += _size(atoms[fit])
        fit += 1
    if fit == len(atoms):
        return fit
    for ends in ("\n", _ENDS):
        for at in range(fit, fit // 2, -1):
            if atoms[at - 1] in ends:
                return at
    return fit
