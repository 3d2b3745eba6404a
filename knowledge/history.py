"""Dated events of a document: when, by whom, what was issued. Each with the place it is told.

A date at the beginning of a sentence holds for its later parts until the next date: 「2018年,国务院印发《甲》;中共中央
办公厅印发《乙》」 tells two events of 2018.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.sentences import bracketed, sentences
from knowledge.values import ValueType, values

_VERB = re.compile(
    r"(?:联合|共同|正式|先后|陆续|相继)?(?:印发|发布|出台|颁布|制定|下发|公布|通过|修订|制订)(?:实施|施行)?(?:了|的)?"
)
_SUBJECT_EDGE = re.compile(r"[，,；;。：:]|同意|批准|部署")
_LEADING = re.compile(r"^(?:由|经|并|同时|其中|又|还|再|随后|此后|之后|该|根据|按照)")


@dataclass(frozen=True, slots=True)
class Event:
    """Something issued: ``start``/``end`` is the sentence that tells it; ``date`` is as the text writes it.

    ``year`` is 0 where the text gives no date; ``issuer`` is empty where it names none. ``is_issued`` tells what was
    issued from what is only mentioned.
    """

    date: str
    year: int
    issuer: str
    title: str
    start: int
    end: int
    is_issued: bool = False


def title_key(title: str) -> str:
    """Return a title without its brackets and its years, for telling whether two mentions are one document."""
    inner = title.strip("《》")
    return re.sub(r"[（(][^（）()]*\d[^（）()]*[)）]|[“”\"'‘’\s]", "", inner)


def events(text: str, start: int = 0, end: int | None = None) -> list[Event]:
    """Find the events told in a stretch of text, in the order they are told."""
    stretch = text[start:end]
    found: list[Event] = []
    for first, last in sentences(stretch):
        if "《" in stretch[first:last]:  # an event has a title; values take their time
            found.extend(_sentence_events(stretch[first:last], start + first, start + last))
    return found


def _sentence_events(sentence: str, start: int, end: int) -> list[Event]:
    stated = values(sentence)
    dates = [value for value in stated if value.type is ValueType.DATE]
    found: list[Event] = []
    issuer, issuer_end, is_issued = "", 0, False
    for value in stated:
        if value.type is not ValueType.TITLE:
            continue
        date = next((date for date in reversed(dates) if date.end <= value.start), None)
        told = _issuer(sentence, value.start, issuer_end)
        if told is not None:
            issuer, is_issued = told, True
        elif not _coordinated(sentence, issuer_end, value.start):
            issuer, is_issued = "", False
        issuer_end = value.end
        found.append(
            Event(
                date=date.text if date else "",
                year=int(re.sub(r"\D", "", date.text)[:4] or 0) if date and re.match(r"\d{4}", date.text) else 0,
                issuer=issuer,
                title=value.text,
                start=start,
                end=end,
                is_issued=is_issued,
            )
        )
    return found


def _coordinated(sentence: str, end: int, start: int) -> bool:
    return re.fullmatch(r"[、和与及以]*", sentence[end:start]) is not None


def _issuer(sentence: str, title_start: int, after: int) -> str | None:
    """Return who issued the title that begins at ``title_start``; None where no verb of issuing stands before it."""
    before = sentence[after:title_start]
    verbs = list(_VERB.finditer(before))
    if not verbs or len(before) - verbs[-1].end() > 0:
        return None
    subject = before[: verbs[-1].start()]
    inside = bracketed(subject)
    cut = 0
    for edge in _SUBJECT_EDGE.finditer(subject):
        if not any(first <= edge.start() < last for first, last in inside):
            cut = edge.end()
    subject = subject[cut:].strip()
    for date in values(subject):
        if date.type is ValueType.DATE and date.start == 0:
            subject = subject[date.end :]
            break
    return _LEADING.sub("", subject.strip(" ,，、"))
