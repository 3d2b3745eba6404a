"""Values told in words where a number, a day or a place is asked for: 免收, 减半, 全额, 延长至退休, 长期有效, 地点在….

Asked only where no evidence tells a value of the wanted type; the words must stand in evidence that has nearly all of the
question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Unit
from assistant.understand import Query
from knowledge.sentences import clauses
from knowledge.values import ValueType

_LEAST = 0.7  # of the question, in the evidence itself
_MONEY = r"半价|免费|免收|免缴|免交|免除|不收|不设|减半|全额|全免|自理|自付|自行承担|据实|不另|不予补|不再收"
_TIME = r"长期|永久|(?<=[为效享到至：:])终身(?!职业|培训|学习|教育)|当场|即时|即办|当日|当天|立即|随时|全年|常年|不限|(?:延长|顺延|延期|推迟|暂缓|计算|发放|享受|补贴|保留|执行|续)[^，,。；;]{0,4}[至到](?![多少])|届满|期满|为止"
_FORMS: dict[ValueType, re.Pattern[str]] = {
    ValueType.MONEY: re.compile(_MONEY),
    ValueType.SHARE: re.compile(_MONEY),
    ValueType.DURATION: re.compile(_TIME),
    ValueType.DATE: re.compile(
        rf"{_TIME}|每(?:年|月|季度?|周|半年)|次月|当月|[之当次同]日起|结束[后後]|(?:之|以)?前(?:提出|申|完成|报)"
    ),
    ValueType.COUNT: re.compile(r"不限|不设|没有限制|不受限|若干|全部|所有"),
    ValueType.PLACE: re.compile(
        r"(?:地点|地址|场地|现场)(?:设|定|安排)?(?:在|为|是|[:：])|位于|设[在于]|在[^，,。；;]{2,24}(?:举行|举办|召开|进行|办理|领取)"
    ),
}
_SHOWN = 60  # characters


def told_in_words(query: Query, units: Sequence[Unit]) -> Draft | None:
    """Answer with the clause that tells in words what is asked for as a value; None where none does."""
    form = _FORMS.get(query.wanted) if query.wanted is not None else None
    if form is None or query.years:
        return None
    for unit in units:
        found = form.search(unit.text) if unit.own >= _LEAST else None
        if found is not None and found.group() not in query.text:
            return Draft((Statement(as_shown(_shown(unit.text, found.start())), (unit.sentence,)),))
    return None


def _shown(text: str, place: int) -> str:
    """Return a short text whole, of a long one the part between semicolons or the clause."""
    if len(text) <= _SHOWN:
        return text
    part = next((text[start:end] for start, end in clauses(text, "；;。") if start <= place < end), text)
    if len(part) <= _SHOWN:
        return part
    return next((text[start:end] for start, end in clauses(text) if start <= place < end), part)
