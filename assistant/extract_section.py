"""What stands under a heading that says what is asked: 「谁能领」 by all of 「一、补贴对象」.

Such a section answers as a whole, whatever words its sentences have, where the document and its headings are about the
subject of the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import gate
from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Sentence, Unit, match
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document
from knowledge.headed import Headed, headed
from knowledge.query import QueryTerm
from knowledge.sentences import sentences

_LEAST = 0.75  # of the weight of what the question is about
_IN_BODY = 0.6
_NAMED = 0.8  # of a word, where it is named
_TOLD = 0.8  # of a question, in a sentence elsewhere that tells it better
_NEAR_HEADING = 0.15  # for what the heading itself names
_LONGEST = 130  # characters of running text that is shown as it stands
_LONG_ITEM = 60
_MOST_ITEMS = 12
_KINDS = {Kind.LIST, Kind.WHO, Kind.WHAT, Kind.HOW, Kind.STATEMENT}
_NARROWER = re.compile(r"除了|除外|额外|另外|还要|还得|还需|吗[?？]?$")
_GROUP = re.compile(r"(?:哪些|什么样的|什么|哪[类种])(单位|企业|人员|机构|学校|院校|基地|群体)")
_ITEM = re.compile(
    r"\s*(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]|[①-⑳●■◆•▪□★▲·\-]|[Ss]tep\s?\d{1,2}[.．、:：]?|第[一二三四五六七八九十]步[:：，,]?)\s*"
)
_INLINE = re.compile(r"(?<=[；;。：:])\s*(?=(?:\d{1,2}[.．、](?!\d)|[（(][一二三四五六七八九十\d]{1,2}[)）]|[①-⑳]))")
_HANDS_IN = re.compile(r"(?:应当?|须|需要?)(?:提交|提供|携带|出示|递交)")
_DOES = re.compile(r"谁(?:来|去)?(?:发|管|审|办|出|批|定|负责|承担|组织|主管|牵头|认定)|归谁|由谁|找谁")
_DEEDS = re.compile(r"申请|申报|申领|提交|办理?|领取?|报名?|参加|享受|需要|准备|提供|符合")
# What a heading names last is what it heads: 「申请补贴所需材料」 heads no steps.
_NAMES = re.compile(r"(?:材料|资料|证件|条件|对象|范围|资格|时间|期限|时限|标准|金额|地点|地址|电话|方式|要求|情形)$")
_LEAD = re.compile(r"[：:]$")


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    document: Document
    part: Headed


def section(query: Query, documents: Sequence[Document], units: Sequence[Unit], library: gate.Library) -> Draft | None:
    """Answer with the section that is headed by what is asked; None where none is, or several are equally so.

    ``documents`` are those of the retrieved passages, best first.
    """
    aspect = query.aspect
    if aspect is None or not aspect.is_whole or query.wanted is not None or query.kind not in _KINDS:
        return None
    if aspect.asked.endswith("谁") or _DOES.search(query.text):
        return None
    if query.premises or query.years or query.asks_others or _NARROWER.search(query.text):
        return None
    about = [term for term in query.terms if _is_subject(query, term)]
    subject = [term for term in about if not _DEEDS.fullmatch(term.word)] or about
    found = [
        _Candidate(score, document, part)
        for document in documents
        if all(place in document.title + document.text for place in (*query.places, *query.unknown_places))
        for part in headed(document.text)
        if _heads(query, part.heading)
        for score in [_about(subject, document, part)]
        if score >= _LEAST
        and gate.in_section(query, library, document.id, part.start, document.text[part.start : part.end])
    ]
    best = max(found, key=lambda candidate: candidate.score, default=None)
    if best is None or not subject:
        return None
    rivals = [one for one in found if one is not best and one.score == best.score and one.document is best.document]
    if any(not best.part.body <= one.part.start < best.part.end for one in rivals):
        return None
    if units and (_is_told_elsewhere(query, units[0], best) or _is_all(units[0], best)):
        return None
    return _draft(query, subject, best)


def _is_told_elsewhere(query: Query, unit: Unit, best: _Candidate) -> bool:
    """Tell whether a sentence outside of the section says nearly all that is asked in the form of it."""
    is_inside = unit.sentence.doc_id == best.document.id and best.part.start <= unit.start < best.part.end
    tells = query.aspect is not None and query.aspect.tells(words.normal(unit.text))
    return not is_inside and tells and unit.own >= _TOLD


def _is_all(unit: Unit, best: _Candidate) -> bool:
    """Tell whether a section is one sentence on what to hand in, the best evidence: its list is then taken out of it."""
    body = best.document.text[best.part.body : best.part.end].strip()
    is_one = unit.sentence.doc_id == best.document.id and as_shown(unit.sentence.text) == as_shown(body)
    return is_one and _HANDS_IN.search(body) is not None


def _is_subject(query: Query, term: QueryTerm) -> bool:
    """Tell whether a word says what a question is about, not what is asked of it."""
    is_asking = query.aspect is not None and query.aspect.asks(term.word)
    return len(term.word) > 1 and not is_asking and term.word not in words.generic_words() | query.beside


def _heads(query: Query, heading: str) -> bool:
    """Tell whether a heading says that what it heads tells what is asked, or ends in the group that is asked for."""
    group = _GROUP.search(query.text)
    label = words.normal(heading)
    named = _NAMES.search(label)
    tail = named.group() if named else label
    return (query.aspect is not None and query.aspect.heads(label) and query.aspect.heads(tail)) or (
        group is not None and label.endswith(group.group(1))
    )


def _about(subject: Sequence[QueryTerm], document: Document, part: Headed) -> float:
    """Return the share of what a question is about that the title, the headings and the content of a section name."""
    near = " ".join((*part.above, part.heading))
    body = document.text[part.body : part.end]
    if not all(match(term, f"{document.title} {near} {body}") for term in subject if gate.is_subject(term)):
        return 0.0
    total = sum(term.weight for term in subject)
    told = sum(
        term.weight * max(match(term, f"{document.title} {near}"), _IN_BODY * match(term, body)) for term in subject
    )
    named = sum(term.weight * match(term, near) for term in subject)
    return (told + _NEAR_HEADING * named) / total if total else 0.0


def _draft(query: Query, subject: Sequence[QueryTerm], best: _Candidate) -> Draft | None:
    document, part = best.document, best.part
    body = document.text[part.body : part.end]
    cited = Sentence(
        document.id,
        document.title,
        (*part.above, part.heading),
        part.start,
        part.end,
        document.text[part.start : part.end],
        "",
        1.0,
    )
    items = _items(body)
    if len(items) > 1 and _restarts(items):
        return None  # two lists, of which one is meant
    if items:
        chosen = _labelled(subject, document, part, items) or items
        shown = [as_shown(_ITEM.sub("", _head(item), count=1)) for item in chosen[:_MOST_ITEMS]]
        if len(shown) == 1:
            return Draft((Statement(shown[0], (cited,)),))
        return Draft(tuple(Statement(item, (cited,), is_item=True) for item in shown), lead="包括")
    if len(body) <= _LONGEST and "\n" not in body.strip():
        return Draft((Statement(as_shown(body), (cited,)),))
    told = [body[start:end] for start, end in sentences(body)]
    aspect = query.aspect
    fitting = [text for text in told if aspect is not None and aspect.tells(words.normal(text))]
    shown_text = "".join(fitting).strip()
    if fitting and len(shown_text) <= _LONGEST:
        return Draft((Statement(as_shown(shown_text), (cited,)),))
    return None


def _items(body: str) -> list[str]:
    """Return the items of a section: its numbered ones without the line that leads in, or its short lines."""
    lines = [piece for line in body.split("\n") if line.strip() for piece in _INLINE.split(line.strip())]
    marked = [line for line in lines if _ITEM.match(line)]
    if len(marked) > 1:
        style = _style(marked[0])
        outer = [line for line in marked if _style(line) == style]
        return outer if len(outer) > 1 else marked
    is_short = len(lines) > 1 and all(len(line) <= _LONG_ITEM and not re.search(r"。.", line) for line in lines)
    return [line for line in lines if not _LEAD.search(line)] if is_short else []


def _restarts(items: Sequence[str]) -> bool:
    marks = [match.group().strip() for item in items for match in [_ITEM.match(item)] if match]
    return len(set(marks)) < len(marks) and re.search(r"[一二三四五六七八九十\d①-⑳]", marks[0]) is not None


def _style(line: str) -> str:
    """Return the kind of number a line begins with: its digits and numerals all alike."""
    mark = _ITEM.match(line)
    return re.sub(r"[一二三四五六七八九十]+", "一", re.sub(r"\d+", "1", mark.group().strip())) if mark else ""


def _labelled(subject: Sequence[QueryTerm], document: Document, part: Headed, items: Sequence[str]) -> list[str]:
    """Return the items that begin with whom the question names and neither title nor headings do (「中级：…」)."""
    near = " ".join((document.title, *part.above, part.heading))
    narrower = [term.word for term in subject if match(term, near) < _NAMED]
    labels = [re.match(r"([^：:。，,]{2,8})[：:。]", _ITEM.sub("", item, count=1)) for item in items]
    return [
        item
        for item, label in zip(items, labels, strict=True)
        if label and narrower and all(word in label[1] for word in narrower)
    ]


def _head(item: str) -> str:
    """Return an item, of a long one its first sentence."""
    text = _ITEM.sub("", item, count=1)
    if len(text) <= _LONG_ITEM:
        return text
    label = re.match(r"[^。，,；;：:\n]{1,12}。", text)
    first = re.split(r"(?<=[。；;])", text[label.end() :] if label else text)[0]
    return (label.group() if label else "") + first
