"""Questions that documents answer: drawn from their structure, asked to see that they are answered, kept with the index.

They are offered after an answer and on the first page. Preparing them takes a bounded time and is done when an index is
built; where that was not done, ``assistant.suggest`` makes do with what a few patterns find.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.answer import Answer, Question, Status
from assistant.mentions import DOCUMENT_NOUN
from assistant.named import short_title
from assistant.suggest import drawn
from knowledge import words
from knowledge.blocks import blocks
from knowledge.document import Document, Section
from knowledge.index import Index
from knowledge.sentences import sentences

NAME = "questions.json"
BUDGET = 6.0
"""Seconds that preparing may take; the documents take turns, so that each gets its share."""
MOST = 12  # questions of a document
_LONGEST_HEADING = 14
_LONGEST_SUBJECT = 16
_NUMBER = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|第[一二三四五六七八九十百]+[章节条])\s*")
_LISTED = "条件|对象|范围|材料|任务|原则|措施|内容|要求|目标|职责|流程|程序|步骤|方式|情形|渠道|重点"
_HEADED = re.compile(rf"^(?!联系)[\u4e00-\u9fff“”]{{2,12}}(?P<noun>{_LISTED}|标准|金额|额度|期限|时间)$")
_LEADS = (
    (re.compile(r"^(?P<who>[^，,。；;：:]{2,24}?)(?:应当|应|须|需要?|必须)(?:同时)?(?:符合|具备|满足)(?:以下|下列)(?:基本)?条件"), "{who}应当符合哪些条件？"),
    (re.compile(r"^(?P<who>[^，,。；;：:]{2,24}?)(?:应当|应|须|需要?|必须)(?:提交|提供|携带|准备|出示)(?:以下|下列)(?:申请|证明)?材料"), "{who}应当提交哪些材料？"),
    (re.compile(r"有(?:以下|下列)情[形况]之一的?[，,](?P<what>[^，,。；;：:]{2,16})[：:。]?$"), "哪些情形{what}？"),
)  # fmt: skip
_VALUED = re.compile(
    r"(?:^|[，,。；;：:\s])(?P<what>[\u4e00-\u9fff]{2,12}(?P<noun>标准|金额|额度|比例|期限))(?:为|是|不超过|最长|最高)(?=.{0,12}\d)"
)
_DEFINED = re.compile(r"所称的?(?P<what>[^，,。；;（(“”]{2,14})(?:[（(][^）)]*[）)])?[，,]?\s*(?:主要)?是?指")
_ASKED = {
    "标准": "是多少",
    "金额": "是多少",
    "额度": "是多少",
    "比例": "是多少",
    "期限": "是多久",
    "时间": "是什么时候",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question that a document answers between ``start`` and ``end`` (characters of its text)."""

    text: str
    doc_id: str
    start: int
    end: int


Offered = Mapping[str, Sequence[Prepared]]
"""The prepared questions by document id, in the order of the text."""


def candidates(document: Document, outline: Sequence[Section], *, is_alone: bool) -> Iterator[Prepared]:
    """Yield questions that the structure of a document lets expect an answer to.

    What only this document can be asked is asked by its title, unless ``is_alone`` in the index.
    """
    of = "" if is_alone else f"《{short_title(document.title)}》的"
    is_named = is_alone or DOCUMENT_NOUN.search(document.title) is not None
    headed = _headed(document, outline, of) if is_named else ()
    found = chain(_posed(document), _led_in(document), headed, _said(document))
    seen: set[str] = set()
    for question in found:
        if question.text not in seen:
            seen.add(question.text)
            yield question


def _posed(document: Document) -> Iterator[Prepared]:
    for start, end in sentences(document.text):
        posed = re.fullmatch(r"(?:问|Q)\s*[:：]\s*(.{4,40}[?？])", document.text[start:end])
        if posed:
            yield Prepared(posed.group(1), document.id, start, end)


def _led_in(document: Document) -> Iterator[Prepared]:
    for block in blocks(document.text):
        lead = _NUMBER.sub("", document.text[slice(*block.lead)].strip())
        for pattern, form in _LEADS:
            told = pattern.search(lead)
            if told:
                yield Prepared(form.format(**told.groupdict()), document.id, block.lead[0], block.end)


def _headed(document: Document, outline: Sequence[Section], of: str) -> Iterator[Prepared]:
    for section in outline:
        title = _NUMBER.sub("", section.title).strip(" 　。：:")
        told = _HEADED.match(title)
        if told and len(title) <= _LONGEST_HEADING and not _is_deed(title):
            asked = _ASKED.get(told["noun"], "有哪些")
            yield Prepared(f"{of}{title}{asked}？", document.id, section.start, section.end)


def _is_deed(heading: str) -> bool:
    """Tell 「提高补贴标准」, which says what is done, from 「补贴标准」."""
    return words.part_of_speech(next(iter(words.words(heading)), "")).startswith("v") and not heading.startswith("申")


def _said(document: Document) -> Iterator[Prepared]:
    for start, end in sentences(document.text):
        text = document.text[start:end]
        for told in _VALUED.finditer(text):
            if len(told["what"]) <= _LONGEST_SUBJECT:
                yield Prepared(f"{told['what']}{_ASKED[told['noun']]}？", document.id, start, end)
        for told in _DEFINED.finditer(text):
            yield Prepared(f"什么是{told['what']}？", document.id, start, end)
        for question in drawn(text):
            yield Prepared(question, document.id, start, end)


def prepare(
    index: Index, ask: Callable[[Question], Answer], known: Offered | None = None, budget: float = BUDGET
) -> dict[str, list[Prepared]]:
    """Return the candidates that are answered, each from its own document, asked within ``budget`` seconds.

    Of the documents in ``known`` the questions are kept as they are. A document that was not reached has no entry.
    """
    is_alone = len(index.documents) == 1
    stop = time.monotonic() + budget
    kept = {doc_id: list(found) for doc_id, found in (known or {}).items()}
    new = [document for document in index.documents if document.id not in kept]
    rows = [candidates(document, index.outline(document.id), is_alone=is_alone) for document in new]
    for document, candidate in _in_turns(new, rows):
        if time.monotonic() > stop:
            break
        found = kept.setdefault(document.id, [])
        if candidate and len(found) < MOST and _is_answered(candidate, ask(Question.of(candidate.text))):
            found.append(candidate)
    return {doc_id: sorted(found, key=lambda question: question.start) for doc_id, found in kept.items()}


def _in_turns(
    documents: Sequence[Document], rows: Sequence[Iterator[Prepared]]
) -> Iterator[tuple[Document, Prepared | None]]:
    """Yield a question of each document, then the next of each; None for one that has no more."""
    waiting = list(zip(documents, rows, strict=True))
    while waiting:
        following = []
        for document, row in waiting:
            candidate = next(row, None)
            yield document, candidate
            if candidate is not None:
                following.append((document, row))
        waiting = following


def _is_answered(candidate: Prepared, answer: Answer) -> bool:
    return answer.status is Status.ANSWERED and any(cited.doc_id == candidate.doc_id for cited in answer.citations)


def write(index: Index, prepared: Offered) -> None:
    """Keep prepared questions with their index, in one step; raises OSError."""
    told = {
        doc_id: {
            "digest": index.catalogue.by_id[doc_id].digest,
            "questions": [[question.text, question.start, question.end] for question in found],
        }
        for doc_id, found in prepared.items()
    }
    draft = index.path / f"{NAME}.draft"
    draft.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    draft.replace(index.path / NAME)


def read(index: Index) -> Offered:
    """Return the questions prepared for the documents of an index as they are now; none where that was not done."""
    try:
        told = json.loads((index.path / NAME).read_text(encoding="utf-8"))
        return {
            doc_id: [Prepared(str(text), doc_id, int(start), int(end)) for text, start, end in entry["questions"]]
            for doc_id, entry in told.items()
            if doc_id in index.by_id and index.catalogue.by_id[doc_id].digest == entry["digest"]
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
