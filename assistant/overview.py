"""What a document says as a whole: its headings, in order, each cited; 「这篇文章主要讲了什么」 asks for no sentence of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from assistant import gate
from assistant.answer import Status
from assistant.continued import tells_nothing
from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Sentence, match
from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document, Section, Span
from knowledge.sentences import sentences

_WHOLE = r"文章|文件|文|全文|通篇|本文|网页|页面|新闻|稿件|政策|通知|通告|公告|意见|办法|规定|方案|条例|规划|指南|问答"
_ASKS = re.compile(
    r"(?:讲|说|写|介绍|谈|提|规定|包括|包含|涉及)(?:到|及)?(?:的|了|过)?(?:主要|大概|都)?(?:是|有)?(?:些)?(?:什么|啥|哪些|哪几)"
    r"|内容|概括|总结|概述|摘要|归纳|提纲|大意|要点|框架|结构|分(?:为|成)?(?:哪)?几(?:个)?部分|(?:哪|有)几(?:个)?(?:部分|方面)"
)
_OF_ASKING = re.compile(
    rf"(?:这|该|本|此)?(?:篇|份|个|部|项|则)?(?:{_WHOLE})|主要|核心|基本|大概|大致|整体|总体|内容|概括|总结|概述|摘要|归纳|提纲|大意|要点|重点"
    r"|框架|结构|部分|方面|分|讲|说|写|介绍|讲述|讲讲|讲的|说的|写的|谈|谈到|提到|规定|包括|包含|涉及|些|简单|简要|一句话|中心思想|思想"
)
_TELLS = re.compile(r"讲|说|写|介绍|谈|概括|总结|概述|摘要|归纳|大意|要点")
_BESIDE = re.compile(r"联系|附件|附则|附录|来源|责任编辑|相关(?:链接|阅读|文件)|扫一扫|分享|打印")
_NUMBER_ONLY = re.compile(r"第[一二三四五六七八九十百零〇\d]+[条章节编]|[（(]?[一二三四五六七八九十\d]+[)）、.．]")
_PURPOSE = re.compile(r"^(?:第一条\s*)?为了?.{6,}(?:制定|特制定|现就|现将|提出)|(?:通知|公告|通告|意见)如下")
_MOST = 12  # headings that can be taken in at once
_LEAST = 2
_SHORTEST_HEADING = 2  # characters
_DOCUMENTS = 2
_HEAD = 60  # characters


def overview(query: Query, documents: Sequence[Document], library: gate.Library, *, is_only: bool) -> Draft | None:
    """Answer what a whole document is about with its headings; None where that is not asked, or it has none.

    ``documents`` are those that may be meant, best first; ``is_only``: there is one document, which needs no naming.
    """
    document = _meant(query, documents, is_only=is_only)
    if document is None:
        return None
    parts = _parts([section for section in library.outline(document.id) if _says_something(section.title)])
    if _LEAST <= len(parts) <= _MOST:
        return Draft(tuple(_stated(document, part) for part in parts), lead="包括")
    purpose = next((span for span in sentences(document.text) if _PURPOSE.search(document.text[slice(*span)])), None)
    if purpose is None:
        return None
    return Draft((Statement(as_shown(document.text[slice(*purpose)]), (_sentence(document, purpose),)),))


def under_heading(query: Query, documents: Sequence[Document], library: gate.Library) -> Draft | None:
    """Answer with the subsections of the section that is headed by what is asked for (重点任务有哪些); None where none is."""
    is_listed = query.kind in {Kind.LIST, Kind.WHAT, Kind.STATEMENT} and query.wanted is None and not query.asks_yes_no
    if not is_listed or len(query.asked) < _SHORTEST_HEADING or query.premises or query.asks_others:
        return None
    for document in documents[:_DOCUMENTS]:
        outline = library.outline(document.id)
        for section in outline:
            title = as_shown(section.title).rstrip("?？")
            is_headed = title == query.asked or (len(query.asked) > _SHORTEST_HEADING and title.endswith(query.asked))
            parts = _below(outline, section.start) if is_headed and _is_about(query, document, title) else []
            if _LEAST <= len(parts) <= _MOST:
                return Draft(tuple(_stated(document, [part]) for part in parts), lead="包括")
    return None


def _is_about(query: Query, document: Document, title: str) -> bool:
    """Tell whether a document, by its title, its first words and its issuer, is about all else that a question names."""
    told = f"{document.title}\n{document.text[:_HEAD]}\n{document.issuer or ''}\n{title}"
    rest = [term for term in query.terms if term.word not in query.focus and term.word not in words.generic_words()]
    return all(match(term, told) > 0 for term in rest if len(term.word) > 1) and all(
        place in told + document.text for place in (*query.places, *query.unknown_places)
    )


def below(query: Query, draft: Draft, library: gate.Library) -> Draft:
    """Return, where an answer only says the question again above subsections, these: 「总体要求是什么」."""
    if draft.status is not Status.ANSWERED or len(draft.statements) != 1 or len(draft.statements[0].evidence) != 1:
        return draft
    [told] = draft.statements
    [sentence] = told.evidence
    if query.kind is Kind.YES_NO or query.wanted is not None or not tells_nothing(query, sentence.text):
        return draft
    document = library.document(sentence.doc_id)
    parts = _below(library.outline(document.id), sentence.start)
    if not _LEAST <= len(parts) <= _MOST:
        return draft
    return Draft(tuple(_stated(document, [part]) for part in parts), lead="包括")


def _below(outline: Sequence[Section], place: int) -> list[Section]:
    """Return the sections right below the one that a place stands in, where it stands above them all."""
    number = max((at for at, section in enumerate(outline) if section.start <= place), default=None)
    if number is None:
        return []
    own = outline[number]
    inside = list(takewhile(lambda section: section.level > own.level, outline[number + 1 :]))
    return [section for section in inside if section.level == own.level + 1 and _says_something(section.title)]


def _parts(sections: Sequence[Section]) -> list[list[Section]]:
    """Return the headings of the first level, each with those right below it."""
    first = min((section.level for section in sections), default=0)
    parts: list[list[Section]] = []
    for section in sections:
        if section.level == first or not parts:
            parts.append([section])
        elif section.level == first + 1:
            parts[-1].append(section)
    return parts


def _meant(query: Query, documents: Sequence[Document], *, is_only: bool) -> Document | None:
    if not documents or _ASKS.search(query.text) is None:
        return None
    named = [words.normal(term.word) for term in query.terms if not _OF_ASKING.fullmatch(term.word)]
    if not named:
        return (
            documents[0] if is_only or re.search(rf"[这该本此](?:篇|份|个|部|项|则)?(?:{_WHOLE})", query.text) else None
        )
    if _TELLS.search(query.text) is None:
        return None  # 「职业技能提升补贴包括哪些内容」 is about what a title names, not about its document
    return next((one for one in documents if all(name in words.normal(one.title) for name in named)), None)


def _says_something(title: str) -> bool:
    return _BESIDE.search(title) is None and _NUMBER_ONLY.fullmatch(title.strip()) is None


def _stated(document: Document, part: Sequence[Section]) -> Statement:
    first, *below = [as_shown(section.title).rstrip("?？") for section in part]
    text = f"{first}：{'；'.join(below)}" if below else first
    return Statement(text, tuple(_sentence(document, (section.start, section.end)) for section in part), is_item=True)


def _sentence(document: Document, span: Span) -> Sentence:
    return Sentence(document.id, document.title, (), *span, document.text[slice(*span)], "", 1.0)
