"""Question -> Query: what kind of answer is wanted, about what, under which constraints."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant import places, things
from assistant.aspect import Aspect, asked_for
from assistant.kinds import QUESTION_WORD, Kind, kind_of, wanted_by
from assistant.written import as_written
from knowledge import words
from knowledge.query import QueryTerm, query_terms
from knowledge.spelling import Speller
from knowledge.values import Value, ValueType, values, years


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the rest of the pipeline sees it.

    ``terms`` are its content words with variants; ``focus`` the noun that is asked for with the words beside it, ``asked``
    the noun as a whole (培训机构) and ``cue`` the word before it; ``bodies`` are who does what is asked about; ``things`` the ends of compounds that evidence must have in some form; ``called`` the names the documents put in quotes; ``wanted`` is the type of value asked for, with its ``units``; ``premises`` the numbers it takes for granted;
    ``beside`` are words of ``terms`` that only the conversation said; ``aspect`` what of a measure is asked for where that has
    forms of its own; ``period`` the first and the last year of an open span (2018年以来).
    """

    text: str
    kind: Kind
    terms: tuple[QueryTerm, ...]
    focus: tuple[str, ...] = ()
    cue: str = ""
    asked: str = ""
    wanted: ValueType | None = None
    units: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    premises: tuple[Value, ...] = ()
    asks_page: bool = False
    asks_yes_no: bool = False
    asks_others: bool = False
    unknown_places: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    period: tuple[int, int] | None = None
    aspect: Aspect | None = None

    def fits(self, year: int) -> bool:
        """Tell whether a year is one that the question asks about; every year is where it names none."""
        if self.period is not None:
            return self.period[0] <= year <= self.period[1]
        return not self.years or min(self.years) <= year <= max(self.years)

    @property
    def reads_neighbours(self) -> float:
        """How far the lines above a line count as its own words (0..1): contacts stand in blocks of lines."""
        return 0.9 if self.wanted in _CONTACTS else 0.0

    @property
    def asks_several(self) -> bool:
        """Whether the question has two or more question words, so that one value does not answer it."""
        return len(QUESTION_WORD.findall(self.text)) > 1


_CONTACTS = {ValueType.PHONE, ValueType.WEB, ValueType.EMAIL, ValueType.PLACE, ValueType.TIME}
_PAGE = re.compile(r"(?:这|该|本)?(?:篇|个)?(?:文章|网页|页面|网站|本文|该文|原文|新闻|稿件|全文|此文|这篇)")
_PAGE_ASKED = re.compile(
    r"标题|题目|题名|发布|发表|刊登|登出|日期|什么时[候间]|何时|哪天|来源|出处|作者|叫什么|谁(?:写|发|编|登|\s*[?？。]*$)"
)
# 「这份通知的文号是多少」 is about the document where it asks for nothing else than what a document tells of itself.
_DOCUMENT = "文件|通知|通告|公告|办法|意见|规定|政策|条例|方案|决定|细则|批复|函"
_THIS_DOCUMENT = re.compile(rf"[这该本此](?:份|个|篇|部|项|则|一)?(?:政策)?(?:{_DOCUMENT})|^文件的?")
TOLD_OF_ITSELF = re.compile(
    r"(?:文号|发文|文字|字号|机关|单位|部门|机构|主体|印发|发布|公布|发|发的|发给|下发|制定|出台|颁布|施行|实施|生效|执行|从|开始|起|日期|时间|日|天|年|哪年|多久"
    r"|有效|有效期|有效性|期限|失效|废止|到期|截止|现在|目前|还|主|主送|送|对象|成文|落款|签发|标题|题目|名称|名字|名|叫|全称|关于|是|号){1,3}"
)
_OTHERS = re.compile(
    r"(?:另外|其他|其它|其余|剩下|还有)的?(?:[一二两三四五六七八九十几\d]+[个家份项类位]|部门|单位|机构|文件|人)"
)
_FILLER = re.compile(
    r"请问一?下?|我?想(?:要)?(?:问|了解|知道|咨询)(?:一?下|问)?|麻烦(?:问|您|你)?(?:一?下)?|帮(?:我|忙)(?:查|看|列|找)?(?:一?下)?|您好|你好|谢谢"
    r"|告诉我|能告诉我|(?:根据|按照|依据)?(?:这篇|本|该)?(?:文件|文章|文中|材料|政策)?(?:里面?|中|内|上)?(?:说|提到|提出|讲|规定|写|指出|介绍)(?:到)?(?:的|了|过)?"
)
_FUNDED = re.compile(
    r"(?:这笔|这些|那)?(?:的)?(?:钱|费用|资金|经费)(?:是|都|该|应该|要)?(?:由)?谁(?:来|去)?(?:出|掏|给|付|拿|承担)的?"
    r"|谁(?:来|去)?(?:出钱|掏钱|买单|付钱|拿钱)的?|(?:钱|资金|经费|费用)(?:是)?从(?:哪|什么地方|哪个账)(?:里|儿|来|户)?(?:来|出|列支|支出)?的?"
)


def understand(text: str, speller: Speller | None = None) -> Query:
    """Return what a stand-alone question asks for."""
    plain = unicodedata.normalize("NFKC", words.simplified(text)).strip()
    guesses = speller.corrections(plain) if speller else {}
    for slip, meant in guesses.items():
        if not words.is_known(slip):
            plain = plain.replace(slip, meant)
    plain = as_written(plain)
    core = _FUNDED.sub("资金来源是什么", _FILLER.sub(" ", plain))
    kind, asks_yes_no = kind_of(core)
    wanted, units = wanted_by(core, kind)
    found = values(QUESTION_WORD.sub(" ", core))
    terms = _terms(core, guesses)
    focus, cue, asked = _focus(core)
    return Query(
        text=plain,
        kind=kind,
        terms=terms,
        focus=focus,
        cue=cue,
        asked=asked,
        wanted=wanted,
        units=units,
        years=years(words.normal(_TITLE.sub(" ", core))),
        period=_period(words.normal(core)),
        unknown_places=places.unknown(core),
        things=things.named(core),
        places=places.named([term.word for term in terms], core),
        bodies=tuple(_BODY.findall(core)),
        names=tuple(_NAME.findall(core)),
        titles=tuple(value.text for value in found if value.type is ValueType.TITLE),
        numbers=tuple(value.text for value in found if value.type is ValueType.DOCUMENT_NUMBER),
        premises=tuple(
            value
            for value in found
            if value.type in _PREMISE_TYPES and not (wanted in _RATES and _ONE_TIME.fullmatch(value.text))
        ),
        asks_page=_asks_page(core, terms) and not any(v.type is ValueType.TITLE for v in found),
        asks_yes_no=asks_yes_no,
        asks_others=bool(_OTHERS.search(core)),
        aspect=asked_for(words.normal(core)),
    )


_OPEN_YEAR = re.compile(r"((?:19|20)\d{2})年?(以来|起(?!草)|至今|以后|之后|后(?!勤|续|备)|以前|之前|前(?!期|提|沿|景))")
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


def _period(text: str) -> tuple[int, int] | None:
    """Return the span of years of 2018年以来 or 2017年以前; as in law, 以前 and 以后 include the year, 之前 and 之后 do not."""
    told = _OPEN_YEAR.search(text)
    if told is None:
        return None
    year, way = int(told[1]), told[2]
    if way in {"以前", "之前", "前"}:
        return _FIRST_YEAR, year - (way != "以前")
    return year + (way in {"之后", "后"}), _LAST_YEAR


def _asks_page(text: str, terms: tuple[QueryTerm, ...]) -> bool:
    """Tell whether a question is about the document itself, not about what it rules."""
    if _PAGE.search(text) and _PAGE_ASKED.search(text):
        return True
    return bool(_THIS_DOCUMENT.search(text)) and all(
        TOLD_OF_ITSELF.fullmatch(term.word) or term.word in _DOCUMENT.split("|") for term in terms
    )


_GUESS_WEIGHT, _GENERIC = 0.7, 0.3
_MODAL = re.compile(
    r"(?:(?<![功性技职可只])能|可以)(?=[拿领补给发报办贷享得申用去干做])"
)  # which would run together with the verb
_DEGREE = re.compile(r"(?:最|至|顶)[高低多少大小格]|起码|封顶|保底")  # of what is asked for, never what it is about
_WHETHER = re.compile(r"([给能会要算让许发收办行是可])不\1(?:以|能)?|可不可以|有没有|是否|能否|可否")
_COUNT_WEIGHT = 0.1
_COUNTED = re.compile(r"[一二两三四五六七八九十\d]{1,3}[个类种项大条份家支名位方面]{0,2}")  # a premise, not a subject
_TITLE = re.compile(r"《[^》]*》")  # a year in a title is no constraint
_NAME = re.compile(r"[《“「『\"]([^《》“”「」『』\"]{2,30})[》”」』\"]")
# A body that does what is asked about: its name, where what it does follows.
_BODY = re.compile(
    r"(?:^|[，,。；;])((?:(?!的|[我你他她咱]们?)[\u4e00-\u9fff]){2,14}?(?:局|(?<!大)厅|委|部|署|办|集团|公司|医院|大学|学院|银行|海关|政府|指挥部|中心|协会|总队|法院|检察院))"
    r"(?=为|对|在|于|将|要求|提出|采取|出台|推出|印发|发布|开放|如何|怎[样么]|通知|通过|决定|规定|有|设置|提供|给予|会同|从|统筹|组织|联合)"
)
_RATES = {ValueType.MONEY, ValueType.SHARE, ValueType.COUNT}
_ONE_TIME = re.compile(r"[一1]个?(?:年|月|天|周|日|季度|小时)")  # 「一年最多报多少」 takes no number for granted
_PREMISE_TYPES = {ValueType.COUNT, ValueType.MONEY, ValueType.SHARE, ValueType.AGE, ValueType.DURATION}


# What is counted belongs to the asking: documents tell 5元 and 5个工作日 with no 钱 and no 天.
_ASKED_UNIT = re.compile(
    r"(?:多少|几)(?:[百千万]?(?:块钱?|元钱?)|钱|个?工作日|个?月|个?小时|个?星期|天|日|年(?!级)|周岁|岁|分钟|周|成(?!员|立|本)|[套间辆台栋亩])|百分之(?:几|多少)"
)


_ASKS_SENSE = re.compile(r"(?:为(?:什么|啥|何)|干(?:嘛|吗|什么))(?=(?:国家|政府|我们|我国)?[要得应需])")


def _terms(text: str, guesses: Mapping[str, str]) -> tuple[QueryTerm, ...]:
    """Return the content words; what only chats (adjectives, adverbs, idioms, single characters) weighs little."""
    terms = []
    asking = _asking(text)
    said = QUESTION_WORD.sub(" ", _ASKED_UNIT.sub(" ", _ASKS_SENSE.sub("意义", text)))
    for term in query_terms(_MODAL.sub(" ", _WHETHER.sub(" ", said)), parts=False):
        if re.fullmatch(r"\d{2,4}|[年月日]", term.word):
            continue
        variants = term.variants + places.short(term.word)
        if term.word in guesses:
            variants += ((guesses[term.word], _GUESS_WEIGHT),)
        stem = _COMPLEMENT.fullmatch(term.word)
        if stem is not None and len(variants) == 1:
            variants += ((stem[1], _STEM_WEIGHT),)
        weight = term.weight * _importance(term)
        if asking and term.word not in words.normal(asking):
            weight *= _ASIDE_POLICY if term.word in words.policy_terms() else _ASIDE
        terms.append(replace(term, weight=weight, variants=variants))
    return tuple(terms)


_COMPLEMENT = re.compile(
    r"([\u4e00-\u9fff])(?:上去|下来|下去|起来|出来|出去|回来|过来|过去|掉|完|到|走|光|好|成|着|了|过|里)"
)
_STEM_WEIGHT = 0.6
_ASIDE, _ASIDE_POLICY = 0.5, 0.9  # of a word of a clause that asks nothing, beside one that does


def _asking(text: str) -> str:
    """Return the clauses that ask, where others only tell one's own case (我是退伍回来的，); empty where all or none ask."""
    parts = [part for part in re.split(r"[，,。；;？?！!]", text) if part.strip()]
    asks = [part for part in parts if QUESTION_WORD.search(part) or kind_of(part)[1] or _WHETHER.search(part)]
    return "，".join(asks) if 0 < len(asks) < len(parts) else ""


_IDIOM = 4  # characters; so long a phrase names something: 刑满释放


def _importance(term: QueryTerm) -> float:
    if term.word in words.generic_words() or _DEGREE.fullmatch(term.word):
        return _GENERIC
    if len(term.variants) > 1 or term.word in words.policy_terms():
        return 1.0
    if _COUNTED.fullmatch(term.word):
        return _COUNT_WEIGHT
    if len(term.word) == 1:
        return 0.25
    tag = words.part_of_speech(term.word)
    if tag == "v" or (tag in {"i", "l"} and len(term.word) >= _IDIOM):
        return 0.75
    if tag[:1] in {"a", "d", "i", "l", "z", "r", "c", "p", "u", "y", "o", "e", "m", "q", "t", "f"} and tag not in {
        "an",
        "ad",
    }:
        return 0.3
    return 1.0


_COUNTED_NOUN = re.compile(r"[一二两三四五六七八九十\d]{1,3}[个类种项条]([\u4e00-\u9fff]{2,8})[?？。]*$")


def _focus(text: str) -> tuple[tuple[str, ...], str, str]:
    """Return the words of the noun that is asked for, the word right before the question word, and the noun itself.

    「健全哪些制度」 asks for (制度), after 健全; 「主要形式有哪些」 asks for (形式), after nothing.
    """
    asked = list(QUESTION_WORD.finditer(text))
    if not asked:
        counted = _COUNTED_NOUN.search(text)
        return ((counted[1],), "", counted[1]) if counted else ((), "", "")
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
        return (*near[:2], before[-1]), "", _noun(near)
    if near:
        governs = before and words.part_of_speech(before[-1])[:1] not in {"n", "r", "t", "s"}
        return tuple(near[:3]), before[-1] if governs else "", _noun(near)
    subject = re.split(r"[，,。？?！!；;]", text[: match.start()])[-1].split("的")[-1]
    near = [word for word in words.words(subject) if word not in words.stop_words()]
    return (
        tuple(near[-2:]),
        "",
        "".join(near[-2:]) if _noun(near[-2:]) == "".join(near[-2:]) else near[-1] if near else "",
    )


def _noun(near: Sequence[str]) -> str:
    """Return the nouns that some words begin with, as one: 培训机构 of 培训, 机构, 需要."""
    return "".join(
        takewhile(lambda word: words.part_of_speech(word)[:1] in {"", "n"} or words.part_of_speech(word) == "vn", near)
    )
