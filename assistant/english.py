"""An English question -> one in Chinese words and in Chinese order: the place first, the question word last.

It is no translation: it finds the words that documents use. What it does not know stays as it is, so that no document
that lacks it answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant import gloss_figures, lexicon
from assistant.asking import BEFORE_NOUN, asked_by
from assistant.lexicon import Spelt
from knowledge import words

PIECE = re.compile(
    r"\d[\d.]*[\u3400-\u9fff][\d\u3400-\u9fff]*|[a-z]+(?:['’-][a-z]+)*|\d+(?:st|nd|rd|th)(?:-[a-z]+)*|\d+(?:[.,]\d+)*%?|[\u3400-\u9fff《》“”·]+|[,;?!|]"
)
_LEAST_KNOWN = 0.5  # of the words of a question
_NEGATED = re.compile(r"(?<=ca)n['’]t\b|n['’]t\b|(?<=can)not\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ASKING_ALREADY = frozenset(("能不能", "有没有", "需要", "可以"))  # what a question in Chinese says once
_LEAD_YEAR = re.compile(r"至?(?:19|20)\d\d年")
NOTHING = frozenset(
    "a an the of for in on at to by with from into about as and or is are was were be been being do does did has have had having can could "
    "may might will would shall should must i me my we us our you your he she it its they them their this that these those there "
    "please tell explain give some any all than then also so if while still when which who what how where just only own same such "
    "under during between after before according need needs want like know much many get gets got getting make made there's it's i'm i've "
    "am supposed within least because since not no yet already mention mentions mentioned say says said describe described play plays include includes included called involve involved mean means meant aged ca very too up out per each every will".split()
)
_NUMBERS = dict(zip("one two three four five six seven eight nine ten".split(), "一二三四五六七八九十", strict=True))
_ORDINALS = {
    name: "一二三四五六七八九十"[place]
    for place, both in enumerate(
        "first/1st second/2nd third/3rd fourth/4th fifth/5th sixth/6th seventh/7th eighth/8th ninth/9th tenth/10th".split()
    )
    for name in both.split("/")
}
_NTH = {"class": "期", "session": "期", "term": "期", "phase": "期", "batch": "批", "round": "轮", "article": "条", "chapter": "章", "quarter": "季度"}  # fmt: skip
_SORTS = {"type": "类", "kind": "类", "sort": "类", "category": "类", "group": "类", "form": "种", "way": "种", "aspect": "个方面"}  # fmt: skip
_UNITS = {
    "year": "年", "month": "个月", "week": "周", "day": "天", "hour": "小时", "minute": "分钟", "yuan": "元", "rmb": "元", "percent": "%",
    "people": "人", "person": "人", "time": "次", "working day": "个工作日", "business day": "个工作日", "class hour": "课时",
}  # fmt: skip
_EACH = {
    "person": "每人", "trainee": "每人", "student": "每人", "worker": "每人", "employee": "每人", "head": "每人", "household": "每户", "company": "每家",
    "month": "每月", "year": "每年", "day": "每天", "week": "每周", "hour": "每小时", "quarter": "每季度",
}  # fmt: skip
_MONTHS = {
    name: f"{number}月"
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
}
_SCHEMES = ("计划", "方案", "项目", "行动", "工程")
_AREAS = {"county": "县", "city": "市", "district": "区", "province": "省", "town": "镇", "municipality": "市"}
_DEEDS = frozenset("申请 报名 领取 享受 办理 负责 参加 咨询 缴纳 提交 上传 支付 符合 适用".split())
_ABOVE, _BELOW = frozenset(("over", "above", "least", "exceed")), frozenset(("under", "below", "within"))


@dataclass(slots=True)
class _Heard:
    """What was understood of a question so far."""

    places: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    known: int = 0
    unknown: int = 0

    def take(self, word: str, count: int, asked: str, *, is_lead: bool) -> None:
        """Take a word that is known; not what the question says again by how it asks, or by the name before."""
        self.known += count
        if is_lead:
            self.places.append(word)
        elif not (asked and word in _ASKING_ALREADY) and not (
            word in _SCHEMES
            and self.found
            and self.found[-1].endswith(_SCHEMES)  # 「Lanjiang program」 is 澜匠计划 already
        ):
            self.found.append("类型" if word == "类" else word)


def in_chinese(text: str, spelt: Spelt, places: frozenset[str] = frozenset()) -> str | None:
    """Return an English question in Chinese words; None where most of it is unknown."""
    plain = gloss_figures.in_chinese(re.sub(r"\s+", " ", _NEGATED.sub(" not", words.normal(text))).strip())
    asked, rest = asked_by(plain)
    heard = _heard(PIECE.findall(rest), spelt, places, asked)
    if asked and not (heard.found or heard.places) and not heard.unknown:
        return f"{asked}?"  # after an earlier question
    if heard.known == 0 or heard.known < _LEAST_KNOWN * (heard.known + heard.unknown):
        return None
    return _ordered(heard, asked)


def _heard(pieces: list[str], spelt: Spelt, places: frozenset[str], asked: str) -> _Heard:
    heard, position = _Heard(), 0
    while position < len(pieces):
        piece = pieces[position]
        told = (read(pieces, position, spelt) for read in (_chinese, _number, _each, _phrase))
        count, word = next((found for found in told if found[0]), (0, ""))
        if not count and piece in {"of", "for", "|"}:
            heard.found.append(piece)
        elif not count and piece not in NOTHING and piece[0].isalnum():
            heard.found.append(f" {piece} ")
            heard.unknown += 1
        elif word:
            is_place = _is_lead(word, places) or (word[-1] in _AREAS.values() and spelt(piece) is not None)
            heard.take(word, count, asked, is_lead=is_place)
        position += max(count, 1)
    return heard


def _is_lead(word: str, places: frozenset[str]) -> bool:
    """Tell whether a word stands in front of a Chinese question: a place, a year."""
    return word in places or _LEAD_YEAR.fullmatch(word) is not None


def _chinese(pieces: list[str], position: int, _: Spelt) -> tuple[int, str]:
    """Take what is Chinese as it stands."""
    piece = pieces[position]
    is_chinese = any("\u3400" <= character <= "\u9fff" for character in piece) or piece[0] in "《“"
    return (1, piece) if is_chinese else (0, "")


def _number(pieces: list[str], position: int, _: Spelt) -> tuple[int, str]:
    """Read years, days, ordinals and counted things: 2019年, 5月10日, 第三期, 6个月, 三类."""
    piece = pieces[position]
    before = pieces[position - 1] if position else ""
    after = pieces[position + 1] if position + 1 < len(pieces) else ""
    if not piece[-1].isdigit() and piece[0].isdigit() and piece not in _ORDINALS and not piece.endswith("%"):
        return 0, ""
    count, phrase = lexicon.english(pieces, position)
    if count > 1 and (piece[0].isdigit() or piece in _ORDINALS) and not _YEAR.fullmatch(piece):
        return count, phrase
    if _YEAR.fullmatch(piece):
        return 1, f"至{piece}年" if before in {"to", "until", "through"} else f"{piece}年"
    if piece in _MONTHS and (piece != "may" or after.isdigit()):
        return (
            (2, f"{_MONTHS[piece]}{after}日") if after.isdigit() and not _YEAR.fullmatch(after) else (1, _MONTHS[piece])
        )
    if piece in _ORDINALS and before != "in":
        return 1, _nth(pieces, position, _ORDINALS[piece])
    number = _NUMBERS.get(piece) if piece != "one" else None
    if number is None and piece[0].isdigit():
        number = piece.replace(",", "")
    if number is None or piece in _ORDINALS:
        return 0, ""
    return _counted(pieces, position, number, before)


def _nth(pieces: list[str], position: int, number: str) -> str:
    """Read an ordinal with what it counts, which is not said again: 「the third training class」 is 第三期."""
    for place in range(position + 1, min(position + 6, len(pieces))):
        noun = next((form for form in lexicon.forms(pieces[place]) if form in _NTH), "")
        if noun:
            pieces[place] = "the"
            return f"第{number}{_NTH[noun]}"
    return f"第{number}个"


def _counted(pieces: list[str], position: int, number: str, before: str) -> tuple[int, str]:
    for count in (2, 1):
        unit = next(
            (
                _UNITS[form]
                for form in lexicon.forms(" ".join(pieces[position + 1 : position + 1 + count]))
                if form in _UNITS
            ),
            "",
        )
        if unit:
            edge = "以上" if before in _ABOVE else "以内" if before in _BELOW else ""
            old = unit == "年" and pieces[position + 2 : position + 3] == ["old"]
            return (3, f"{number}岁{edge}") if old else (1 + count, f"{number}{unit}{edge}")
    after = pieces[position + 1] if position + 1 < len(pieces) else ""
    sort = next((_SORTS[form] for form in lexicon.forms(after) if form in _SORTS), None)
    if sort is not None:
        return (
            3 if pieces[position + 2 : position + 3] == ["of"] else 2
        ), f"{'两' if number == '二' else number}{sort}"
    return 1, number if number[0].isdigit() else f"{'两' if number == '二' else number}个"


def _each(pieces: list[str], position: int, _: Spelt) -> tuple[int, str]:
    """Read 「per person」, 「a month」."""
    if pieces[position] not in {"a", "per", "each", "every"} or position + 1 >= len(pieces):
        return 0, ""
    word = next((_EACH[form] for form in lexicon.forms(pieces[position + 1]) if form in _EACH), "")
    is_one = pieces[position] == "a" and word not in {"每月", "每年", "每天", "每周", "每小时"}
    return (0, "") if is_one or not word else (2, word)


def _phrase(pieces: list[str], position: int, spelt: Spelt) -> tuple[int, str]:
    """Read a phrase of the glossary, or a name by its sound with the county or city it says."""
    count, word = lexicon.english(pieces, position)
    if pieces[position] in _ASKING and count <= 1:
        return 1, ""
    if count > 1 or (word and spelt(pieces[position]) is None):
        return count, word
    if pieces[position] in NOTHING or not pieces[position].replace("'s", "").isalpha():
        return count, word
    bare = [re.sub(r"['’]s$", "", piece) for piece in pieces]
    sounded, name = lexicon.pinyin(bare, position, spelt)
    if not sounded or (word and len(pieces[position]) < _NAME_LETTERS):
        return count, word
    area = _AREAS.get(pieces[position + sounded]) if position + sounded < len(pieces) else None
    if area is None:
        return sounded, name
    return sounded + 1, name if name[-1] in _AREAS.values() else name + area


_COUNTED = re.compile(r"(?:[两三四五六七八九十]|\d{1,2})(?:个|类|种|个方面)")
_NAME_LETTERS = 5
_ASKING = frozenset("what which when where who whom how why need needs".split())


def _ordered(heard: _Heard, asked: str) -> str:
    """Join the words: the place, what is asked about, how it is asked."""
    found = _turned(heard.found)
    if asked not in BEFORE_NOUN:
        found = [word for word in found if word != "|"]
    if asked in BEFORE_NOUN or asked in {"怎么", "谁", "哪些人可以"}:
        told = "".join(found).strip()
        if asked == "怎么":
            said = [word for word in found if word in _DEEDS or words.part_of_speech(word) == "v"]
            verb = next(iter(said), "")
            rest = "".join(word for word in found if word != verb)
            return f"{''.join(heard.places)}{rest}怎么{verb or '办理'}?"
        if asked == "哪些人可以":
            return f"{''.join(heard.places)}哪些人可以{told}?"
        return _with_noun(heard, found, asked)
    if asked == "是什么" and len(found) == 1 and not words.part_of_speech(found[-1]).startswith("v"):
        asked = "是什么意思"
    return f"{''.join(heard.places)}{''.join(found).strip()}{asked}?"


def _with_noun(heard: _Heard, found: list[str], asked: str) -> str:
    """Put the noun that is asked for, the first word, behind the question word at the end."""
    place = "".join(heard.places)
    cut = found.index("|") if "|" in found else 0
    before, after = found[:cut], [word for word in found[cut:] if word != "|"]
    if asked == "谁" or not after:
        return f"{place}{''.join((*before, *after))}{asked}?"
    noun, *rest = after
    if rest and _COUNTED.fullmatch(noun):
        return f"{place}{''.join((*before, *rest[1:]))}哪{noun}{rest[0]}?"
    return f"{place}{''.join((*before, *rest))}{asked}{noun}?"


def _turned(found: list[str]) -> list[str]:
    """Turn 「forms of training」 and 「subsidy for graduates」 round: 培训形式, 毕业生补贴; what is done keeps its order."""
    found = list(found)
    for place in range(len(found) - 2, 0, -1):
        joint = found[place]
        if joint == "of" or (joint == "for" and found[place - 1] not in _DEEDS):
            behind = [word for word in found[place + 1 :] if word not in {"of", "for"}]
            cut = next((at for at, word in enumerate(behind) if word in _DEEDS), len(behind)) if joint == "for" else 1
            found[place - 1 :] = [*behind[: max(cut, 1)], found[place - 1], *behind[max(cut, 1) :]]
    return [word for word in found if word not in {"of", "for"}]
