"""Questions about the document itself: its title, its date of publication."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.draft import NOT_TOLD, Draft, Statement
from assistant.evidence import Sentence
from assistant.understand import Query
from knowledge.document import Document
from knowledge.sentences import sentences
from knowledge.values import ValueType, values

_TITLE = re.compile(r"标题|题目|题名|叫什么")
_DATE = re.compile(r"发布|发表|刊登|登出|日期|什么时[候间]|何时|哪天")
_ISSUER = re.compile(r"谁|哪个?(?:单位|机构|部门|网站|机关)|来源|作者")


def answer(query: Query, documents: Sequence[Document]) -> Draft | None:
    """Answer from the metadata of the first document, citing where its text states it; None if not asked for."""
    contact = _contact(query, documents)
    if contact is not None:
        return contact
    if not query.asks_page or not documents:
        return None
    document = documents[0]
    if _ISSUER.search(query.text):
        return _stated(document, document.issuer, document.issuer) if document.issuer else NOT_TOLD
    if _TITLE.search(query.text):
        return _stated(document, document.title, document.title)
    if _DATE.search(query.text):
        return _stated(document, document.published, document.published)
    return None


_ASKS_CONTACT = re.compile(r"电话|联系|地址|邮箱|热线|传真")
_PUBLISHER = re.compile(
    r"联系方式|联系电话|联系|电话|号码|地址|邮箱|热线|咨询|传真|发布者?|发表|单位|机构|网站|网页|页面|文章|主办|编辑|方式|多少|本站|贵站|你们"
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


def _stated(document: Document, value: str | None, shown: str | None) -> Draft:
    if not value or not shown:
        return NOT_TOLD
    loose = re.sub(r"\D+", r"\\D{1,2}", value) if re.match(r"\d{4}-", value) else re.escape(value)
    for start, end in sentences(document.text):
        text = document.text[start:end]
        if re.search(re.sub(r"(?<=\D)0(?=\d)", "0?", loose), text):
            return Draft((Statement(shown, (Sentence(document.id, document.title, (), start, end, text, "", 1.0),)),))
    return NOT_TOLD
