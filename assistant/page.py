"""Questions about a document itself: its title, who issued it, its number, its dates, whom it addresses, whether it holds.

The answer is a document's metadata, shown as the text writes it and cited where the text states it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.draft import NOT_TOLD, Draft, Statement
from assistant.evidence import Sentence
from assistant.kinds import Kind
from assistant.understand import TOLD_OF_ITSELF, Query
from knowledge import words
from knowledge.dates import dates
from knowledge.document import Document
from knowledge.sentences import Span, sentences
from knowledge.values import ValueType, values

_WHEN = r"(?:什么时[候间]|何时|哪[一]?[天年日]|几时|几号|啥时候)"
_BODY = r"(?:谁|哪个?(?:些|几个)?(?:单位|机构|部门|机关)|什么(?:单位|机构|部门|机关))"
_ISSUING = r"(?:发布|印发|发文|制定|出台|颁布|下发|公布|发)"
_IN_FORCE = r"(?:施行|实施|生效|执行|起效)"
# What is asked for, by its words; the first that fits counts.
_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"文号|发文字号|发文号")),
    ("addressee", re.compile(rf"主送|{_ISSUING}(?:给|到)了?(?:谁|哪|什么)|发文对象")),
    ("expires", re.compile(rf"有效期|{_WHEN}.{{0,4}}(?:失效|废止|到期|截止)|(?:失效|废止|到期|截止).{{0,4}}{_WHEN}")),
    (
        "validity",
        re.compile(r"(?:还|仍|是否|现行|目前|现在).{0,4}(?:有效|失效|废止)|有效性|有效吗|失效了?吗|废止了?(?:吗|没)"),
    ),
    (
        "effective",
        re.compile(rf"{_IN_FORCE}(?:的)?(?:日期|时间)|{_WHEN}.{{0,4}}{_IN_FORCE}|{_IN_FORCE}.{{0,4}}{_WHEN}|从{_WHEN}"),
    ),
    ("written", re.compile(rf"成文|落款|签发|{_WHEN}.{{0,2}}印发|印发.{{0,3}}{_WHEN}|印发(?:日期|时间)")),
    (
        "issuer",
        re.compile(
            rf"(?:发文|印发|发布|制定)(?:的)?(?:机关|单位|部门|机构|主体)|{_BODY}.{{0,4}}{_ISSUING}|{_ISSUING}.{{0,4}}{_BODY}"
        ),
    ),
)
_PAGE_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("issuer", re.compile(r"谁|在哪|哪[里儿]|哪个?(?:单位|机构|部门|网站|机关)|来源|作者")),
    ("title", re.compile(r"标题|题目|题名|叫什么|名称|全称")),
    ("published", re.compile(r"发布|发表|刊登|登出|日期|什么时[候间]|何时|哪天")),
)
_SOURCE = re.compile(r"来源[ \u3000]{0,3}[:：][ \u3000]{0,3}([^\s:：|]{2,30})")
_ASKS_SOURCE = re.compile(r"来源")
_LEAST_TITLE = 4  # characters of a title that a question has to name


def answer(query: Query, documents: Sequence[Document], *, is_only: bool = False) -> Draft | None:
    """Answer from the metadata of the document that is meant, citing where its text states it; None if not asked for.

    「这份文件」 and 「文章」 mean the document found first; otherwise it has to be named by the words of its title, but where
    there is only one (``is_only``): 「什么时候发布的」.
    """
    contact = _contact(query, documents)
    if contact is not None:
        return contact
    field = _asked(query, _FIELDS)
    document = _meant(query, documents)
    if field is not None and document is not None:
        told = _told(document, field)
        if told is None and field == "validity":
            told = _told(document, "expires")  # whether it still holds follows from until when
        if told is not None:
            return told
    if not documents or not (query.asks_page or (is_only and _names_nothing(query))):
        return None
    return _of_page(query, documents[0], field)


def _of_page(query: Query, document: Document, field: str | None) -> Draft | None:
    """Answer who published a page, when, and under which title; what it does not say is not told."""
    asked = _asked(query, _PAGE_FIELDS) if field is None else field
    if asked is None or asked in {"effective", "expires", "validity"}:
        return None  # 「自发布之日起施行」 is found in the text
    if _ASKS_SOURCE.search(query.text):
        source = _SOURCE.search(document.text)
        if source:
            return Draft((Statement(source.group(1), _around(document, source.span())),))
    if asked == "published" and document.published is None:
        asked = "written"  # 「什么时候发布的」 of a notice is asked of the day it bears
    return _told(document, asked) or NOT_TOLD


def _names_nothing(query: Query) -> bool:
    """Tell whether a question says nothing but what it wants to know of a document (谁发布的)."""
    return query.kind in {Kind.WHEN, Kind.WHO} and all(TOLD_OF_ITSELF.fullmatch(term.word) for term in query.terms)


def _asked(query: Query, fields: Sequence[tuple[str, re.Pattern[str]]]) -> str | None:
    return next((name for name, pattern in fields if pattern.search(query.text)), None)


def _meant(query: Query, documents: Sequence[Document]) -> Document | None:
    """Return the document a question is about: the one at hand, or one whose title has all that the question names."""
    if query.asks_page:
        return documents[0] if documents else None
    names = [words.normal(title.strip("《》")) for title in query.titles]
    if not names:
        names = [words.normal(term.word) for term in query.terms if not TOLD_OF_ITSELF.fullmatch(term.word)]
    if sum(map(len, names)) < _LEAST_TITLE:
        return None
    for document in documents:
        title = words.normal(document.title)
        if all(name in title for name in names):
            return document
    return None


# ---- from a field to what is said and where it stands


def _told(document: Document, field: str) -> Draft | None:
    """Return a field as an answer with its place in the text; None where the document does not tell, or not in words."""
    value = getattr(document, field)
    if field in {"expires", "effective"}:
        return _term(document, field)
    if not value:
        return None
    if field == "written":
        return _day(document, value)
    if field == "published":
        return _published(document, value)
    found = _spelled(document, value)
    return Draft((Statement(value, _around(document, found)),)) if found else None


def _term(document: Document, field: str) -> Draft | None:
    """Answer from when or until when a document holds, in the words of the sentence that says so."""
    if not (document.effective if field == "effective" else document.expires):
        return None
    days = {day for day in (document.effective, document.expires) if day}
    pattern = re.compile(_IN_FORCE if field == "effective" else r"有效期|试行期|执行期限|至")
    for start, end in sentences(document.text):
        sentence = document.text[start:end]
        stated = [written for written in dates(sentence) if written.day in days]
        if stated and pattern.search(sentence):
            shown = sentence[stated[0].start : stated[0].end] if field == "effective" else _clause(sentence)
            return Draft((Statement(shown, _around(document, (start, end))),))
    return None


def _clause(sentence: str) -> str:
    """Return a sentence without its number and its full stop."""
    return re.sub(r"^(?:第[^\s]{1,6}条|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．])\s*", "", sentence).rstrip(
        "。；; "
    )


def _day(document: Document, day: str) -> Draft | None:
    """Answer with a date as the text writes it, where a signature or a label states it."""
    found = [written for written in dates(document.text) if written.day == day]
    alone = [written for written in found if re.match(r"\s|$|[（(【]", document.text[written.end : written.end + 1])]
    for written in (*alone, *found):
        shown = document.text[written.start : written.end]
        return Draft((Statement(shown, _around(document, (written.start, written.end))),))
    return None


def _published(document: Document, day: str) -> Draft | None:
    for written in dates(document.text):
        if written.day == day:
            return Draft((Statement(day, _around(document, (written.start, written.end))),))
    return None


def _spelled(document: Document, value: str) -> Span | None:
    """Return where a value stands, whatever spaces, line breaks and marks between its parts the text has."""
    pattern = "".join(r"[\s、，]*" if character in "、 " else rf"{re.escape(character)}\s*" for character in value)
    found = list(re.finditer(pattern, document.text))
    signed = [
        match
        for match in found
        if re.match(r"[\s（(]*(?:19|20|二|一九)", document.text[match.end() : match.end() + 20])
    ]
    best = (signed or found)[:1]
    return best[0].span() if best else None


def _around(document: Document, span: Span) -> tuple[Sentence, ...]:
    """Return the sentences a stretch of a document touches."""
    return tuple(
        Sentence(document.id, document.title, (), start, end, document.text[start:end], "", 1.0)
        for start, end in _touching(document, span)
    )


def _touching(document: Document, span: Span) -> Iterator[Span]:
    first, last = span
    for start, end in sentences(document.text):
        if start < last and first < end:
            yield start, end


# ---- how to reach the publisher

_ASKS_CONTACT = re.compile(r"电话|联系|地址|邮箱|热线|传真")
_PUBLISHER = re.compile(
    r"(?:联系|办公|通讯|通信|咨询|单位)?(?:方式|电话|号码|地址|邮箱|热线)|联系|咨询|传真|哪儿|发布者?|发表|单位|机构|网站|网页|页面|文章|主办|编辑|方式|多少|本站|贵站|你们"
)


def _contact(query: Query, documents: Sequence[Document]) -> Draft | None:
    """Answer how to reach the publisher, where nobody else's telephone or address is asked for."""
    if not _ASKS_CONTACT.search(query.text) or any(not _PUBLISHER.fullmatch(term.word) for term in query.terms):
        return None
    document = next((document for document in documents if document.contact), None)
    if document is None:
        return None
    wanted = [line for line in document.contact if _fits(query, line)] or list(document.contact)
    return Draft(tuple(Statement(line, (_line(document, line),)) for line in wanted))


def _line(document: Document, line: str) -> Sentence:
    """Return a line of the contact block, which the text ends with."""
    start = document.text.rindex(line)
    return Sentence(document.id, document.title, (), start, start + len(line), line, "", 1.0)


def _fits(query: Query, line: str) -> bool:
    if query.wanted is ValueType.PLACE:
        return "址" in line
    return query.wanted is not ValueType.PHONE or any(value.type is ValueType.PHONE for value in values(line))
