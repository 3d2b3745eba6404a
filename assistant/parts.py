"""A question with several parts -> the questions it consists of, and their answers joined again.

「甲和乙的标准分别是多少？」 asks two things of one kind; 「标准是多少，怎么申请？」 asks two things of one subject. Each part is answered by itself,
and what the documents do not tell is said so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Status
from assistant.claims import claims, held
from assistant.draft import NOT_TOLD, Draft, Statement, as_shown
from assistant.exchange import NO_PLACES, exchanged, kind_of_name, place_of
from assistant.kinds import QUESTION_WORD
from assistant.subject import names_none, subject, without_asking
from knowledge import words
from knowledge.sentences import bracketed

_MOST = 4
_LONGEST_TAIL = 3  # words
_SHORTEST = 2  # characters of one of several subjects
_SHORTEST_QUESTION = 4
_EACH = re.compile(
    r"^(?P<subjects>.+?)(?P<of>的[^的、和与，,]{1,10})?(?:分别|各自|各(?![类级种项地县市区位方]))(?:都)?(?P<asked>.+)$"
)
_COMPARED = re.compile(
    r"^(?P<subjects>.+?)(?P<of>的[^的、和与，,]{1,10})?(?:有(?:什么|啥|何|哪些))?(?:不一样|不同|区别|差别|差异|(?<![出误])相?差)(?:了|了?多少|几个?[天年月元岁])?(?:吗|么|在哪里?)?$"
)
_YEARS = re.compile(r"(?P<years>(?:19|20)\d{2}年?(?:、|和|与|跟)(?:19|20)\d{2}年)的?")
_COMPARES = re.compile(r"(?:的)?(?:对比|比较|相比|有什么变化|怎么变化?的?)$")
_IN_EACH = re.compile(r"(?:都)?(?:分别|各自|各)(?:都)?(?=[是为有要能给补多投达招奖]|$)")
_AMOUNT = re.compile(r"(?:比例|标准|金额|额度|期限|时间|补贴|补助|上限|学时|课时|年限)$")
_JOINT = re.compile(r"以及|、|和|跟|与|及")
_WHERE = re.compile(r"在[\u4e00-\u9fff]{2,6}$")  # 「甲和乙在清江市各补多少」
_DEGREE = re.compile(r"(?:每[月年天人]|最[高多长低少])+$")  # 「甲和乙每月最高各多少」
_LEAD = re.compile(r"^(?:请问|请)?(?:一下)?")
_NEXT = re.compile(r"[?？；;，,、]")
_ASKS = re.compile(
    r"什么|啥|哪|谁|多少|怎么|怎样|如何|咋|何时|为何|多久|多长|几[天年月日]|几号(?![楼窗线])|是否|能不能|可不可以|有没有"
)  # 几个人 may be some people
_WHETHER = re.compile(r"[吗么][?？]$")
_ELSE = re.compile(r"^(?:那么?)?(?P<part>[^，,？?]{2,14}?)(?:又|的话)?呢$")
_CONTEXT = re.compile(r"^.+[，,](?=[^，,])")
_YEAR = re.compile(r"(?:19|20)\d{2}年")
_ONE_SENTENCE = 40  # characters of an answer that is no value but the sentence that tells of all parts
Answering = Callable[[str, str, frozenset[str]], Draft]
"""Answers a question, given what it is about and the documents it is asked of, all where there are none."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions a question consists of; ``label`` tells it from the others in the answer."""

    text: str
    label: str = ""


def parts(text: str, places: Mapping[str, str] = NO_PLACES) -> list[Part]:
    """Return the questions a question consists of, in order, at most four; one for one that asks one thing."""
    plain = text.strip(" ?？。")
    found = _of_years(plain) or _each(plain, places) or _in_turn(text, places)
    return found[:_MOST] if len(found) > 1 else [Part(text)]


def _each(text: str, places: Mapping[str, str]) -> list[Part]:
    text = _LEAD.sub("", text)
    context = _CONTEXT.match(text)
    before = context.group() if context and not bracketed(context.group()) else ""
    rest = text.removeprefix(before)
    told, compared = _EACH.match(rest), _COMPARED.match(rest)
    if told is not None and QUESTION_WORD.search(told["asked"]):
        asked, of = told["asked"], told["of"] or ""
    elif compared is not None and _AMOUNT.search(f"{before.rstrip('，,')}{compared['of'] or ''}"):
        told, asked, of = compared, "是多少", compared["of"] or ""
    else:
        return []
    named, where, degree = _asides(told["subjects"])
    before, asked = before + where, degree + asked
    subjects = _split(named)
    if len(subjects) < 2 or any(len(subject) < _SHORTEST for subject in subjects):  # noqa: PLR2004
        return []
    whole = _shared(subjects, places)
    return [Part(f"{before}{full}{of}{asked}？", label) for full, label in zip(whole, subjects, strict=True)]


def _asides(text: str) -> tuple[str, str, str]:
    """Return several subjects without what is said behind them of where (在清江市) and of which degree (每月最高), and these."""
    where, degree = _WHERE.search(text), _DEGREE.search(text)
    last = where or degree
    return (
        text.removesuffix(last.group() if last else ""),
        where.group() if where else "",
        degree.group() if degree and not where else "",
    )


def _shared(subjects: Sequence[str], places: Mapping[str, str]) -> list[str]:
    """Return the subjects with what only one of them says for all: the place in front, the noun at the end.

    「清江市技师和高级技师补贴」 are 「清江市技师补贴」 and 「清江市高级技师补贴」.
    """
    place = place_of(subjects[0], places)
    lead = place if place and subjects[0].startswith(place) and subjects[0] != place else ""
    tail = _tail(subjects[0], subjects[-1])
    whole = [subject if subject.endswith(tail) else f"{subject}{tail}" for subject in subjects]
    return [subject if place_of(subject, places) or not lead else f"{lead}{subject}" for subject in whole]


def _tail(first: str, last: str) -> str:
    """Return what the last subject says for all: 报销比例 of 市级医院报销比例, beside 乡镇卫生院; empty where it is none."""
    kind, own = kind_of_name(first), words.words(last)
    for count in range(1, min(len(own), _LONGEST_TAIL + 1)):
        tail = "".join(own[-count:])
        rest = last.removesuffix(tail)
        if kind is not None and rest and kind_of_name(rest) is kind and kind_of_name(tail) is not kind:
            return tail
    return ""


def _of_years(text: str) -> list[Part]:
    """Take apart what compares two years: 「补贴标准2017年、2019年对比」, 「2023年和2025年的目标分别是多少」."""
    years, compares, each = _YEARS.search(text), _COMPARES.search(text), _IN_EACH.search(text)
    if years is None or (compares is None and each is None):
        return []
    labels = [f"{year.rstrip('年')}年" for year in _JOINT.split(years["years"])]
    if compares is None:
        rest = _IN_EACH.sub("", text)
        asked = "" if QUESTION_WORD.search(rest) else "是多少"
        return [Part(f"{rest.replace(years['years'], label)}{asked}？", label) for label in labels]
    rest = re.sub(r"[ 　，,]+", "", text[: compares.start()].replace(years.group(), ""))
    asked = "" if QUESTION_WORD.search(rest) else "是多少"
    return [Part(f"{label}{rest}{asked}？", label) for label in labels]


def _split(text: str) -> list[str]:
    """Split at the joints outside of brackets."""
    inside = bracketed(text)
    found, start = [], 0
    for joint in _JOINT.finditer(text):
        if not any(first < joint.start() < last for first, last in inside):
            found.append(text[start : joint.start()])
            start = joint.end()
    return [piece.strip(" ，,") for piece in (*found, text[start:])]


def _pieces(text: str) -> list[str]:
    """Return what stands between commas and question marks outside of brackets; a question mark after 吗 stays."""
    pieces, start = [], 0
    inside = bracketed(text)
    for mark in _NEXT.finditer(text):
        if not any(first < mark.start() < last for first, last in inside):
            whether = mark.group() in "?？" and text[: mark.start()].endswith(("吗", "么"))
            pieces.append(text[start : mark.end() if whether else mark.start()])
            start = mark.end()
    return [piece.strip(" ，,") for piece in (*pieces, text[start:]) if piece.strip(" ，,")]


def _in_turn(text: str, places: Mapping[str, str]) -> list[Part]:
    """Take apart what asks one thing after the other; of 「甲是多少，乙呢」 the second asks what the first does."""
    pieces = _pieces(text)
    context = 1 if len(pieces) > 2 and not _ASKS.search(pieces[0]) else 0  # noqa: PLR2004  # 「在甲市，…」 holds for all
    found: list[Part] = []
    for number, piece in enumerate(pieces[context:]):
        other = _ELSE.match(piece)
        if number and other:
            asked = exchanged(found[0].text, other["part"], places)
            if asked is None:
                return []
            found.append(Part(asked, other["part"]))
        elif len(piece) >= _SHORTEST_QUESTION and (_ASKS.search(piece) or _WHETHER.search(piece)):
            asked = piece if piece.endswith(("?", "？")) else f"{piece}？"
            found.append(Part(f"{pieces[0]}，{asked}" if context and number == 0 else asked))
        else:
            return []
    return found


def joined(asked: Sequence[Part], drafts: Sequence[Draft]) -> Draft:
    """Return the answers to the parts as one, which is partial where the documents do not tell one of them."""
    if not any(draft.statements for draft in drafts):
        return NOT_TOLD
    statements: list[Statement] = []
    for part, draft in zip(asked, drafts, strict=True):
        told = _told(part, draft) if draft.statements else [_untold(part)]
        statements += [statement for statement in told if not _is_told(statement, statements)]
    statements = [statement for statement in statements if not _is_within(statement, statements)]
    whole = all(draft.statements and draft.status is Status.ANSWERED for draft in drafts)
    return Draft(tuple(statements), status=Status.ANSWERED if whole else Status.PARTIAL)


def _told(part: Part, draft: Draft) -> list[Statement]:
    label = f"{part.label}：" if part.label and _is_borne_out(part.label, draft) else ""
    items = [statement for statement in draft.statements if statement.is_item]
    rest = [statement for statement in draft.statements if not statement.is_item]
    if items:
        evidence = tuple(dict.fromkeys(sentence for item in items for sentence in item.evidence))
        rest.append(Statement("、".join(item.text for item in items), evidence))
    first = rest[0]
    return [
        replace(first, text=label + first.text, repeats=(*first.repeats, part.label) if label else first.repeats),
        *rest[1:],
    ]


def _is_borne_out(label: str, draft: Draft) -> bool:
    """Tell whether what a label states (a year, a number, a title) stands where the answer does: it is no fact by being asked."""
    cited = [sentence for statement in draft.statements for sentence in statement.evidence]
    told = "\n".join(
        part for sentence in cited for part in (sentence.text, *sentence.headings, sentence.title, sentence.before)
    )
    return all(held(claim, told) for claim in claims(label))


def _is_told(statement: Statement, earlier: Sequence[Statement]) -> bool:
    """Tell whether the sentences that a statement rests on were shown whole before it."""
    shown = {
        (cited.doc_id, cited.start)
        for one in earlier
        for cited in one.evidence
        if one.text in {cited.text, as_shown(cited.text)}
    }
    return bool(statement.evidence) and all((cited.doc_id, cited.start) in shown for cited in statement.evidence)


def _is_within(statement: Statement, others: Sequence[Statement]) -> bool:
    """Tell whether a longer statement on the same evidence says a statement as well."""
    return any(
        other is not statement
        and _places(other) == _places(statement)
        and len(other.text) > len(statement.text)
        and statement.text in other.text
        for other in others
    )


def _places(statement: Statement) -> list[tuple[str, int]]:
    """Return where a statement rests on: a sentence read twice may be weighed otherwise."""
    return [(cited.doc_id, cited.start) for cited in statement.evidence]


def _untold(part: Part) -> Statement:
    subject = part.label or part.text.rstrip("?？")
    return Statement(f"文件没有说明：{subject}", (), repeats=(subject,))


def answered(text: str, answer: Answering, places: Mapping[str, str] = NO_PLACES) -> Draft | None:
    """Return the joined answers of a question with several parts; None for one that asks one thing.

    A later part may leave out the subject of the first; then it is asked of the documents that answer the first.
    """
    asked = parts(text, places)
    if len(asked) == 1:
        return None
    drafts = [answer(asked[0].text, "", frozenset())]
    for part in asked[1:]:
        drafts.append(
            answer(part.text, "", frozenset()) if part.label else _later(part, asked[0], drafts[0], answer, places)
        )
    if not any(draft.statements for draft in drafts) and _YEAR.fullmatch(asked[0].label):
        return None
    return None if _is_one(drafts) else joined(asked, drafts)


def _later(part: Part, first: Part, told: Draft, answer: Answering, places: Mapping[str, str]) -> Draft:
    """Answer a part that may leave out what it is about: with it in front, beside, or of what it names itself."""
    doc_ids = frozenset(cited.doc_id for statement in told.statements for cited in statement.evidence)
    if not doc_ids and names_none(part.text):
        return NOT_TOLD  # it hangs on what is not told
    about = subject(first.text, places)
    for lead in dict.fromkeys((about, without_asking(first.text))):
        draft = answer(f"{lead}{part.text}", "", doc_ids) if lead and lead not in part.text else NOT_TOLD
        if draft.statements:
            return draft
    draft = answer(part.text, about, doc_ids)
    is_elsewhere = place_of(part.text, places) or not place_of(first.text, places)
    is_alone = is_elsewhere and not names_none(part.text)
    return answer(part.text, "", frozenset()) if is_alone and not draft.statements else draft


def _is_one(drafts: Sequence[Draft]) -> bool:
    """Tell whether one sentence tells of all parts together, so that it is the answer to the whole.

    So it is, too, where all parts get the same answer from it: then it was not told which is which.
    """
    told = [statement for draft in drafts for statement in draft.statements]
    sentences = {(cited.doc_id, cited.start) for statement in told for cited in statement.evidence}
    if len(sentences) == 1 and any(len(statement.text) > _ONE_SENTENCE for statement in told):
        return True
    first = [(draft.statements[0].text, *_places(draft.statements[0])) for draft in drafts if draft.statements]
    return len(first) > 1 and len(set(first)) == 1
