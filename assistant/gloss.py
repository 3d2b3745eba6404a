"""A question in English, in pinyin or in mixed script -> the same in Chinese words, as far as glossary and index know them.

「nongmingong peixun」 and 「training for migrant workers」 become 「农民工培训」; in 「失业保险 benefits 每月多少」 what is English is put into
Chinese where it stands. A name in Chinese characters behind its pinyin, 「Wanghu (望湖)」, is taken for it.
"""

from __future__ import annotations

import re

from assistant import english, gloss_figures, gloss_pinyin, lexicon
from assistant.kinds import QUESTION_WORD
from assistant.lexicon import Spelt
from knowledge import words
from knowledge.spelling import sound

_HAN = re.compile(r"[\u3400-\u9fff]")
_ENGLISH = re.compile(
    r"\b(?:the|is|are|was|were|what|when|where|which|who|how|why|does|do|did|can|could|will|should|of|for|in|to|from|with|and|my|i)\b"
)
_GLOSSED = re.compile(r"[（(]\s*([\u3400-\u9fff]{2,20})\s*[)）]")
_MOST_WORDS = 5  # that a name in brackets repeats
_RUN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,}(?:['’ -][A-Za-z]+)*(?![A-Za-z0-9])")
_ASKS_CHINESE = re.compile(r"[吗呢吧]\s*[?？]?$")
_LEAST_KNOWN = 0.5


def chinese(text: str, spelt: Spelt, places: frozenset[str] = frozenset()) -> str | None:
    """Return a question in Chinese words; None where it is Chinese already or is mostly unknown.

    ``spelt`` gives the word of the index that a run of pinyin without spaces stands for; ``places`` are the names of
    places that documents are of.
    """
    if not re.search(r"[A-Za-z]", text):
        return None
    plain = _without_repeats(text)
    if _HAN.search(plain) and (QUESTION_WORD.search(plain) or _ASKS_CHINESE.search(plain) or not _is_foreign(plain)):
        return _mixed(plain, spelt)
    if _ENGLISH.search(plain.lower()):
        return english.in_chinese(plain, spelt, places)
    return _from_pinyin(plain, spelt) or english.in_chinese(plain, spelt, places)


def _is_foreign(text: str) -> bool:
    """Tell whether a text with Chinese names in it is English or pinyin as a whole."""
    return len(re.findall(r"[A-Za-z]{2,}", text)) > 2 and (  # noqa: PLR2004  # words; two are a word within Chinese
        bool(_ENGLISH.search(text.lower())) or len(re.findall(r"[A-Za-z]", text)) > 2 * len(_HAN.findall(text))
    )


def _without_repeats(text: str) -> str:
    """Put the Chinese of 「Wanghu (望湖)」 in the place of what it repeats in Latin letters."""
    told, position = "", 0
    for match in _GLOSSED.finditer(text):
        before = text[position : match.start()].split(" ")
        kept = len(before) - _repeated([word for word in before if word][-_MOST_WORDS:], match[1])
        told += f"{' '.join([word for word in before if word][: max(kept - before.count(''), 0)])} {match[1]} "
        position = match.end()
    return told + text[position:]


def _repeated(said: list[str], name: str) -> int:
    """Return how many of the last words a name in Chinese repeats: its pinyin, or what it means."""
    spelling = sound(name).replace(" ", "")
    for count in range(len(said), 0, -1):
        run = [re.sub(r"['’]s$", "", word.lower()) for word in said[-count:]]
        if "".join(run) == spelling or lexicon.english(run, 0)[0] == count:
            return count
        if count == 2 and spelling.startswith(run[0]) and run[0].isalpha():  # noqa: PLR2004  # Nanzhi district
            return count
    is_name = bool(said) and said[-1][:1].isupper() and lexicon.english([said[-1].lower()], 0)[0] == 0
    return int(is_name)


def _mixed(text: str, spelt: Spelt) -> str | None:
    """Return a text of both scripts with each run of letters in Chinese that is wholly known; None where none is."""
    parts: list[str] = []
    position = 0
    for run in _RUN.finditer(text):
        told = _run(run.group(), text[: run.start()].rstrip(), text[run.end() :].lstrip(), spelt)
        if told is not None:
            parts += [text[position : run.start()].rstrip(), told]
            position = len(text) - len(text[run.end() :].lstrip())
    return "".join([*parts, text[position:]]) if parts else None


def _run(run: str, before: str, after: str, spelt: Spelt) -> str | None:
    """Return what a run of letters between Chinese stands for; an abbreviation stands for itself there."""
    beside = gloss_pinyin.beside(run.lower(), before, after) if run.isalpha() else None
    if beside is not None:
        return beside
    if run.isupper() and run.lower() not in lexicon.glossary():
        return None
    pieces = english.PIECE.findall(gloss_figures.in_chinese(words.normal(run)))
    told, position = [], 0
    while position < len(pieces):
        count, word = _within(pieces, position, spelt)
        if not word and pieces[position] not in english.NOTHING:
            return None
        told.append(word)
        position += max(count, 1)
    return "".join(told)


def _within(pieces: list[str], position: int, spelt: Spelt) -> tuple[int, str]:
    if _HAN.search(pieces[position]) or pieces[position].isdigit():
        return 1, pieces[position]
    count, word = lexicon.english(pieces, position)
    if word or pieces[position] in english.NOTHING:
        return count, word
    return lexicon.pinyin(pieces, position, spelt)


def _from_pinyin(text: str, spelt: Spelt) -> str | None:
    """Return a question in pinyin, in its own order; None where less than half of it is known."""
    pieces = english.PIECE.findall(words.normal(text))
    told: list[str] = []
    known = unknown = position = 0
    while position < len(pieces):
        piece = pieces[position]
        if piece[0].isdigit() or _HAN.search(piece):
            count, word = 1, piece
            if not _HAN.search(piece) and len(piece) == 4 and pieces[position + 1 : position + 2] != ["nian"]:  # noqa: PLR2004
                word = f"{piece}年" if piece[:2] in {"19", "20"} else piece
            known += bool(_HAN.search(piece))
        else:
            count, word = lexicon.pinyin(pieces, position, spelt)
            known += count if word else 0
            unknown += not word and piece.isalpha()
        told.append(word)
        position += max(count, 1)
    if not known or known < _LEAST_KNOWN * (known + unknown):
        return None
    return "".join(told) + "?"
