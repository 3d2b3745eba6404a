"""A question with several parts -> the questions it consists of, and their answers joined again.

「甲和乙的标准分别是多少？」 asks two things of one kind; 「标准是多少，怎么申请？」 asks two things of one subject. Each part is answered by itself,
and what the documents do not tell is said so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Status
from assistant.draft import NOT_TOLD, Draft, Statement, as_shown
from assistant.kinds import QUESTION_WORD
from assistant.subject import without_asking
from knowledge.sentences import bracketed

_MOST = 4
_SHORTEST = 2  # characters of one of several subjects
_SHORTEST_QUESTION = 4
_EACH = re.compile(r"^(?P<subjects>.+?)(?P<of>的[^的、和与，,]{1,10})?(?:分别|各自)(?:都)?(?P<asked>.+)$")
_JOINT = re.compile(r"以及|、|和|与|及")
_LEAD = re.compile(r"^(?:请问|请)?(?:一下)?")
_NEXT = re.compile(r"[?？；;，,]")
_ASKS = re.compile(
    r"什么|啥|哪|谁|多少|怎么|怎样|如何|咋|何时|为何|多久|多长|几[天年月日]"
)  # 几个人 may be some people
_CONTEXT = re.compile(r"^.+[，,](?=[^，,])")
_ONE_SENTENCE = 40  # characters of an answer that is no value but the sentence that tells of all parts


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions a question consists of; ``label`` tells it from the others in the answer."""

    text: str
    label: str = ""


def parts(text: str) -> list[Part]:
    """Return the questions a question consists of, in order, at most four; one for one that asks one thing."""
    found = _each(text.strip(" ?？。")) or _in_turn(text)
    return found[:_MOST] if len(found) > 1 else [Part(text)]


def _each(text: str) -> list[Part]:
    text = _LEAD.sub("", text)
    context = _CONTEXT.match(text)
    before = context.group() if context and not bracketed(context.group()) else ""
    told = _EACH.match(text.removeprefix(before))
    if told is None or not QUESTION_WORD.search(told["asked"]):
        return []
    subjects = _split(told["subjects"])
    if len(subjects) < 2 or any(len(subject) < _SHORTEST for subject in subjects):  # noqa: PLR2004
        return []
    return [Part(f"{before}{subject}{told['of'] or ''}{told['asked']}？", subject) for subject in subjects]


def _split(text: str) -> list[str]:
    """Split at the joints outside of brackets."""
    inside = bracketed(text)
    found, start = [], 0
    for joint in _JOINT.finditer(text):
        if not any(first < joint.start() < last for first, last in inside):
            found.append(text[start : joint.start()])
            start = joint.end()
    return [piece.strip(" ，,") for piece in (*found, text[start:])]


def _in_turn(text: str) -> list[Part]:
    pieces, start = [], 0
    inside = bracketed(text)
    for mark in _NEXT.finditer(text):
        if not any(first < mark.start() < last for first, last in inside):
            pieces.append(text[start : mark.start()])
            start = mark.end()
    pieces = [piece.strip(" ，,") for piece in (*pieces, text[start:])]
    asked = [piece for piece in pieces if len(piece) >= _SHORTEST_QUESTION and _ASKS.search(piece)]
    return [Part(f"{piece}？") for piece in asked] if asked == [piece for piece in pieces if piece] else []


def joined(asked: Sequence[Part], drafts: Sequence[Draft]) -> Draft:
    """Return the answers to the parts as one, which is partial where the documents do not tell one of them."""
    if not any(draft.statements for draft in drafts):
        return NOT_TOLD
    statements: list[Statement] = []
    for part, draft in zip(asked, drafts, strict=True):
        told = _told(part, draft) if draft.statements else [_untold(part)]
        statements += [statement for statement in told if not _is_told(statement, statements)]
    whole = all(draft.statements and draft.status is Status.ANSWERED for draft in drafts)
    return Draft(tuple(statements), status=Status.ANSWERED if whole else Status.PARTIAL)


def _told(part: Part, draft: Draft) -> list[Statement]:
    label = f"{part.label}：" if part.label else ""
    items = [statement for statement in draft.statements if statement.is_item]
    rest = [statement for statement in draft.statements if not statement.is_item]
    if items:
        evidence = tuple(dict.fromkeys(sentence for item in items for sentence in item.evidence))
        rest.append(Statement("、".join(item.text for item in items), evidence))
    first = rest[0]
    return [
        replace(first, text=label + first.text, repeats=(*first.repeats, part.label) if label else first.repeats),
        *rest[1:],
    ]


def _is_told(statement: Statement, earlier: Sequence[Statement]) -> bool:
    """Tell whether the sentences that a statement rests on were shown whole before it."""
    shown = {
        (cited.doc_id, cited.start)
        for one in earlier
        for cited in one.evidence
        if one.text in {cited.text, as_shown(cited.text)}
    }
    return bool(statement.evidence) and all((cited.doc_id, cited.start) in shown for cited in statement.evidence)


def _untold(part: Part) -> Statement:
    subject = part.label or part.text.rstrip("?？")
    return Statement(f"文件没有说明：{subject}", (), repeats=(subject,))


def answered(text: str, answer: Callable[[str], Draft]) -> Draft | None:
    """Return the joined answers of a question with several parts; None for one that asks one thing.

    A later part may leave out the subject of the first.
    """
    asked = parts(text)
    if len(asked) == 1:
        return None
    drafts: list[Draft] = []
    for number, part in enumerate(asked):
        subject = "" if number == 0 or part.label else without_asking(asked[0].text)
        draft = answer(f"{subject}{part.text}")
        drafts.append(draft if draft.statements or not subject else answer(part.text))
    return None if _is_one(drafts) else joined(asked, drafts)


def _is_one(drafts: Sequence[Draft]) -> bool:
    """Tell whether one sentence tells of all parts together, so that it is the answer to the whole."""
    told = [statement for draft in drafts for statement in draft.statements]
    sentences = {(cited.doc_id, cited.start) for statement in told for cited in statement.evidence}
    return len(sentences) == 1 and any(len(statement.text) > _ONE_SENTENCE for statement in told)
