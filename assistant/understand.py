"""Question -> Query: what kind of answer is wanted, about what, under which constraints.

The patterns are those of the language (how Chinese asks for a time, a number, a list), not of any document.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from knowledge import words
from knowledge.query import QueryTerm, query_terms
from knowledge.spelling import Speller
from knowledge.values import CLASSIFIERS, Value, ValueType, values, years


class Kind(enum.StrEnum):
    """What a question asks for."""

    WHEN = "when"
    WHO = "who"
    COUNT = "count"
    VALUE = "value"
    LIST = "list"
    CHRONOLOGY = "chronology"
    ORDER = "order"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    WHAT = "what"
    YES_NO = "yes_no"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the rest of the pipeline sees it.

    ``terms`` are its content words with variants; ``focus`` the noun that is asked for and ``cue``
    the word before it; ``wanted`` the type of value asked for, with its ``units``; ``premises`` the numbers it takes for granted.
    """

    text: str
    kind: Kind
    terms: tuple[QueryTerm, ...]
    focus: tuple[str, ...] = ()
    cue: str = ""
    wanted: ValueType | None = None
    units: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    premises: tuple[Value, ...] = ()
    asks_page: bool = False
    asks_yes_no: bool = False
    asks_others: bool = False
    unknown_places: tuple[str, ...] = ()

    @property
    def reads_neighbours(self) -> float:
        """How far the lines above a line count as its own words (0..1): contacts stand in blocks of lines."""
        return 0.9 if self.wanted in _CONTACTS else 0.0

    @property
    def asks_several(self) -> bool:
        """Whether the question has two or more question words, so that one value does not answer it."""
        return len(_QUESTION_WORD.findall(self.text)) > 1


_CONTACTS = {ValueType.PHONE, ValueType.WEB, ValueType.EMAIL, ValueType.PLACE, ValueType.TIME}
_UNIT = "|".join(sorted({unit.replace("(?!门)", "") for unit in CLASSIFIERS}, key=len, reverse=True))
_HOW_MANY = r"(?:多少|(?<!哪)几)"
_KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.CHRONOLOGY, r"时间顺序|时间先后|按时间|按年份|先后顺序|沿革|发展历程|历程|演变|大事记|时间线|一步步"),
    (
        Kind.ORDER,
        r"最早|最先|最晚|最新|最近(?:的|一|出)|哪(?:个|份|一个|项|部)?(?:更|比较)?(?:先|早|晚|后)|谁(?:先|早|在前)|孰先|在先|在前面|更早",
    ),
    (
        Kind.WHEN,
        r"什么时[候间]|啥时[候间]?|何时|哪年|哪一?天|哪一年|哪个?月|哪几年|几几年|哪年哪月|几月|何年|年份|日期|几[号日](?!楼|线|院)|(?:发布|印发|成文|施行|生效|出台|开始|结束|截止|起止)(?:的)?(?:具体)?时间",
    ),
    (Kind.WHY, r"为什么|为何|为啥|原因|缘由|怎么会|凭什么|咋会"),
    (
        Kind.WHERE,
        r"哪里|哪儿|在哪(?!个|些|几|种|类|年|天|方|项|份|位)|去哪(?!个|些)|什么地方|(?<!如)何处|啥地方|地址|地点|位置",
    ),
    (
        Kind.COUNT,
        rf"{_HOW_MANY}(?!乎)|多[大高长久远重]|百分之[几多]|占比|比例|[数人金]额|(?:人|次|总|份|家|天)数|规模有|期限|时长|学费|价格|年龄",
    ),
    (
        Kind.LIST,
        r"哪[些几]|哪一?(?:[种类项支只方条]|方面)|哪[三四五六七八九十两]|(?:有|包括|包含|分为|分成|涉及|涵盖|覆盖)(?:了)?(?:什么|啥|谁)|都有(?:什么|谁|啥)|分别|列出|列举|几[个类种项](?:是)?(?:什么|啥)|什么(?:文件|政策|措施|举措|人群|条件|材料|内容|部门|单位|机构|载体|形式|类型|指标|方面|制度|机制|意见|方案|规划|计划|通知|人(?!$))|哪(?:份|个|部|项|条)(?:国家)?(?:文件|政策|意见|方案|规划|计划|通知|办法)",
    ),
    (
        Kind.WHO,
        r"谁|何人|哪个?(?:部门|单位|机构|机关|部委|省|市|地方|单位)|什么(?:部门|单位|机构|机关|部委)|发文(?:机关|单位|部门)|印发(?:机关|单位|部门)|哪家|主办方",
    ),
    (Kind.HOW, r"怎么|怎样|如何|咋(?!会)|怎麽|用什么(?:办法|方法|方式)|靠什么|通过什么"),
    (Kind.WHAT, r"是什么|指什么|什么是|什么叫|叫什么|何谓|啥是|啥叫|是啥|什么意思|含义|定义|指的是|是指|何为"),
)
_YES_NO = re.compile(
    r"(?:[吗嘛]|(?<![什怎多])么)\s*[?？。!！]*$|是否|是不是|有没有|有无|能不能|可不可以|能否|可否|会不会|算不算|属不属于|在不在|给不给|要不要|管不管|行不行|[对没]错吧|对吗|对不对"
    r"|没[?？]*$|(?<!要|用|能)不[?？]*$|吧[?？。]*$"
)
_QUESTION_WORD = re.compile(
    r"什么时候|什么时间|什么样|什么|哪一年|哪一天|哪[些几年天个类种项份位里儿]?|谁|多少|几|多[大高长久]|怎么样?|怎样|如何|为什么|为何|为啥|何时|啥时候|啥|咋"
)
_PAGE = re.compile(r"(?:这|该|本)?(?:篇|个)?(?:文章|网页|页面|网站|本文|该文|原文|新闻|稿件|全文|此文|这篇)")
_PAGE_ASKED = re.compile(r"标题|题目|题名|发布|发表|刊登|登出|日期|什么时[候间]|何时|哪天|来源|作者|叫什么")
_OTHERS = re.compile(
    r"(?:另外|其他|其它|其余|剩下|还有)的?(?:[一二两三四五六七八九十几\d]+[个家份项类位]|部门|单位|机构|文件|人)"
)
_FILLER = re.compile(
    r"请问一?下?|我?想(?:要)?(?:问|了解|知道|咨询)(?:一?下|问)?|麻烦(?:问|您|你)?(?:一?下)?|帮(?:我|忙)(?:查|看|列|找)?(?:一?下)?|您好|你好|谢谢"
    r"|告诉我|能告诉我|(?:根据|按照|依据)?(?:这篇|本|该)?(?:文件|文章|文中|材料|政策)?(?:里面?|中|内|上)?(?:说|提到|提出|讲|规定|写|指出|介绍)(?:到)?(?:的|了|过)?"
)
_DOCUMENT_NOUN = re.compile(
    r"(?:什么|哪[些个份几部项一]*|几[个份项]|多少)?(?:国家|重要|政策|相关|的){0,3}(?:文件|政策文件|意见|方案|规划|通知|办法|政策)"
)


def understand(text: str, speller: Speller | None = None) -> Query:
    """Return what a stand-alone question asks for."""
    plain = unicodedata.normalize("NFKC", words.simplified(text)).strip()
    guesses = speller.corrections(plain) if speller else {}
    for slip, meant in guesses.items():
        if not words.is_known(slip):
            plain = plain.replace(slip, meant)
    core = _FILLER.sub(" ", plain)
    kind, asks_yes_no = _kind(core)
    wanted, units = _wanted(core, kind)
    found = values(_QUESTION_WORD.sub(" ", core))
    terms = _terms(core, guesses)
    focus, cue = _focus(core)
    return Query(
        text=plain,
        kind=kind,
        terms=terms,
        focus=focus,
        cue=cue,
        wanted=wanted,
        units=units,
        years=years(words.normal(core)),
        unknown_places=_unknown_places(core),
        places=tuple(term.word for term in terms if _is_place(term.word)),
        names=tuple(_NAME.findall(core)),
        titles=tuple(value.text for value in found if value.type is ValueType.TITLE),
        premises=tuple(value for value in found if value.type in _PREMISE_TYPES),
        asks_page=bool(_PAGE.search(core) and _PAGE_ASKED.search(core))
        and not any(v.type is ValueType.TITLE for v in found),
        asks_yes_no=asks_yes_no,
        asks_others=bool(_OTHERS.search(core)),
    )


_GUESS_WEIGHT = 0.7
_GENERIC = 0.3
_SHORT_PLACE_WEIGHT = 0.95
_NAME = re.compile(r"[《“「『\"]([^《》“”「」『』\"]{2,30})[》”」』\"]")
_PLACE_ENDINGS = frozenset("省市县区州镇乡")
_NO_NAME = frozenset("本全我各该外在到去是的和对某哪跨出进城郊社")
_WHOLE_COUNTRY = {"中国", "我国", "全国", "国内", "中华", "华夏"}
_PREMISE_TYPES = {ValueType.COUNT, ValueType.MONEY, ValueType.SHARE, ValueType.AGE, ValueType.DURATION}


def _kind(text: str) -> tuple[Kind, bool]:
    asks_yes_no = bool(_YES_NO.search(text))
    for kind, pattern in _KINDS:
        if re.search(pattern, text):
            if asks_yes_no and not _QUESTION_WORD.search(text):
                return Kind.YES_NO, True
            return kind, asks_yes_no
    if asks_yes_no:
        return Kind.YES_NO, True
    if re.search(r"意义|作用|目的|目标|要求", text) and not _QUESTION_WORD.search(text):
        return Kind.STATEMENT, False
    if re.match(rf"^[\s]*(?:[一二两三四五六七八九十]|\d{{1,2}})(?:{_UNIT})[\u4e00-\u9fff]{{1,12}}[?？。]*$", text):
        return Kind.LIST, False
    return (Kind.WHAT if "什么" in text or "啥" in text else Kind.STATEMENT), False


_NO_MONEY = r"[人个家名位天年月次岁期项种类批条倍份点号日楼]|学时|课时|小时"
# The types of value a question can ask for, by its words; the first that fits counts.
_WANTED: tuple[tuple[ValueType, str], ...] = (
    (ValueType.PHONE, r"电话|手机号|热线|号码|联系方式|怎么联系|如何联系"),
    (ValueType.WEB, r"网址|网站地址|链接|官网"),
    (ValueType.EMAIL, r"邮箱|电子邮件"),
    (ValueType.DOCUMENT_NUMBER, r"文号|发文字号|发文号"),
    (ValueType.SHARE, r"百分之[几多]|比例|占比|百分比|[^频效]率.{0,6}(?:多少|多高|几)"),
    (ValueType.AGE, r"几岁|多大岁数|年龄|多大年纪|岁数"),
    (
        ValueType.MONEY,
        (
            r"多少钱|多少元|多少块|几[百千万]?[元块]|金额|费用|学费|工资|补贴标准|补助标准|补多少|给多少|奖多少|标准(?:是|为|有)?多少|价格|收费|花多少|待遇(?:是|有)?多少"
            rf"|(?:补贴|补助|奖金|奖励|津贴|保险金|失业金|生活费|工资|月薪|薪水|费|贷款|额度|上限|总额|资助|罚款)[\u4e00-\u9fff，, ]{{0,10}}(?:多少|几)(?!{_NO_MONEY})"
            rf"|(?:挣|赚|贷|借|补|发|领|奖|罚|交|加)(?:到|给|款|出)?(?:我|你|他|人家|每人)?(?:多少|几)(?!{_NO_MONEY})"
        ),
    ),
    (ValueType.TIME, r"几点|什么钟点|上班时间|办公时间|营业时间|几时开门"),
    (
        ValueType.DURATION,
        r"多久|多长|(?<![这那哪])(?:几天|几个月|几周|几个?小时|几年(?!的))|多少天|多少个?(?:工作日|月|小时|学时|课时)|期限|时长|多少年",
    ),
)


def _wanted(text: str, kind: Kind) -> tuple[ValueType | None, tuple[str, ...]]:
    for wanted, pattern in _WANTED:
        if re.search(pattern, text) and (
            kind not in {Kind.YES_NO, Kind.HOW, Kind.WHY, Kind.LIST} and "哪几年" not in text
        ):
            return wanted, ()
    if kind is Kind.WHEN:
        return ValueType.DATE, ()
    if kind is Kind.WHERE:
        return ValueType.PLACE, ()
    if kind is Kind.COUNT:
        if re.search(r"人数|人次|多少人|多少名|几人|几名", text):
            return ValueType.COUNT, ("人次", "人", "名", "位")
        match = re.search(rf"{_HOW_MANY}\s*(?:[万千百亿]?)({_UNIT})", text)
        return ValueType.COUNT, (match.group(1),) if match else ()
    return None, ()


def _terms(text: str, guesses: Mapping[str, str]) -> tuple[QueryTerm, ...]:
    """Return the content words; what only chats (adjectives, adverbs, idioms, single characters) weighs little."""
    terms = []
    for term in query_terms(_QUESTION_WORD.sub(" ", text), parts=False):
        if re.fullmatch(r"\d{2,4}|[年月日]", term.word):
            continue
        variants = term.variants + _short_place(term.word)
        if term.word in guesses:
            variants += ((guesses[term.word], _GUESS_WEIGHT),)
        terms.append(replace(term, weight=term.weight * _importance(term), variants=variants))
    return tuple(terms)


def _is_place(word: str) -> bool:
    return len(word) > 1 and words.part_of_speech(word) == "ns" and word not in _WHOLE_COUNTRY


def _unknown_places(text: str) -> tuple[str, ...]:
    """Return names that end like a place and that no dictionary knows (澄湖县): the characters before a lone 县 or 市."""
    tokens = words.tokens(text)
    found = []
    for number, token in enumerate(tokens):
        before = tokens[max(0, number - 2) : number]
        if token in _PLACE_ENDINGS and before and words.is_word(before[-1]):
            name = "".join(before) if all(len(part) == 1 for part in before) else before[-1]
            if len(name) > 1 and not set(name) & _NO_NAME:
                found.append(name)
    return tuple(found)


def _short_place(word: str) -> tuple[tuple[str, float], ...]:
    """Return a place without 省, 市 or 县, as documents often name it."""
    has_suffix = len(word) > 2 and word[-1] in "省市县区州" and _is_place(word)  # noqa: PLR2004
    return ((word[:-1], _SHORT_PLACE_WEIGHT),) if has_suffix else ()


def _importance(term: QueryTerm) -> float:
    if term.word in words.generic_words():
        return _GENERIC
    if len(term.variants) > 1 or term.word in words.policy_terms():
        return 1.0
    if len(term.word) == 1:
        return 0.25
    tag = words.part_of_speech(term.word)
    if tag == "v":
        return 0.75
    if tag[:1] in {"a", "d", "i", "l", "z", "r", "c", "p", "u", "y", "o", "e", "m", "q", "t", "f"} and tag not in {
        "an",
        "ad",
    }:
        return 0.3
    return 1.0


def _focus(text: str) -> tuple[tuple[str, ...], str]:
    """Return the words of the noun that is asked for, and the word right before the question word.

    「健全哪些制度」 asks for (制度), after 健全; 「主要形式有哪些」 asks for (形式), after nothing.
    """
    asked = list(_QUESTION_WORD.finditer(text))
    if not asked:
        return (), ""
    match = asked[-1]
    before = [
        word
        for word in words.words(re.split(r"[，,。？?！!；;]", text[: match.start()])[-1])
        if word not in words.stop_words()
    ]
    after = re.split(r"[，,。？?！!；;、]", text[match.end() :])[0]
    near = [word for word in words.words(after.split("的")[0] or after) if word not in words.stop_words()]
    said = text[: match.start()].rstrip()
    if near and before and re.search(r"(?:是|为|有|指|包括)(?:由|指|给|对)?$", said):
        return (*near[:2], before[-1]), ""
    if near:
        return tuple(near[:3]), before[-1] if before else ""
    subject = re.split(r"[，,。？?！!；;]", text[: match.start()])[-1].split("的")[-1]
    near = [word for word in words.words(subject) if word not in words.stop_words()]
    return tuple(near[-2:]), ""
