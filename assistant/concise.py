"""A long sentence -> the clauses of it that answer: without who reported it, what it serves, and what the question says.

「记者从财政部了解到，为支持防控工作，甲部公告，对进口物资免征关税」 becomes 「对进口物资免征关税」. Only whole clauses go, at
the end those that say what all is to serve: what else a sentence ends in may be a condition. The citation keeps the sentence.
"""

from __future__ import annotations

import re

from assistant.evidence import own_match
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.sentences import clauses

_SHORT = 40  # characters; a shorter sentence is shown as it is
_ASKED = 0.25  # of the question, in a clause that is kept
_LEAST = 6  # characters that must be left
_REPORT = re.compile(
    r"^(?:.{0,40}?[)）])?\s*(?:.{0,20}记者.{0,40}(?:了解到|获悉|察看|看到|采访|报道)|据.{0,30}(?:介绍|了解|悉|报道|通报|统计)|.{2,40}(?:介绍|表示|透露|称|获悉|通报)|[^，,]{2,12}(?:要求|指出|强调|明确|提出|规定))[，,：:]$"
)
_DATELINE = re.compile(
    r"^.{0,30}(?:电|讯|日)?[（(][^（）()]{0,12}记者[^（）()]{0,24}[)）]|^[\u4e00-\u9fff·]{2,8}[)）](?=\S)"
)
_CONNECTIVE = re.compile(r"^(?:同时|此外|另外|据悉|据了解|与此同时|并且|因此|所以|对此|为此)[，,]$")
_BASIS = re.compile(
    r"^(?:根据|按照|依据|遵照).{2,60}(?:通知|部署|要求|规定|精神|安排|指示|方案|意见|》|〕\S*号[)）]?)[，,]$"
)
_ASKS_PURPOSE = re.compile(
    r"为了|为的是|用来|背景|起因|干什么|做什么用|旨在|目的|意义|作用|好处|目标|效果|成效|成果|影响|帮助|为什么|为何|为啥|优势|要求"
)
# What is asked by 如何 or as measures may be done by what a sentence ends in.
_ASKS_AIM = re.compile(r"措施|举措|部署|如何|怎")
_AIM = re.compile(r"(?:从而|以便|以)?(?:切实|全力|确保|坚决|有效|努力|大大|极大|最大限度|千方百计|助力|严防|防止|避免)")
_ASKS_SOURCE = re.compile(r"谁(?:说|介绍|表示|透露)|根据|按照|依据|记者|哪个(?:文件|会议)")


def concise(query: Query, text: str) -> str:
    """Return a sentence without the clauses at its beginning that tell nothing of what is asked.

    It is returned whole where it is short, where purpose and source are what is asked for, and where too little would be left.
    """
    text = _DATELINE.sub("", text).strip()
    if len(text) <= _SHORT or _ASKS_SOURCE.search(query.text):
        return text
    spans = clauses(text, "，,；;：:")
    parts = [text[start:end] for start, end in spans]
    first = 0
    while first < len(parts) - 1 and _leads_in(query, parts[first]):
        first += 1
    last = len(parts)
    while last - first > 1 and parts[last - 2].endswith(("，", ",")) and _is_aim(query, parts[last - 1]):
        last -= 1
    told = text[spans[first][0] : spans[last - 1][1]].strip()
    if last < len(parts):
        told = told.rstrip("，,")
    return told if len(told) >= _LEAST else text


def _leads_in(query: Query, clause: str) -> bool:
    if any(pattern.search(clause) for pattern in (_REPORT, _CONNECTIVE, _BASIS)):
        return True
    if query.kind is Kind.WHY or _ASKS_PURPOSE.search(query.text):
        return False
    return _is_purpose(clause) or _echoes(query, clause)


def _is_aim(query: Query, clause: str) -> bool:
    """Tell whether a last clause only says what all is to serve, in words the question has not: 「，切实减轻企业负担」."""
    if query.kind is Kind.YES_NO or _ASKS_AIM.search(query.text) or _ASKS_PURPOSE.search(query.text):
        return False
    return _AIM.match(clause) is not None and own_match(query.terms, clause) < _ASKED


def _is_purpose(clause: str) -> bool:
    """Tell 「为及早发现传染源，」 (what it serves) from 「为企业提供服务，」 (whom it serves)."""
    if not clause.startswith("为") or not clause.endswith(("，", ",")):
        return False
    if clause.startswith("为了"):
        return True
    after = words.tokens(clause[1:])
    following = next((token for token in after if words.part_of_speech(token)[:1] not in {"d", "a"}), "")
    return words.part_of_speech(following).startswith("v")


def _echoes(query: Query, clause: str) -> bool:
    """Tell whether all that a clause says stands in the question."""
    if query.kind in {Kind.YES_NO, Kind.WHAT, Kind.STATEMENT} or not clause.endswith(("，", ",")):
        return False  # what something is may be told by the clause that names it
    asked = words.normal(query.text)
    told = [word for word in words.words(clause) if word not in words.stop_words()]
    return bool(told) and all(word in asked for word in told)
