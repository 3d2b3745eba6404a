"""Questions about the document itself: its title, its date of publication."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.draft import NOT_TOLD, Draft, Statement
from assistant.evidence import Sentence
from assistant.understand import Query
from knowledge.document import Document
from knowledge.sentences import sentences

_TITLE = re.compile(r"标题|题目|题名|叫什么")
_DATE = re.compile(r"发布|发表|刊登|登出|日期|什么时[候间]|何时|哪天")
_ISSUER = re.compile(r"谁|哪个?(?:单位|机构|部门|网站|机关)|来源|作者")


def answer(query: Query, documents: Sequence[Document]) -> Draft | None:
    """Answer from the metadata of the first document, citing where its text states it; None if not asked for."""
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


def _stated(document: Document, value: str | None, shown: str | None) -> Draft:
    if not value or not shown:
        return NOT_TOLD
    loose = re.sub(r"\D+", r"\\D{1,2}", value) if re.match(r"\d{4}-", value) else re.escape(value)
    for start, end in sentences(document.text):
        text = document.text[start:end]
        if re.search(re.sub(r"(?<=\D)0(?=\d)", "0?", loose), text):
            return Draft((Statement(shown, (Sentence(document.id, document.title, (), start, end, text, "", 1.0),)),))
    return NOT_TOLD
