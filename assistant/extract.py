"""Ranked evidence -> a draft in the documents' own words: the value, the list or the clause that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant import correct, decide, extract_list, extract_value, frequency, in_words
from assistant.additions import with_additions, with_what_it_adds_to
from assistant.answer import Status
from assistant.chained import with_cases, with_its_parts
from assistant.concise import concise
from assistant.constraints import has_stated
from assistant.draft import NOT_TOLD, Draft, Statement, as_shown
from assistant.evidence import Unit, adjacent, match, own_match
from assistant.gap import gap
from assistant.kinds import Kind
from assistant.lists import listings
from assistant.spelled_out import spelled_out
from assistant.understand import Query
from assistant.unsaid import unsaid
from knowledge import words
from knowledge.query import query_terms
from knowledge.sentences import clauses

STATEMENT_CHARACTERS = 130
_CHAIN_CHARACTERS = 300  # of a sentence whose parts are one list
_CLAUSE_COST, _READABLE = 0.005, 0.7
_LISTED = {Kind.LIST, Kind.WHO, Kind.WHAT, Kind.STATEMENT, Kind.HOW}


def extract(query: Query, units: Sequence[Unit], ranked: Sequence[Unit] = ()) -> Draft:
    """Return the answer that the best evidence gives to a question of this kind; NOT_TOLD where it gives none.

    ``units`` are the answerable ones, best first; ``ranked`` all of them, of which one may decide a question by a limit.
    """
    judged = _judged(query, units, ranked or units)
    if judged is not None:
        return judged
    premise = correct.corrected_premise(query, units)
    often = frequency.told(query, units) if frequency.is_asked(query) else None
    if often is not None:
        return often
    if query.wanted is not None:
        told = extract_value.value(query, units)
        if not told.statements and not premise:
            told = in_words.told_in_words(query, units) or told
        if not told.statements and query.kind is Kind.STATEMENT:
            return _statement(query, units[0])
        return replace(told, statements=premise + told.statements) if told.statements else told
    if premise:
        return Draft(premise)
    if query.asks_others and query.kind is not Kind.LIST:
        return NOT_TOLD
    draft = _listed(query, units) or _with_verdict(query, units, _statement(query, with_what_it_adds_to(units[0])))
    if draft.status is not Status.ANSWERED or query.kind is Kind.YES_NO:
        return draft
    return replace(draft, statements=with_additions(query, draft.statements, ranked or units))


def _listed(query: Query, units: Sequence[Unit]) -> Draft | None:
    """Return the list, the titles or the counted items that are asked for; None where the evidence has none."""
    draft = None
    if query.kind in _LISTED and extract_list.is_plural(query):
        draft = extract_list.listing(query, units)
    if draft is None and query.kind is Kind.LIST and extract_list.asks_title(query):
        draft = extract_list.titles(units)
    if draft is None and query.kind in {Kind.LIST, Kind.WHO}:
        draft = _counted_off(units[0])
    return draft


def _counted_off(unit: Unit) -> Draft | None:
    """Return the list that the best evidence only begins: 「有三类：一是甲；二是乙；三是丙」; None where it begins none."""
    if not re.search(r"(?:^|[：:，,])\s*(?:一是|（一）|1[.．、])", unit.text):
        return None
    found = next(
        (listing for listing in listings(unit.sentence.text) if listing.chained and len(listing.items) > 1), None
    )
    return Draft(tuple(extract_list.items(found, unit.sentence)), lead="包括") if found else None


def _with_verdict(query: Query, units: Sequence[Unit], draft: Draft) -> Draft:
    """Put before what answers a yes/no question the 「不能。」 that the answer to the same question on a page begins with."""
    best, statement = units[0].sentence, draft.statements[0]
    asked = best.headings[-1] if best.headings else ""
    if query.kind is not Kind.YES_NO or not asked.endswith(("?", "？")) or _VERDICT.match(best.text):
        return draft
    same = (
        unit.sentence
        for unit in units
        if unit.sentence.doc_id == best.doc_id and unit.sentence.headings == best.headings
    )
    first = next(
        (sentence for sentence in same if _VERDICT.fullmatch(sentence.text) and sentence.end <= best.start), None
    )
    if first is None:
        return draft
    plain = replace(statement, text=statement.text.removeprefix("是的，"))
    if own_match(query_terms(asked), words.normal(query.text)) < _SAME_QUESTION:
        return replace(draft, statements=(plain, *draft.statements[1:]))
    return replace(draft, statements=(Statement(as_shown(first.text), (first,)), plain, *draft.statements[1:]))


_SAME_QUESTION = 0.5  # of what the question on the page says, in the one that is asked
_VERDICT = re.compile(
    r"(?:答[:：]\s*)?(?:不(?:能|可以?|行|需要|用|必|会|是|属于|算)|可以|能|需要|是的?|会|属于|有|没有|算)(?:的|够)?[。，,！!]"
)


def _judged(query: Query, units: Sequence[Unit], ranked: Sequence[Unit]) -> Draft | None:
    """Return what is decided or corrected of a question as a whole; NOT_TOLD where nothing answers, None to go on."""
    decided = decide.decided(query, ranked)
    if decided is not None:
        return decided
    often = frequency.corrected(query, ranked) if query.kind is Kind.YES_NO else ()
    if often:
        return Draft(often)
    return correct.corrected_count(query, units) if units else NOT_TOLD


def _statement(query: Query, unit: Unit) -> Draft:
    """Answer with the evidence itself, cut to the clauses that matter where it is long."""
    chained = with_its_parts(query, unit)
    limit = STATEMENT_CHARACTERS if chained is unit else _CHAIN_CHARACTERS
    text = (
        spelled_out(query, unit.sentence.text)
        or _in_gap(query, unit, chained)
        or _part_named(query, unit)
        or unsaid(query, window(query, concise(query, chained.text), limit))
    )
    statement = Statement(as_shown(text), (unit.sentence,))
    if query.asks_yes_no and query.kind is Kind.YES_NO:
        statement = _yes(query, unit, statement)
    asked = _MEANING.search(query.text)
    if asked and not _defines(unit.text, (asked.group(1) or asked.group(2)).strip(" “”《》「」的")):
        shown = replace(statement, text=f"文件没有给出定义，相关的表述是：{statement.text}")
        return Draft((shown,), status=Status.PARTIAL)
    return Draft((statement,))


def _in_gap(query: Query, unit: Unit, chained: Unit) -> str | None:
    """Return what stands where the question asks, with what belongs to it behind the semicolon that it ends at."""
    told = gap(query, unit.text)
    if told is None:
        return None
    if len(chained.text) > len(unit.text) and unit.text.rstrip("；; ").endswith(told):
        return chained.text[unit.text.rindex(told) :]
    return with_cases(query, unit.sentence.text, told)


def _part_named(query: Query, unit: Unit) -> str | None:
    """Return the part of a chained sentence that the question repeats (the second of three, asked for after a list)."""
    asked = _WHAT_IS.match(query.text)
    if asked is None:
        return None
    parts = [unit.text[start:end] for start, end in clauses(unit.text, "；;")]
    told = [part for part in parts if asked.group(1) in part]
    if len(told) != 1 or told[0] == unit.sentence.text:
        return None
    place = told[0].find(asked.group(1))
    return told[0][place:] if place == 0 or _LEADS.search(told[0][:place]) else None


_LEADS = re.compile(r"(?:即|包括|分别是|主要是|[：:]|[一二三四五六七八九十]是)\s*$")
_WHAT_IS = re.compile(r"(.{6,})是什么[?？]?$")
_MEANING = re.compile(
    r"(?:什么是|什么叫|何谓|何为|啥是|啥叫)(.+?)[?？。]*$|(.+?)(?:到底|究竟)?(?:是(?:个)?(?:什么|啥)意思|的(?:含义|定义)|是(?:一?个|一?种)(?:什么|啥))"
)
_LEAST_MODIFIER = 6  # characters before 的甲 that say what 甲 is


def _defines(text: str, name: str) -> bool:
    """Tell whether a text says what something is: 甲是指…, 甲即…, or …的甲."""
    if re.search(
        rf"是指|指的是|所称|以下称(?:为)?[“「]?{re.escape(name)}|{re.escape(name)}[”》」]?[，,]?(?:是|即|为)", text
    ):
        return True
    return text.find(f"的{name}") >= _LEAST_MODIFIER


_YES_COVERAGE = 0.72
_YES_ADJACENT = 0.5  # of the neighbouring words
_RELATES = re.compile(r"以.{1,12}为|作为|体现|反映|由.{1,12}(?:负责|组织|实施)|归.{1,8}管")
_NEGATIVE = re.compile(
    r"不(?!断|仅|但|同|久|少于|低于)|未(?!来)|没有|没(?=[收发给])|无(?!论|缝|障)|非(?!常|遗)|禁|除外|取消|停止|免(?!费|试)|可能性?(?:极|很|较)?(?:小|低)|几乎|罕见"
)
_YES_NO_FORM = re.compile(
    r"有没有|是不是|能不能|在不在|给不给|管不管|算不算|属不属于|会不会|要不要|可不可以|[不没][?？]?$|对不对|没错"
)
_ITEM = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,2}[)）、.．]|[①-⑳])")


# 「要申请吗」 is told by what speaks of applying, whatever else a sentence says.
_DUTY = re.compile(
    r"(?:要不要|需不需要|用不用|需要|必须|(?<![只还])要|用|得)(?:自己|本人|再|另外|先)?([\u4e00-\u9fff]{2,4})[吗么嘛不]?[?？。]*$"
)


_AUTHORITY = re.compile(r"国务院|中共中央|党中央|政府|市委|省委")  # whose general office is another body


def _says_so(query: Query, unit: Unit) -> bool:
    """Tell whether a sentence has every telling word of a question, and where it relates things, beside each other as they stand there.

    「以企业为主体、院校为基础」 has all the words of 「以企业为基础、院校为主体」.
    """
    if any(term.word not in words.generic_words() for term in unit.missing):
        return False
    duty = _DUTY.search(query.text)
    if duty and not any(match(term, unit.text) for term in query.terms if term.word in duty[1]):
        return False
    if any(f"{name}办公" in unit.text and f"{name}办公" not in query.text for name in _AUTHORITY.findall(query.text)):
        return False
    return not (_ordinals(query.text) - _ordinals(unit.text)) and (
        not _RELATES.search(query.text) or adjacent(query.terms, unit.text) >= _YES_ADJACENT
    )


def _ordinals(text: str) -> set[str]:
    return set(re.findall(r"[首第][一二三四五六七八九十\d]*[次个批期届]", text))


def _yes(query: Query, unit: Unit, statement: Statement) -> Statement:
    """Say 是的 where the evidence has nearly all the question says; otherwise let it speak for itself."""
    told = "".join((unit.sentence.headings or ("",))[-1:]) + unit.sentence.text
    if not has_stated(query, unit.text) or unit.coverage < _YES_COVERAGE or _NEGATIVE.search(told):
        return statement
    if not _says_so(query, unit):
        return statement
    if _NEGATIVE.search(_YES_NO_FORM.sub("", query.text)) or unit.has_parts or unit.text != unit.sentence.text:
        return statement
    if _ITEM.match(unit.text) or not re.search(r"[。！!]$|[^；;，,、]$", unit.text):
        return statement  # an item says nothing without the line that leads its list in
    return replace(statement, text=f"是的，{statement.text}")


def window(query: Query, text: str, limit: int = STATEMENT_CHARACTERS) -> str:
    """Return the whole text where it is short, else the run of clauses within the limit that matches best.

    A run that begins where a part between semicolons does is readable by itself: it comes before one that matches little more.
    """
    if len(text) <= limit:
        return text
    parts = clauses(text)
    openings = {start for start, _ in clauses(text, "；;")}
    runs = list(_runs(query, text, parts, limit))
    best = max(runs, default=(0.0, 0, 0), key=lambda run: run[0])
    whole = max((run for run in runs if run[1] in openings), default=best, key=lambda run: run[0])
    _, start, end = whole if whole[0] >= _READABLE * best[0] else best
    return text[start:end] or text[parts[0][0] : parts[0][1]]


def _runs(query: Query, text: str, parts: Sequence[tuple[int, int]], limit: int) -> Iterator[tuple[float, int, int]]:
    """Yield (match, start, end) of the runs of clauses within a limit, the earlier and the shorter first."""
    weights = [own_match(query.terms, text[start:end]) for start, end in parts]
    for first, (start, _) in enumerate(parts):
        total = 0.0
        for weight, (_, end) in zip(weights[first:], parts[first:], strict=True):
            if end - start > limit:
                break
            total += weight - _CLAUSE_COST
            yield total, start, end
