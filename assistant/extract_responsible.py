"""Who is responsible, where a plan says so behind the measure: 「建设助餐点。…（责任单位：市民政局）」."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import gate
from assistant.draft import Draft, Statement, as_shown
from assistant.evidence import Sentence, Unit, match
from assistant.understand import Query
from knowledge import words

_LEAST = 0.6  # of the question's weight but for the words that ask, in the line
_ASKED = re.compile(
    r"归(?:谁|哪)|谁(?:来|去)?(?:负责|管|牵头|建|抓|落实|主管|实施)|(?:哪|什么|啥)(?:一?[个家些几])?(?:部门|单位|机构)(?:来)?(?:负责|牵头|管|主管|落实|实施|承担)?"
    r"|由(?:谁|哪)|(?:责任|牵头)(?:单位|部门)"
)
_TOLD = re.compile(
    r"[（(\[【]?(?P<label>(?:牵头|责任|负责|主管|实施|落实|配合)(?:责任)?(?:单位|部门|处室|科室))[：:]\s*(?P<who>[^）)\]】\n；;。]{2,80})"
)
_DUTY = re.compile(r"负责|牵头|管|主管|承担|落实|实施|组织|部门|单位|机构|建|责任")


def responsible(query: Query, units: Sequence[Unit], library: gate.Library) -> Draft | None:
    """Answer with the body that is named behind the measure asked about; None where no line on it names one."""
    if query.wanted is not None or query.asks_yes_no or not _ASKED.search(query.text):
        return None
    subject = [term for term in query.terms if not _DUTY.fullmatch(term.word) and len(term.word) > 1]
    total = sum(term.weight for term in subject)
    best: tuple[float, Sentence, re.Match[str]] | None = None
    for unit in units:
        text = library.document(unit.sentence.doc_id).text
        start = text.rfind("\n", 0, unit.start) + 1
        stop = text.find("\n", unit.end)
        line = text[start : stop if stop >= 0 else len(text)]
        told = _TOLD.search(line, unit.start - start)
        if told is None or not total:
            continue
        score = sum(term.weight * match(term, line[: told.start()]) for term in subject) / total
        if score >= _LEAST and (best is None or score > best[0]):
            best = score, _cited(unit, start, line), told
    return None if best is None else _draft(query, best[1], best[2])


def _cited(unit: Unit, start: int, line: str) -> Sentence:
    one = unit.sentence
    return Sentence(one.doc_id, one.title, one.headings, start, start + len(line), line, "", one.score)


def _draft(query: Query, cited: Sentence, told: re.Match[str]) -> Draft:
    """Say who is named; of those that lead and those that help, who leads where that is asked."""
    every = list(_TOLD.finditer(cited.text, told.start()))
    leads = [one for one in every if one["label"].startswith("牵头")]
    asks_lead = re.search(r"牵头", words.normal(query.text)) is not None
    chosen = leads if leads and asks_lead else every
    text = "；".join(f"{one['label']}：{as_shown(one['who'])}" for one in chosen)
    return Draft((Statement(text, (cited,)),))
