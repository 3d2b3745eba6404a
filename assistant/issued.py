"""Questions about documents: what was issued when and by whom, which came first, all of it in order of time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.draft import NOT_TOLD, Draft, Statement
from assistant.evidence import Sentence
from assistant.kinds import Kind
from assistant.mentions import DOCUMENT_NOUN, Told, bodies, by_document, mentioned, merged_key, told_in
from assistant.understand import Query
from knowledge import words
from knowledge.document import Document
from knowledge.history import Event, title_key
from knowledge.values import years

_ASKS_ISSUER = re.compile(r"印发|发文|出台|发布|颁布|制定|下发|发的|出的|公布|谁发|谁出|哪.{0,4}发|哪.{0,4}出")
_NOUN = r"(?:文件|意见|方案|规划|通知|办法|条例|规定|计划|纲要|政策)"
_ASKS_DOCUMENTS = re.compile(
    r"(?:印发|发布|出台|颁布|制定|下发|发)(?:了|过|的)?(?:什么|啥|哪些|几|是什么|是哪)"
    rf"|(?:什么|啥|哪一?[些个份部项]?|几[个份部项]|多少[个份部项]?)[\u4e00-\u9fff]{{0,12}}{_NOUN}\s*(?:呢|呀|啊|吗)?[?？。]*$"
    rf"|(?!(?:政策|规定|办法|计划)(?:都|主要)?[是为](?:什么|啥)){_NOUN}(?:都|主要|分别)?(?:有|是|包括|叫|为)(?:做)?(?:哪|什么|啥)"
    rf"|(?:列出|列举|介绍).{{0,16}}{_NOUN}[?？。]*$|^(?:19|20)\d{{2}}年?的?[\u4e00-\u9fff]{{0,8}}{_NOUN}[?？。]*$"
)
_ISSUING_BODY = re.compile(
    r"(?:^|年|[，,。 ])([\u4e00-\u9fff]{1,12}(?:部|委|局|厅|署|院|办|政府|委员会))(?:都|还|曾|联合|又)?(?:印发|发布|出台|颁布|制定|下发)"
)
_ASKS_EFFECT = re.compile(r"施行|实施|生效|执行|起效|废止|失效|有效|截止|到期|结束|开始|截至|申[请领报]|办理|完成")
_TO_COME = re.compile(r"(?:预计|计划|拟|将)[^，,。；;]{0,8}\d{4}年")
_OF_YEAR = re.compile(r"((?:19|20)\d{2})年的?(?:那[个份部项])?(意见|方案|规划|通知|办法|条例|规定|计划|纲要)")
_ASKS_SPAN = re.compile(r"哪一?年到哪一?年|从哪一?年|哪几年|起止|期限|到哪年|管几年|实施期|哪些年|几年的|时间范围|覆盖")
_SPAN = re.compile(r"(?:19|20)\d{2}\s*年?\s*[—–~～至到-]+\s*(?:19|20)\d{2}\s*年")
_EDGES = "《》“”\"'（）() "


def answer(query: Query, documents: Sequence[Document]) -> Draft | None:
    """Answer a question about issued documents; None where it is not one, or events do not decide it."""
    told = told_in(documents)
    if not told:
        return None
    if query.kind is Kind.CHRONOLOGY:
        return _with_variants(_chronology(query, told), told, ())
    named = mentioned(query, told)
    if query.kind is Kind.ORDER:
        return _order(query, told, named)
    if not named and (query.asks_yes_no or query.kind is Kind.WHO):
        named = _by_year(query, told)
    if len(named) == 1:
        return _with_variants(_about_one(query, named[0]), told, named[0])
    if not named and query.kind in {Kind.LIST, Kind.WHAT, Kind.WHO, Kind.STATEMENT, Kind.COUNT}:
        return _with_variants(_of_years(query, told), told, ())
    return None


def _by_year(query: Query, told: Sequence[Told]) -> list[list[Told]]:
    """Return the document that 「2019年的方案」 means: the only one of the year whose title has the noun."""
    asked = _OF_YEAR.search(query.text)
    if asked is None:
        return []
    groups = by_document([item for item in told if item.event.year == int(asked[1]) and asked[2] in item.event.title])
    return list(groups.values()) if len(groups) == 1 else []


def _with_variants(draft: Draft | None, told: Sequence[Told], named: Sequence[Told]) -> Draft | None:
    """Say where the texts write the title of a document that is answered with, or about, in another way."""
    if draft is None or not draft.statements:
        return draft
    said = "".join(statement.text for statement in draft.statements)
    notes = []
    for group in by_document(told).values():
        ways = {title_key(item.event.title): item for item in reversed(group)}
        shown = next((item for item in group if item.event.title in said), None)
        if len(ways) > 1 and (shown or group[0] in named):
            first = shown or group[0]
            others = [item for key, item in ways.items() if key != title_key(first.event.title)]
            is_plain = shown is not None and len(draft.statements) == 1  # which document is meant
            text = f"{'' if is_plain else first.event.title}另一处写作{'、'.join(item.event.title for item in others)}"
            cited = others if is_plain else (first, *others)
            notes.append(Statement(text, tuple(item.sentence for item in cited)))
    return replace(draft, statements=(*draft.statements, *notes))


def _chronology(query: Query, told: Sequence[Told]) -> Draft | None:
    chosen = [item for item in told if item.event.year and item.event.title]
    if query.period or len(query.years) <= 2:  # noqa: PLR2004
        chosen = [item for item in chosen if query.fits(item.event.year)]
    else:
        chosen = [item for item in chosen if item.event.year in query.years]
    chosen = _distinct(sorted(chosen, key=lambda item: item.event.year))
    if len(chosen) < 2:  # noqa: PLR2004
        return None
    return Draft(
        tuple(Statement(_line(item.event), (item.sentence,), is_item=True) for item in chosen), lead="按时间顺序"
    )


def _line(event: Event) -> str:
    issuer = f"{event.issuer}印发" if event.issuer else ""
    return f"{event.date}：{issuer}{event.title}" if event.date else f"{issuer}{event.title}"


def _distinct(items: Sequence[Told]) -> list[Told]:
    known: dict[str, list[Told]] = {}
    found = []
    for item in items:
        key = merged_key(title_key(item.event.title), known)
        if key not in known:
            known[key] = []
            found.append(item)
    return found


def _order(query: Query, told: Sequence[Told], named: Sequence[Sequence[Told]]) -> Draft | None:
    groups = [group for group in named if any(item.event.year for item in group)]
    last = re.search(r"最晚|最新|最近|(?:更|比较)晚|哪.{0,2}晚|哪.{0,2}后", query.text) is not None
    if len(groups) > 1:
        items = [next(item for item in group if item.event.year) for group in groups]
    elif DOCUMENT_NOUN.search(query.text) and not named:
        items = _distinct([item for item in told if item.event.year])
    else:
        return None
    if not items:
        return None
    items = sorted(items, key=lambda item: item.event.year, reverse=last)
    first, rest = items[0], items[1:] if len(groups) > 1 else []
    ahead = Statement(
        f"{first.event.title}{'较晚' if last else '在先'}，{_when_by(first.event)}" if rest else _line(first.event),
        (first.sentence,),
    )
    return Draft((ahead, *(Statement(f"{item.event.title}{_when_by(item.event)}", (item.sentence,)) for item in rest)))


def _when_by(event: Event) -> str:
    return f"{event.date}{'由' + event.issuer if event.issuer else ''}印发"


def _about_one(query: Query, items: Sequence[Told]) -> Draft | None:
    """Answer when, by whom, or whether, of one document that the question names."""
    dated = next((item for item in items if item.event.date), None)
    issued = next((item for item in items if item.event.issuer), None)
    asks_issuer = _ASKS_ISSUER.search(query.text) is not None
    if query.kind is Kind.WHEN and _ASKS_SPAN.search(query.text):
        span = next((item for item in items if _SPAN.search(item.event.title)), None)
        if span is None:
            return None
        match = _SPAN.search(span.event.title)
        return Draft((Statement(match.group() if match else "", (span.sentence,)),))
    if query.kind is Kind.WHEN and (asks_issuer or not _ASKS_EFFECT.search(query.text)):
        if dated is None and any(_TO_COME.search(item.sentence.text) for item in items):
            return None
        return Draft((Statement(dated.event.date, _telling(items, dated)),)) if dated else NOT_TOLD
    if (
        query.kind is Kind.WHO or (query.kind is Kind.LIST and re.search(r"机关|部门|单位|机构", query.text))
    ) and asks_issuer:
        if issued is None:
            return NOT_TOLD
        if _asks_others(query, issued.event):
            return NOT_TOLD
        return _corrected(query, items, Draft((Statement(issued.event.issuer, _telling(items, issued)),)))
    if query.asks_yes_no and asks_issuer and (dated or issued):
        return _confirm(query, items, dated, issued)
    return None


def _telling(items: Sequence[Told], chosen: Told) -> tuple[Sentence, ...]:
    """Return the sentence that tells an event and, where another tells the same, that one too."""
    same = [
        item.sentence
        for item in items
        if item.event.date == chosen.event.date and item.event.issuer == chosen.event.issuer and item is not chosen
    ]
    return (chosen.sentence, *same[:1])


def _asks_others(query: Query, event: Event) -> bool:
    """Tell whether the bodies besides the named one are asked for and the text only counts them (甲等四部门)."""
    return query.asks_others and re.search(r"等.{0,3}(?:部门|单位|机构)", event.issuer) is not None


def _wrong_year(query: Query, items: Sequence[Told]) -> tuple[int, Told] | None:
    dated = [item for item in items if item.event.year]
    in_titles = {year for item in items for year in years(item.event.title)} | {
        year for title in query.titles for year in years(title)
    }
    asked = [year for year in query.years if year not in in_titles]
    if asked and dated and asked[0] not in {item.event.year for item in dated}:
        return asked[0], dated[0]
    return None


def _corrected(query: Query, items: Sequence[Told], draft: Draft) -> Draft:
    """Put the right year first where the question takes a wrong one for granted."""
    wrong = _wrong_year(query, items)
    if wrong is None:
        return draft
    year, item = wrong
    text = f"文件记载{item.event.title}为{item.event.date}印发，不是{year}年"
    return replace(draft, statements=(Statement(text, (item.sentence,), repeats=(f"{year}年",)), *draft.statements))


_BODY = re.compile(
    r"(?:是|由|为|被)?([\u4e00-\u9fff、]{2,20}?)(?:联合|共同|正式|单独)?(?:印发|发布|出台|颁布|制定|下发|发的|出的|公布)"
)


def _confirm(query: Query, items: Sequence[Told], dated: Told | None, issued: Told | None) -> Draft | None:
    """Say 是 or correct the year or the body that a yes/no question names."""
    wrong = _wrong_year(query, items)
    if wrong is not None:
        year, item = wrong
        text = f"不是。文件记载为{item.event.date}，不是{year}年"
        return Draft((Statement(text, (item.sentence,), repeats=(f"{year}年",)),))
    if re.search(r"不是(?!.*是不是)|没有?(?:印发|发布|出台)|未(?:印发|发布)", query.text):
        shown = dated or issued
        return Draft((Statement(_line(shown.event), (shown.sentence,)),)) if shown else None
    right_year = dated is not None and query.years and dated.event.year in query.years
    if dated is not None and right_year and not _named_body(query, issued):
        return Draft((Statement(f"是。{_line(dated.event)}", (dated.sentence,)),))
    name = _named_body(query, issued)
    if issued is None or not name:
        return None
    named = set(bodies(issued.event.issuer))
    if name in named or name == issued.event.issuer:
        return Draft((Statement(f"是。{_line(issued.event)}", (issued.sentence,)),))
    return Draft(
        (Statement(f"不是。文件记载由{issued.event.issuer}印发，不是{name}", (issued.sentence,), repeats=(name,)),)
    )


def _named_body(query: Query, issued: Told | None) -> str:
    """Return the body that a yes/no question takes for the one that issued a document; empty where it names none."""
    outside = re.sub(r"《[^》]*》", "", query.text)
    body = _BODY.search(re.sub(r"(?:19|20)\d{2}年", "", outside.rsplit("是", 1)[-1])) if issued else None
    return body.group(1).strip(_EDGES) if body else ""


def _of_years(query: Query, told: Sequence[Told]) -> Draft | None:
    """Answer what was issued in a year, by a body where the question names one, or in all years by a body."""
    asked, stranger = _asked_bodies(query, told)
    if not _ASKS_DOCUMENTS.search(query.text) or not (query.years or (asked and _asks_nothing_else(query, asked))):
        return None
    chosen = list(told)
    if query.years:
        chosen = [item for item in told if item.event.year and query.fits(item.event.year)]
    if not chosen or stranger:
        return NOT_TOLD
    if asked:
        by_body = [item for item in chosen if any(body in bodies(item.event.issuer) for body in asked)]
        if not by_body:
            return _corrected_body(chosen, asked[0])
        chosen = by_body
    chosen = _distinct(chosen)
    if query.kind is Kind.WHO:
        return Draft(tuple(Statement(item.event.issuer or item.event.title, (item.sentence,)) for item in chosen))
    if len(chosen) == 1:
        return Draft((Statement(chosen[0].event.title, (chosen[0].sentence,)),))
    return Draft(tuple(Statement(item.event.title, (item.sentence,), is_item=True) for item in chosen), lead="包括")


def _asks_nothing_else(query: Query, asked: Sequence[str]) -> bool:
    """Tell whether a question says no more than that a body issued documents."""
    return all(
        term.word in words.generic_words()
        or _ASKS_ISSUER.search(term.word)
        or DOCUMENT_NOUN.search(term.word)
        or any(word in body or body.startswith(word) for body in asked for word, _ in term.variants)
        for term in query.terms
    )


def _asked_bodies(query: Query, told: Sequence[Told]) -> tuple[list[str], str]:
    """Return the issuing bodies of the texts that a question names, in full or in short, and one it names besides."""
    called = {word for term in query.terms for word, _ in term.variants}
    known = {name for item in told for name in bodies(item.event.issuer)}
    asked = [
        body
        for body in sorted(known, key=len, reverse=True)
        if body in query.text or body in called or re.split(r"等.{0,3}(?:部门|单位)", body)[0] in called
    ]
    asked = [body for number, body in enumerate(asked) if not any(body in longer for longer in asked[:number])]
    issuing = _ISSUING_BODY.search(query.text)
    stranger = issuing.group(1) if issuing and not asked else ""
    return asked, stranger


def _corrected_body(chosen: Sequence[Told], asked: str) -> Draft:
    lines = [
        Statement(f"文件记载{_line(item.event)}，不是{asked}", (item.sentence,), repeats=(asked,))
        for item in _distinct(chosen)
        if item.event.issuer
    ]
    return Draft(tuple(lines)) if lines else NOT_TOLD
