"""Which of the values of a sentence a question can mean: not the one that another replaces, nor a time of another sort."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.evidence import Unit, own_match
from assistant.kinds import QUESTION_WORD
from assistant.understand import Query
from knowledge import words
from knowledge.sentences import clauses
from knowledge.values import Value, ValueType

_FOLLOWS = 0.15  # of the question, in what follows from a condition


def is_condition(text: str, value: Value) -> bool:
    """Tell whether a value stands in a condition (「满5年不足10年的，」), not in what follows from it."""
    start, end = piece_around(text, value)
    return re.search(r"的[，,]?$", text[start:end]) is not None


def of_condition(query: Query, unit: Unit, stated: list[Value]) -> list[Value]:
    """Return the values of a condition where what follows from it is what the question says: 旷工几天会被清退."""
    found = []
    for value in stated:
        _, end = piece_around(unit.text, value)
        follows = re.split(r"[。；;]", unit.text[end:])[0]
        before = unit.text[: value.start][-2:]
        is_asked = len(before) > 1 and before in query.text
        if own_match(query.terms, follows) >= _FOLLOWS and (is_asked or _is_deed(query, unit.text, value)):
            found.append(value)
    return found


def _is_deed(query: Query, text: str, value: Value) -> bool:
    """Tell whether what is counted in a condition is what the question counts: 「几次不合格会被辞退」, 连续两次不合格的."""
    start, end = piece_around(text, value)
    return value.unit in query.units and own_match(query.terms, text[start:end]) >= _FOLLOWS


_ASKS_EARLIER = re.compile(r"原来|以前|之前|过去|原先|调整前|旧|从前")
_ENDED = re.compile(r"(?:原(?!则|件|因|籍|料|始)|旧)[^，,。；;]{0,12}$")


def is_past(query: Query, text: str, value: Value) -> bool:
    """Tell whether a value holds no longer, where what held before is not asked for."""
    before = re.split(r"[，,。；;]", text[: value.start])[-1]
    is_past = is_earlier(text, value) or _ENDED.search(before) is not None
    return is_past and _ASKS_EARLIER.search(query.text) is None


# Until when something is done (多久打钱), and how long it may be had (能领几年).
_ASKS_UNTIL = re.compile(
    r"(?:多久|多长时间|几天|几个工作日|多少天|什么时候)[^，,。？?]{0,6}(?:打|到账|到手|拨|发|下来|批|审|办|出|答复|通知|给)|(?:打款|到账|拨付|发放|审核|办理|办结|审批|复核|答复)[^，,。？?]{0,6}(?:多久|多长|几天|几个工作日)"
)
_UNTIL = re.compile(r"拨|发放|支付|到账|打入|审|办结|办理|完成|作出|答复|复核|受理|告知|通知|核")
_ASKS_TERM = re.compile(
    r"(?:补|领|享受|发|给|拿|贷|保|奖)(?:到|上|满)?(?:多久|多长时间|几年|几个?月)|(?:最多|最长)[^，,。？?]{0,6}(?:几年|几个?月|多久|多长)"
)
_OF_PEOPLE = re.compile(
    r"(?:毕业|离校|退役|年满|登记失业|连续|近|工作|缴费|缴纳[^，,]{0,8}费|签订|注册|成立|失业)(?:满|了|超过)?$"
)

_DEADLINE = re.compile(r"(?:以|之)?内[^，,。；;]{0,6}(?:申|提出|提交|办理|报|缴|登记|备案|告知)")


def of_time(query: Query, text: str, stated: list[Value]) -> list[Value]:
    """Leave out, where a time is asked for, times of another sort: terms of validity, what somebody must have done before."""
    if query.wanted is not ValueType.DURATION:
        return stated
    if _ASKS_UNTIL.search(query.text):
        return [value for value in stated if _UNTIL.search(text[slice(*_wide(text, value))])]
    if _ASKS_TERM.search(query.text):
        return [
            value
            for value in stated
            if not _OF_PEOPLE.search(text[: value.start]) and not _DEADLINE.match(text[value.end :])
        ]
    return stated


def _wide(text: str, value: Value) -> tuple[int, int]:
    """Return the stretch between commas round a value, with the words behind a comma that it leads to."""
    start, end = piece_around(text, value)
    return start, end + len(re.split(r"[，,。；;]", text[end:])[0]) if text[end - 1 : end] in "，," else end


_CHANGED = re.compile(
    r"\s*(?:/[^，,。；;]{1,4})?[”」’]?(?:统一)?(?:修改|修订|放宽|提高|调整|增加|上调|提升|下调|降低|降|改|变更|延长|缩短|减少)[到至为]"
)


def is_earlier(text: str, value: Value) -> bool:
    """Tell whether a value is the one that another replaces: 由每人4000元提高到5000元."""
    return _CHANGED.match(text, value.end) is not None


def piece_around(text: str, value: Value) -> tuple[int, int]:
    """Return the stretch between list and clause marks that holds a value."""
    for start, end in clauses(text, "，,；;。：:、"):
        if start <= value.start < end:
            return start, end
    return value.start, value.end


def is_governed(query: Query, text: str, value: Value) -> bool:
    """Tell whether a value stands right behind the verb that stands right before the question word: 公示5天, for 「要公示几天」."""
    asked = QUESTION_WORD.search(query.text)
    verb = words.tokens(query.text[: asked.start()])[-1:] if asked else []
    governs = bool(verb) and len(verb[0]) > 1 and words.part_of_speech(verb[0]).startswith("v")
    return governs and text[: value.start].rstrip("期为是不少于超过得至 ").endswith(verb[0])


_A_YEAR = re.compile(r"[一每]年(?!内)|年度|全年")
_ASKS_REIMBURSED = re.compile(r"报(?:销)?(?:多少|几成|百分)")
_ASKS_MOST = re.compile(r"最[多高大]|封顶|上限|至多|限额|最低|最少|至少")


def of_money(query: Query, text: str, stated: list[Value]) -> list[Value]:
    """Leave out shares beside amounts; but 「住院报多少」 is told by the share that is reimbursed, not by 起付线500元."""
    kinds = {value.type for value in stated}
    if ValueType.MONEY not in kinds or ValueType.SHARE not in kinds:
        return stated
    reimbursed = [
        value for value in stated if value.type is ValueType.SHARE and "报" in text[slice(*piece_around(text, value))]
    ]
    is_yearly = _A_YEAR.search(query.text) is not None and _A_YEAR.search(text) is not None
    if reimbursed and _ASKS_REIMBURSED.search(query.text) and not _ASKS_MOST.search(query.text) and not is_yearly:
        return reimbursed
    return [value for value in stated if value.type is not ValueType.SHARE]


_CLEARLY = 1.2  # times as much of the question


def governing(query: Query, text: str, stated: Sequence[Value]) -> Value | None:
    """Return the date whose clauses are clearly more about the question than those of the others; None where none's are.

    A date governs the clauses from its own on to where that of the next one begins.
    """
    fits = sorted(
        ((own_match(query.terms, _scope(text, value, stated)), -value.start, value) for value in stated),
        key=lambda fit: fit[:2],
    )
    return fits[-1][2] if len(fits) > 1 and fits[-1][0] > _CLEARLY * fits[-2][0] else None


def _scope(text: str, value: Value, stated: Sequence[Value]) -> str:
    following = next((other for other in stated if other.start > value.start), None)
    end = piece_around(text, following)[0] if following else len(text)
    return text[piece_around(text, value)[0] : end]
