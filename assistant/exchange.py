"""A new part put in the place of the old one of its kind: 「那2019年呢」, 「大型企业呢」, 「平武县呢」.

What a question before asked stays; the year, place, body, group or measure that the new question names takes the place
of the one it had.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.subject import titles_of
from knowledge import words
from knowledge.values import years

_YEARS = re.compile(r"(?:(?:19|20)?\d{2})\s*年?\s*(?:[—–~至到-]\s*(?:19|20)?\d{2}\s*)?年")
_ISSUER = re.compile(r"(?:年|^|[，,])([^年，,]{2,16}?)(?:联合|都|还)?(?:印发|发布|出台|颁布|制定|下发)")
_BODY = re.compile(r"(?:部|委|局|厅|署|院|办公厅|政府|中央)$")
_ORDINAL = re.compile(r"第[一二三四五六七八九十\d]+[期批届次轮季档级类个项]")
# What can take each other's place in a question, by how it is called.
_KINDS = (
    re.compile(r"(?:企业|单位|公司|机构|院校|学校|组织|合作社|银行|医院|卫生院|诊所)$"),
    re.compile(
        r"(?:人员|人士|家庭|职工|员工|学员|学生|毕业生|大学生|农民工|农民|军人|妇女|青年|群体|对象|劳动者|劳动力|个人|残疾人"
        r"|个体户|个体工商户|司机|骑手|老人|居民|[师工员者生户])$"
    ),
    re.compile(r"(?:补贴|补助|奖补|奖励|津贴|贷款|保险金|保险|返还|救助|保险费|租金|费用|金)$"),
    re.compile(r"(?:办法|通知|方案|意见|规划|细则|条例|规定|公告|指南)$"),
    re.compile(r"(?:[一二三四五初中高特]级|初级|中级|高级|级)$"),
    re.compile(r"(?:申报|初审|复核|公示|拨付|审核|受理|备案|报名|发放|缴费)(?:时间)?$"),
    re.compile(r"(?:制|制的|日制)$"),
)
_GROUPS = _KINDS[:2]
NO_PLACES: Mapping[str, str] = {}
_MORE = 2  # characters in common


def exchanged(before: str, new: str, places: Mapping[str, str] = NO_PLACES) -> str | None:
    """Return the question before with ``new`` in the place of what is of its kind there; None where nothing is."""
    moved = _place(before, new, places)
    if moved is not None:
        return moved
    for way in (_issuer, _year, _title, _ordinal, _tail, _alike, _condition):
        found = way(before, new)
        if found is not None:
            return found
    return None


def kind_of_name(name: str) -> re.Pattern[str] | None:
    """Return the kind of thing a name is of by its last word (who, what is paid, what is ruled); None for another."""
    return next((kind for kind in _KINDS if kind.search(name.rstrip("的"))), None)


def place_of(text: str, places: Mapping[str, str] = NO_PLACES) -> str:
    """Return the first place a text names, by ``places``, by the dictionary or by its ending; empty where it names none."""
    own = max((place for place in places if place in text), key=len, default="")
    if own:
        return own
    match = re.match(r"[\u4e00-\u9fff]{2,4}?[省市县区州](?![\u4e00-\u9fff]*[省市县区州]$)", text)
    known = next((word for word in words.words(text) if words.part_of_speech(word) == "ns" and len(word) > 1), "")
    if match and (known in match.group() or not known):
        return match.group()
    return known


def _place(before: str, new: str, places: Mapping[str, str]) -> str | None:
    place, old = place_of(new, places), place_of(before, places)
    if not place or not old or re.sub(r"[的省市县区州]", "", new.replace(place, "")):
        return None
    return before.replace(old, place, 1)


def _issuer(before: str, new: str) -> str | None:
    issuer = _ISSUER.search(before)
    if issuer is None or not _BODY.search(new):
        return None
    return f"{before[: issuer.start(1)]}{new}{before[issuer.end(1) :]}"


def _year(before: str, new: str) -> str | None:
    fresh = years(new + "年") if re.fullmatch(r"\d{2,4}", new) else years(new)
    if not fresh or re.sub(r"[\d年—–~至到-]", "", new):
        return None
    year = f"{new.rstrip('年')}年"
    return _YEARS.sub(year, before, count=1) if years(before) else f"{year}{before}"


def _title(before: str, new: str) -> str | None:
    old = titles_of(before)
    return before.replace(old[0], new, 1) if old and titles_of(new) == [new] else None


def _ordinal(before: str, new: str) -> str | None:
    fresh, old = _ORDINAL.fullmatch(new), _ORDINAL.search(before)
    if fresh is None or old is None or fresh.group()[-1] != old.group()[-1]:
        return None
    return before.replace(old.group(), new, 1)


def _tail(before: str, new: str) -> str | None:
    """Exchange the words of the question before that end like the new part (基本属性, for 社会属性)."""
    own = words.words(new)
    if not own or len(own[-1]) < _MORE:
        return None
    tokens = words.words(before)
    if own[-1] not in tokens:
        return None
    place = tokens.index(own[-1])
    count = min(len(own), place + 1)
    old = "".join(tokens[place - count + 1 : place + 1])
    return before.replace(old, new, 1) if old in before and old != new else None


def _alike(before: str, new: str) -> str | None:
    """Exchange what is of the same kind by its last word: who is meant, what is paid, what is done when."""
    bare = new.rstrip("的")
    kind = kind_of_name(bare)
    if kind is None or len(bare) > 12:  # noqa: PLR2004  # characters; longer is a condition, no name
        return None
    runs = _runs(before, kind)
    if not runs and kind in _GROUPS:
        runs = [run for other in _GROUPS for run in _runs(before, other)]
    if not runs:
        return None
    old = max(runs, key=lambda run: (_shared_end(run, bare), before.find(run)))
    start = before.find(old)
    for size in range(min(len(bare), start), 1, -1):
        if before[:start].endswith(bare[:size]):
            start -= size
            break
    return f"{before[:start]}{bare}{before[before.find(old) + len(old) :]}"


def _runs(text: str, kind: re.Pattern[str]) -> list[str]:
    """Return the names of a text that end like a kind of thing, each with the words that say which (养老护理员)."""
    spans: list[tuple[int, int]] = []
    position, first = 0, 0
    for token in words.tokens(text):
        start, position = position, position + len(token)
        if len(token) > 1 and kind.search(token):
            if spans and spans[-1][1] == start:
                first = spans.pop()[0]
            spans.append((first, position))
            first = position
        elif not _specifies(token):
            first = position
    return [text[start:end] for start, end in spans] if position == len(text) else []


def _specifies(token: str) -> bool:
    """Tell whether a word may be the first part of a name rather than a name of its own."""
    if len(token) < 2 or any(kind.search(token) for kind in _KINDS) or words.part_of_speech(token) == "ns":  # noqa: PLR2004
        return False
    return token not in words.policy_terms() | words.generic_words() | words.stop_words() | words.aspect_words()


def _shared_end(one: str, other: str) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _condition(before: str, new: str) -> str | None:
    """Ask the last clause of the question before under a condition: 「缴了10年以上的呢」."""
    return f"{new}{re.split(r'[，,]', before)[-1]}" if new.endswith("的") else None
