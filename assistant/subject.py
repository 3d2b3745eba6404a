"""What a question is about, without what it asks of it: 「清江市培训补贴审核要多久」 is about 「清江市培训补贴」."""

from __future__ import annotations

import re
from collections.abc import Collection

from knowledge import words

_INTERROGATIVE = re.compile(
    r"(?:是|有|为|在|由|属于|包括)?(?:什么时候|什么|哪[一些几年天个类种项]?[年天个类种项]?|谁|多少|多久|多长|多大|几|怎么|如何|为什么).*$"
)
_CLAUSE = re.compile(r"[，,。；;：:？?！!]")
_TITLE = re.compile(r"《[^》]+》")
_PLACE_END = frozenset("省市县区州镇乡")
_NOUN_TAGS = frozenset(("n", "j", "vn", "b", "s"))
_LINKS = frozenset(("的", "和", "与", "及", "、"))
_DEED = re.compile(r"^(?:[vpdcryu]|ul|uj|zg)")
_LEAST, _TELLING = 2, 4  # characters


def titles_of(text: str) -> list[str]:
    """Return the titles in 《》 that a text names, each once."""
    return list(dict.fromkeys(_TITLE.findall(text)))


def without_asking(text: str) -> str:
    """Return a question without what asks in it and all that follows."""
    return _INTERROGATIVE.sub("", text).strip(" ,，?？的")


def asking(text: str) -> str:
    """Return what asks in a question, with all that follows; empty where nothing does."""
    asked = _INTERROGATIVE.search(text)
    return asked.group() if asked else ""


def names_none(text: str) -> bool:
    """Tell whether a question says nothing of what it is about: its words only tell what is asked of it."""
    said = [word for word in words.words(text) if word not in words.stop_words() and not word.isdigit()]
    empty = words.aspect_words() | words.generic_words()
    return (any(word in words.aspect_words() for word in said) or bool(asking(text))) and all(
        word in empty or (len(word) == 1 and word not in _PLACE_END) for word in said
    )


def subject(text: str, places: Collection[str] = ()) -> str:
    """Return what a question is about: its one title, or the first name in it that tells something; empty where none is.

    ``places`` are names of places that no dictionary knows.
    """
    titles = titles_of(text)
    if len(titles) == 1:
        return titles[0]
    names = names_in(without_asking(text), places)
    return next((name for name in names if _tells(name)), next(iter(names), ""))


def names_in(text: str, places: Collection[str] = ()) -> list[str]:
    """Return the runs of nouns in a text, each up to what is done or said of it."""
    found: list[str] = []
    for clause in _CLAUSE.split(text):
        run: list[str] = []
        for token in (*_tokens(clause, places), ""):
            if token and (token in places or _is_name(token) or (run and (token in _LINKS or not _ends(token)))):
                run.append(token)
                continue
            while run and not (run[-1] in places or _is_name(run[-1]) or _is_noun(run[-1])):
                run.pop()
            if len("".join(run)) >= _LEAST:
                found.append("".join(run))
            run = []
    return found


def _tokens(text: str, places: Collection[str]) -> list[str]:
    """Return the words of a text, with the places known by name whole."""
    known = sorted((place for place in places if place in text), key=len, reverse=True)
    if not known:
        return list(words.tokens(text))
    pieces = re.split(f"({'|'.join(map(re.escape, known))})", text)
    return [token for piece in pieces for token in ([piece] if piece in known else words.tokens(piece))]


def _tells(name: str) -> bool:
    """Tell whether a name says more than that a person, a firm or money is meant."""
    return len(name) >= _TELLING or any(term in name for term in words.policy_terms())


def _is_name(token: str) -> bool:
    if token in words.policy_terms() or token in _PLACE_END:
        return True
    if token in words.generic_words() or token in words.stop_words() or not words.is_word(token):
        return False
    return token not in words.aspect_words() and _is_noun(token)


def _is_noun(token: str) -> bool:
    tag = words.part_of_speech(token)
    return tag in _NOUN_TAGS or tag.startswith("n") or (not tag and words.is_word(token) and not token.isdigit())


def _ends(token: str) -> bool:
    """Tell whether a word after a name begins what is said of it."""
    if token in words.aspect_words() or token in words.stop_words() or not words.is_word(token):
        return True
    if token in words.generic_words():
        return not _is_noun(token)
    return len(token) == 1 and _DEED.match(words.part_of_speech(token)) is not None
