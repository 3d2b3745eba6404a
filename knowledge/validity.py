"""When a document takes effect and how long it holds, as it says of itself.

「本办法自2022年1月1日起施行，有效期5年。」 Of other documents, of certificates and of measures nothing is taken over, and two
different days leave the question open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.dates import DATE, found_at, han_number, iso, last_day, starts

_NOUN = (
    "通知|通告|公告|意见|办法|规定|方案|决定|条例|细则|措施|政策|规则|法|令|规程|指南|章程|批复|函|制度|标准|规范|计划"
)
_ITSELF = rf"本(?:[\u4e00-\u9fff]{{0,6}})?(?:{_NOUN})"
_HOUR = r"(?:零时|\d{1,2}[时点:：]\d{0,2}分?)?"
_FROM = re.compile(
    rf"(?:自|从|于)?(?P<day>{DATE.pattern}){_HOUR}起?(?:正式|开始|暂|全面)?(?P<verb>施行|实施|执行|生效|试行)(?=[，,。；;、）)\s]|$)"
)
_FROM_TO = re.compile(
    rf"自(?P<day>{DATE.pattern}){_HOUR}起?(?:施行|实施|执行|试行)?[，,]?\s?(?:有效期)?(?:至|到)(?P<last>{DATE.pattern})止?"
)
_UNTIL = re.compile(
    rf"有效期(?:限)?(?:截止?|为)?(?:至|到)(?P<last>{DATE.pattern})|执行(?:期限)?(?:截止?)?(?:至|到)(?P<other>{DATE.pattern})"
)
_FOR = re.compile(
    r"(?:有效期限?|试行期限?|试用期限?|执行期限?)(?:暂定|暂|定)?[为是]?(?P<count>\d{1,2}|[一二两三四五六七八九十]{1,3})(?P<unit>年|个月)"
)
_NUMBERING = re.compile(
    r"[\s　]*(?:第[一二三四五六七八九十百零\d]{1,5}条|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．])?[\s　]*"
)
# What may stand between 本办法 and its day; 「本办法规定的标准自…起执行」 tells of the standard.
_BETWEEN = re.compile(r"[，,]?(?:(?:经|由|除)[^，,。；]{1,40}[，,])?(?:统一|均|将|并)?")
_CLAUSE = re.compile(r"[。；;\n！!？?]")
_SENTENCE = 200


@dataclass(frozen=True, slots=True)
class Term:
    """First and last day, ``YYYY-MM-DD``; None where the text does not tell."""

    effective: str | None = None
    expires: str | None = None


def term(text: str) -> Term:
    """Return from when to when a document says it holds."""
    begins: set[str] = set()
    ends: set[str] = set()
    places = starts(text)
    before = sorted({*places, *(place - 1 for place in places if place and text[place - 1] in "自从于")})
    for match in (match for pattern in (_FROM, _FROM_TO) for match in found_at(pattern, text, before, len(text))):
        day = iso(match.group("day"))
        if day is not None and _of_itself(text, match.start()):
            begins.add(day)
            ends.update(_ends(text[match.start() : match.end() + _SENTENCE], day))
    for clause in _itself_until(text):
        ends.update(_ends(clause, None))
    effective = begins.pop() if len(begins) == 1 else None
    expires = ends.pop() if len(ends) == 1 else None
    if effective and expires and expires < effective:
        return Term(effective)
    return Term(effective, expires)


def _itself_until(text: str) -> list[str]:
    """Return the clauses that tell how long the document itself holds."""
    if "有效期" not in text and "执行" not in text:
        return []
    found = re.finditer(
        rf"{_ITSELF}(?:的)?(?:自(?:发布|印发|公布|下发)之日起(?:施行|实施|执行|生效)[，,]\s?)?(?=有效期|执行)", text
    )
    return [text[match.end() : match.end() + _SENTENCE] for match in found]


def _of_itself(text: str, start: int) -> bool:
    """Tell whether the clause before a place has the document itself as its subject, or no subject at all."""
    floor = max(0, start - _SENTENCE)
    cuts = list(_CLAUSE.finditer(text, floor, start))
    before = text[cuts[-1].end() if cuts else floor : start]
    own = list(re.finditer(_ITSELF, before))
    if own:
        return _BETWEEN.fullmatch(before, own[-1].end()) is not None
    return bool(cuts) and _NUMBERING.fullmatch(before) is not None


def _ends(stretch: str, effective: str | None) -> set[str]:
    """Return the last days told in the sentence a stretch begins with."""
    sentence = re.split(r"[。；;\n]", stretch, maxsplit=1)[0]
    found = {
        iso(last)
        for pattern in (_FROM_TO, _UNTIL)
        for match in pattern.finditer(sentence)
        for last in [match.groupdict().get("last") or match.groupdict().get("other")]
        if last
    }
    lasting = _FOR.search(sentence)
    if lasting and effective:
        count = (
            int(lasting["count"]) if lasting["count"].isdecimal() else han_number(lasting["count"].replace("两", "二"))
        )
        length = {"years": count} if lasting["unit"] == "年" else {"months": count}
        found.add(last_day(effective, **length) if count else None)
    return {day for day in found if day is not None}
