"""Questions that are not answered from the documents: small talk, manipulation, other subjects, nothing told.

Only talk about the conversation itself is known by its words. Whether the documents tell is decided by evidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from assistant import things
from assistant.answer import Status
from assistant.constraints import meets
from assistant.evidence import Unit, adjacent, match
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document, Hit, Section
from knowledge.query import QueryTerm
from knowledge.values import ValueType, values

# Least share of the question that its best evidence must cover, context included and in the sentence itself.
COVERAGE = 0.52
OWN = 0.30
SCATTERED = 0.61  # coverage up to which some words that are neighbours in the question must be so in the evidence
TOGETHER = 0.1  # of the neighbouring words
TELLING = 0.5  # least chance that a passage states what is asked, as a second stage scales it
IN_SCOPE = 0.40
_MENTIONS = 2
_OFTEN = 3  # times; a document that names something so often is about it
_NAME_SHARE = 0.85
_SHORT_PLACE = 2  # characters
_NAMED = 0.6  # of a policy, by a sentence that has the words of its name apart
_HEAD, _FOOT = 150, 60  # characters of a document that say what it is about
_OF_ALL = {ValueType.PHONE, ValueType.WEB, ValueType.EMAIL, ValueType.TIME}  # told once for all sections
# What a value of a type is called, which its line need not say: 「可拨打0800-612333」.
_CALLED = {
    ValueType.PHONE: re.compile(r"电话|号码|热线|联系"),
    ValueType.WEB: re.compile(r"网址|网站|链接|官网"),
    ValueType.EMAIL: re.compile(r"邮箱|邮件"),
}
_OPEN = {Kind.LIST, Kind.HOW, Kind.WHAT}
_SHORTEST_BODY = 3  # characters
_ASKS_ADDRESS = re.compile(r"地址|联系|咨询|办公|位置|坐落")
_EDGE = re.compile(
    r"开始|结束|截止|截至|起止|到期|最晚|最迟|最早|启动|关闭"
)  # of a span of time, which the span itself tells
_SPAN = re.compile(r"[日月号\d]\s*(?:至|到|—|-|~|前|止|为止)")
# Who does something is told by evidence that names a body.
_ASKS_DOER = re.compile(
    r"谁(?:来|去)?(?:负责|承担|组织|主管|牵头|审[核批查]|发[放给]?|管(?!用)|主办|承办|实施|制定|监督|受理|办理|评|认定|出钱|买单|给)|由谁|找谁|归谁"
    r"|(?:哪|什么|啥)(?:一?[个家些])?(?:部门|单位|机构|机关|部委)"
)
_DOER = re.compile(
    r"部|局|厅|委(?!托)|署(?!名)|办(?![法理事])|政府|机构|单位|企业|公司|集团|学校|院|大学|协会|联合会|中心|银行|国务院|党委|街道|社区|乡镇|村|基地|小组|站|所(?![有需以])|工会|省|市|县|窗口|平台"
)
_PERSON = re.compile(r"人|者|员|师|长|生|民|工|户|[\u4e00-\u9fff]某")


class Library(Protocol):
    """What the gate looks up: whole documents and their headings."""

    def document(self, doc_id: str) -> Document:
        """Return one document."""

    def outline(self, doc_id: str) -> Sequence[Section]:
        """Return the headings of a document, in order."""


_TALK: tuple[tuple[str, str], ...] = (
    (
        "thanks",
        r"^(?:好的?[,，]?)?(?:非常|十分|太|多)?(?:谢谢|感谢|多谢|谢了|辛苦|麻烦你了)[\u4e00-\u9fff]{0,8}[!！。~ ]*$",
    ),
    ("bye", r"^(?:再见|拜拜|回头见|下次见)[\u4e00-\u9fff]{0,4}[!！。~ ]*$"),
    (
        "hello",
        r"^(?:你|您|大家)?(?:好|早|早安|晚安|早上好|上午好|中午好|下午好|晚上好|嗨|哈喽|hello|hi|在吗|在不在)[呀啊吗哦!！?？,。~ ]*$",
    ),
    (
        "self",
        r"^(?:请问)?(?:你|您)(?:是谁|叫什么|是什么|能做什么|会什么|能干什么|可以做什么|能帮我?做?(?:些|点)?什么|能回答(?:些|哪些|什么)|有什么用|有什么功能|是(?:不是)?机器人|是(?:不是)?真?人工?|叫啥|是干什么的|是做什么的|怎么用)[\u4e00-\u9fff]{0,6}[?？吗呀啊。]*$",
    ),
    ("fine", r"^(?:好的?|嗯+|哦+|行|明白了?|知道了|收到|ok|没事了?|没有了)[!！。~ ]*$"),
)
_TALK_ANSWERS = {
    "thanks": "不客气。还有政策方面的问题，可以继续问我。",
    "bye": "再见。需要了解政策时，随时可以再来问。",
    "hello": "您好。我根据收录的政策文件回答问题，每个回答都附上原文。您可以问：哪些人符合条件、有哪些培训、政策是什么时候出台的。",
    "self": "我是政策问答助手，只根据收录的政策文件回答，并附上所依据的原文；文件没有说明的，我会如实告诉您。",
    "fine": "好的。还有什么想了解的政策问题，可以继续问。",
}
_INSTRUCTIONS = r"系统提示|提示词|内部(?:设定|指令|规则)|隐藏(?:的)?(?:指令|设定)|初始(?:指令|设定)|开发者(?:模式|指令)|system\s*prompt|api\s*key|密钥|你的(?:指令|设定|规则)"
_OVERRIDE = r"(?:忽略|无视|忘[记掉]|不要?(?:理会|遵守|管)|绕过|取消|解除|抛开)[^。?？]{0,8}(?:(?:以上|之前|前面|上面|上述|先前|所有|一切|全部|任何|你的?|系统)[^。?？]{0,12}(?:指令|规则|限制|设定|要求|提示|约束|身份|内容)|指令|提示词|人设|角色设定)|不受.{0,6}(?:规则|限制|约束)|ignore\b.{0,30}\b(?:instruction|rule|prompt)|jailbreak|越狱模式|DAN模式"
_REVEAL = r"输出|打印|复述|重复|告诉|泄露|显示|透露|说出|给我|写出|展示|发给|公开|what|show|print|reveal"
_ROLE = r"(?:从现在(?:起|开始)|现在)?你(?:现在)?(?:是|扮演|假装|就是)(?:一?[个名位只])[^。?？]{0,20}(?:没有|不受|不需要|无需|不用|不再)"
_FORGE = r"(?:编造?|伪造|捏造|造假|做假|作假|瞎编)(?:一?[个份条段张])?[^。?？]{0,12}(?:文件|政策|条款|证书|证明|材料|数据|答案|依据|原文)"
_FORGE_ASKED = r"^(?:请|帮我?|替我?|给我|教我)|怎[么样].{0,6}(?:编|伪造|造假)|如何.{0,6}(?:编|伪造|造假)"


def talk(text: str) -> str | None:
    """Return the reply to small talk; None where the text is none."""
    plain = words.normal(text).strip()
    for name, pattern in _TALK:
        if re.match(pattern, plain):
            return _TALK_ANSWERS[name]
    return None


def manipulates(text: str) -> bool:
    """Tell whether a text tries to change what the assistant is for, or to get at its instructions."""
    plain = words.normal(text)
    if re.search(_OVERRIDE, plain, re.IGNORECASE) or re.search(_ROLE, plain):
        return True
    if re.search(_INSTRUCTIONS, plain, re.IGNORECASE) and re.search(_REVEAL, plain, re.IGNORECASE):
        return True
    return bool(re.search(_FORGE, plain) and re.search(_FORGE_ASKED, plain))


def in_scope(query: Query, frequency: Callable[[str], int], weigh: Callable[[QueryTerm], float]) -> bool:
    """Tell whether a question is about what the documents are about: enough of its words stand in them."""
    if query.aspect is not None and all(query.aspect.asks(term.word) for term in query.terms):
        return True  # 「资金由谁承担」 asks of whatever the documents are about
    total = known = 0.0
    for term in query.terms:
        weight = 0.0 if term.word in words.generic_words() else weigh(term)
        total += weight
        if any(frequency(word) for word, _ in term.variants) or any(frequency(part) for part in words.parts(term.word)):
            known += weight
        elif term.word in words.policy_terms() or len(term.variants) > 1:
            known += 0.7 * weight
        if term.word in words.policy_terms() and any(frequency(word) for word, _ in term.variants):
            return True
    return total == 0 or known / total >= IN_SCOPE


def answerable(query: Query, units: Sequence[Unit], library: Library) -> list[Unit]:
    """Return the units that tell enough of what the question is about, best first."""
    return [unit for unit in units if _may_be_said(query, unit) and _tells(query, unit, library)]


def _may_be_said(query: Query, unit: Unit) -> bool:
    """Tell whether a unit says something: no heading does, but one that is a sentence and states a value asked for."""
    if not unit.sentence.is_heading:
        return True
    return unit.text.endswith(("。", "。”")) and any(value.type is query.wanted for value in values(unit.text))


def _tells(query: Query, unit: Unit, library: Library) -> bool:
    if unit.coverage < COVERAGE or unit.own < OWN or _is_scattered(query, unit):
        return False
    if any(is_subject(term) and term.word not in query.beside for term in unit.missing) or (
        query.wanted and _lacks_focus(query, unit)
    ):
        return False
    if _ASKS_DOER.search(query.text) and not _DOER.search("".join(unit.sentence.headings) + unit.sentence.text):
        return False
    if not meets(query, unit):
        return False
    text = library.document(unit.sentence.doc_id).text
    return (
        all(_names(name, unit, text) for name in query.names)
        and all(place in text for place in query.unknown_places)
        and all(things.is_in(thing, text) for thing in query.things)
        and (query.wanted is not ValueType.DATE or all(_speaks_of(name, unit, text) for name in query.called))
        and not _is_publishers(query, unit, library.document(unit.sentence.doc_id))
        and all(_has_body(body, _around(unit)) for body in query.bodies)
        and all(_is_of(place, unit, text) for place in query.places)
        and in_section(query, library, unit.sentence.doc_id, unit.start, unit.text)
    )


def names_somebody(text: str) -> bool:
    """Tell whether a text names a body or a person who may do something."""
    return _DOER.search(text) is not None or _PERSON.search(text) is not None


def _is_scattered(query: Query, unit: Unit) -> bool:
    """Tell whether evidence has little more of a question than it must, and its words all apart from each other."""
    if unit.coverage >= SCATTERED or query.kind not in _OPEN or query.wanted is not None or query.aspect is not None:
        return False
    if any(term.word in words.policy_terms() and match(term, unit.text) for term in query.terms):
        return False
    sentence = unit.sentence
    told = "\n".join((*sentence.headings[-1:], sentence.under, unit.text))
    return adjacent(query.terms, told) < TOGETHER


def telling(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits but for those that a second stage has read and found not to state what is asked."""
    return [hit for hit in hits if hit.answers is None or hit.answers >= TELLING]


def in_section(query: Query, library: Library, doc_id: str, offset: int, text: str) -> bool:
    """Tell whether a place lies in the sections that are headed by the policy asked about, where there are such."""
    outline = library.outline(doc_id)
    if query.wanted in _OF_ALL:
        return True
    for term in query.terms:
        headed = [
            section
            for section in outline
            if is_subject(term)
            and term.word not in query.beside
            and not section.title.endswith(("?", "？"))
            and term.word in words.normal(section.title)
        ]
        if headed and len(headed) < len(outline) and match(term, text) < _NAMED:
            return any(section.start <= offset < _section_end(outline, section) for section in headed)
    return True


def _section_end(outline: Sequence[Section], section: Section) -> float:
    following = (other.start for other in outline if other.start > section.start and other.level <= section.level)
    return next(following, math.inf)


def is_subject(term: QueryTerm) -> bool:
    """Tell whether a word of the question is a term of policy, which evidence must have in some form."""
    return len(term.word) > 2 and term.word in words.policy_terms()  # noqa: PLR2004


def _lacks_focus(query: Query, unit: Unit) -> bool:
    """Tell whether evidence for a value does not say what it is a value of (the deadline, the fee)."""
    if query.wanted is ValueType.DATE:
        said = unit.sentence.text + "".join(unit.sentence.headings[-1:])
        missing = tuple(term for term in query.terms if match(term, said) == 0)
    else:
        missing = unit.missing
    itself = _CALLED.get(query.wanted) if query.wanted else None
    if itself and any(value.type is query.wanted for value in values(unit.text)):
        missing = tuple(term for term in missing if not itself.search(term.word))
    return any(
        term.word in query.focus
        and len(term.word) > 1
        and not (_EDGE.fullmatch(term.word) and _SPAN.search(unit.text))
        and term.word not in words.generic_words()
        and (query.wanted is ValueType.DATE or words.part_of_speech(term.word) != "v")
        and words.part_of_speech(term.word)[:1] in {"", "n", "v"}
        for term in missing
    )


def _names(name: str, unit: Unit, text: str) -> bool:
    """Tell whether a document has a name the question quotes, or the evidence nearly all of its words."""
    if _bare(name) in _bare(text):
        return True
    context = _bare(unit.sentence.text + unit.sentence.about)
    parts = [word for word in words.words(name) if word not in words.stop_words()]
    return sum(len(word) for word in parts if word in context) >= _NAME_SHARE * sum(map(len, parts))


@lru_cache(maxsize=256)
def _bare(text: str) -> str:
    return re.sub(r"[\s《》“”‘’\"'「」『』()（）]", "", words.normal(text))


def _speaks_of(name: str, unit: Unit, text: str) -> bool:
    """Tell whether evidence, what it stands under or its whole document is about what is called so."""
    sentence = unit.sentence
    return name in "\n".join((sentence.title, *sentence.headings, sentence.text)) or text.count(name) >= _OFTEN


def _is_publishers(query: Query, unit: Unit, document: Document) -> bool:
    """Tell whether evidence is the publisher's address, where it is not asked how to reach who published a page."""
    is_asked = query.wanted is ValueType.PLACE and _ASKS_ADDRESS.search(query.text) is None
    return is_asked and any(unit.text in line for line in document.contact)


def _is_of(place: str, unit: Unit, text: str) -> bool:
    """Tell whether evidence, or what it stands in, names a place, with or without its 省, 市 or 县."""
    return _is_in(place, _around(unit), text)


def _is_in(place: str, around: str, text: str) -> bool:
    name = place[:-1] if len(place) > _SHORT_PLACE and place[-1] in "省市县区州" else place
    return name in around or text.count(name) >= _MENTIONS


def head_of(document: Document) -> str:
    """Return the title and the first and last words of a document: its place, its body, its date."""
    return f"{document.title}\n{document.text[:_HEAD]}\n{document.text[-_FOOT:]}"


def is_of_places(query: Query, document: Document) -> bool:
    """Tell whether a document is of the places that a question names."""
    head = head_of(document)
    return all(_is_in(place, head, document.text) for place in query.places) and all(
        place in document.text for place in query.unknown_places
    )


def _around(unit: Unit) -> str:
    """Return evidence with what it stands in: the sentences before it, headings, title, head and foot of its document."""
    sentence = unit.sentence
    return "\n".join((sentence.title, *sentence.headings, sentence.about, sentence.before, sentence.text))


@lru_cache(maxsize=1024)
def _has_body(body: str, text: str) -> bool:
    """Tell whether a text names a body, in full or in short: 人社局 for 人力资源和社会保障局."""
    own = re.sub(r"^(?:国家|全国|中国|[\u4e00-\u9fff]{2,3}?[省市县区])+", "", body)
    if words.part_of_speech(own[:2]) == "ns":
        own = own[2:]
    name = own if len(own) >= _SHORTEST_BODY else body
    letters = name.replace("人民政府", "政府").removesuffix("会" if name.endswith("委员会") else "")
    return re.search(r"[\u4e00-\u9fff]{0,6}?".join(letters), text) is not None


NOT_FOUND = "文件中没有说明这个问题。"
OUT_OF_SCOPE = "这个问题不在收录的政策文件范围内，我只能根据这些文件回答。"
CLARIFY = "有几份文件都说到这个问题，说法各不相同。您问的是哪一项？"
REFUSED = "这个请求我不能照办。我只根据收录的政策文件回答政策问题。"

STATUS_TEXT = {
    Status.NOT_FOUND: NOT_FOUND,
    Status.OUT_OF_SCOPE: OUT_OF_SCOPE,
    Status.REFUSED: REFUSED,
    Status.CLARIFY: CLARIFY,
}
