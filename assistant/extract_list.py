"""Lists asked for: the enumeration whose label is what the question asks for, or the titles in the evidence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from assistant import item_types
from assistant.draft import NOT_TOLD, Draft, Statement, as_shown
from assistant.evidence import Sentence, Unit, near_best, own_match
from assistant.kinds import Kind
from assistant.lists import Listing, head, listings
from assistant.understand import Query
from knowledge.values import ValueType, to_number, values

_AMOUNTS = {ValueType.MONEY, ValueType.SHARE}
_BESIDE_AMOUNT = 4  # characters: 每人每天300元
_LABEL_CHARACTERS = 16
_CUE_CHARACTERS = 10
_LABEL_SHARE = 0.3
_STRONG_LABEL = 0.8
_ANNOUNCED = 1.0  # 四个机制，即甲；乙；丙；丁
_LABEL_REACH = 0.35  # a list may be this much weaker evidence than the best, where its label fits fully
_LONG_ITEM = 40  # characters
_LEAST_COUNTED = 0.5  # of the best evidence
_COUNT = re.compile(r"[一二两三四五六七八九十\d]+[个类种项大条家]?")
_COUNTS_OTHER = re.compile(
    r"[两三四五六七八九十\d][个类种项大条][\u4e00-\u9fff]{2,8}[，,：:]?(?:即)?$"
)  # 四个机制，即…
_OF_KIND, _LEAST_OF_KIND, _MANY = 0.8, 0.5, 3  # so many items of a kind are a list of it
# 「数字技能培训有什么安排」 asks for what is said of the training, not for a list of trainings.
_VAGUE = re.compile(r"安排|部署|规定|说法|情况|动作|打算|进展|考虑|讲究|好处|用|作用|意义")
_COMPOUND = 4  # characters; the last two of so many name the kind of thing
_LABEL_REST = 8  # characters between the last item and the noun that names the items


def listing(query: Query, units: Sequence[Unit]) -> Draft | None:
    """Answer with the list whose label (the words round it) is what the question asks for."""
    counts = [value.number for value in query.premises if value.number and value.type is ValueType.COUNT]
    count = next((int(number) for number in counts if math.isfinite(number)), 0)
    if query.kind is not Kind.LIST and not count:
        return None
    best = max(_labelled(query, units, count), key=lambda scored: scored[0], default=None)
    if best is None:
        return _miscounted(query, units, count) if count > 1 else None
    _, found, unit = best
    told = items(found, unit.sentence)
    if query.asks_others:
        told = [item for item in told if item.text not in query.text]
    return Draft(tuple(told), lead="包括") if told else NOT_TOLD


def _miscounted(query: Query, units: Sequence[Unit], count: int) -> Draft | None:
    """Correct the number of things a question counts, where a whole list of such things has another."""
    for unit in units:
        for found in listings(unit.sentence.text) if unit.score >= _LEAST_COUNTED * units[0].score else ():
            is_whole = len(found.items) > 1 and not found.after.startswith("等")
            named = max((_named(query, noun, found) for noun in query.focus), default=0.0)
            if is_whole and _touches(found, unit) and named >= _STRONG_LABEL and len(found.items) != count:
                premise = next(value for value in query.premises if value.number == count)
                told = items(found, unit.sentence)
                return Draft(tuple(told), lead=f"文件列出的不是{premise.text}，而是")
    return None


def _labelled(query: Query, units: Sequence[Unit], count: int) -> Iterator[tuple[float, Listing, Unit]]:
    """Yield (score, list, unit) of the lists whose label answers to the question."""
    for unit in units:
        for found in listings(unit.sentence.text):
            label = _label_match(query, found, count) if _touches(found, unit) and not _are_amounts(found) else 0.0
            if label > 0 and unit.score >= (1 - _LABEL_REACH * label) * units[0].score:
                around = re.split(r"[，,；;。]", found.before)[-1] + "、".join(found.items) + found.after
                yield unit.score + _LABEL_SHARE * (label + own_match(query.terms, around)), found, unit


def _are_amounts(listing: Listing) -> bool:
    """Tell whether all items are amounts: 「分别给予每人300元、200元补助」 tells them of several cases, and lists nothing."""
    told = [(len(item), [value for value in values(item) if value.type in _AMOUNTS]) for item in listing.items]
    return all(len(found) == 1 and length - len(found[0].text) <= _BESIDE_AMOUNT for length, found in told)


def _touches(listing: Listing, unit: Unit) -> bool:
    """Tell whether a list lies in a unit; one of chained parts begins in it."""
    if unit.has_parts and not listing.chained:
        return False  # it belongs to the part it stands in
    start = unit.start - unit.sentence.start
    end = start + len(unit.text)
    return start <= listing.start < end if listing.chained else start <= listing.start and listing.end <= end


def _label_match(query: Query, listing: Listing, count: int) -> float:
    """Return how well the words round a list name what the question asks for (0..1)."""
    if any(len(item) > 1 and item in query.text for item in listing.items) and not query.asks_others:
        return 0.0  # what the question says already is no answer to it
    if count:
        around = listing.before[-_LABEL_CHARACTERS:] + listing.after
        named = any(_has(query, noun, around) or _named(query, noun, listing) for noun in _nouns(query))
        is_other = _COUNTS_OTHER.search(listing.before) is not None and not named
        fits = len(listing.items) == count and (named or (listing.chained and not is_other))
        return (0.6 + 0.4 * named) if fits else 0.0
    label = _named_by_focus(query, listing)
    if not label and query.asked and item_types.share(query.asked, listing.items) == 0:
        return 0.0  # of another kind than is asked for
    cued = bool(query.cue) and _has(query, query.cue, re.split(r"[，,；;。]", listing.before)[-1][-_CUE_CHARACTERS:])
    if listing.chained:
        return label if label >= _STRONG_LABEL else 0.0
    return min(1.0, label + 0.3 * cued) if label else 0.5 * cued


def _named_by_focus(query: Query, listing: Listing) -> float:
    """Return how surely a list is of what is asked for; of people, papers and bodies the items themselves show it."""
    asked = query.focus[:1] if _VAGUE.fullmatch("".join(query.focus[:1])) else query.focus
    label = max((_named(query, noun, listing) for noun in asked), default=0.0)
    kind = item_types.share(query.asked, listing.items) if query.asked else None
    if kind is None:
        return label
    own = max(_named(query, noun, listing) for noun in (query.asked, query.focus[0]))
    if kind < _LEAST_OF_KIND:
        return own
    return max(own, kind if len(listing.items) >= _MANY else _OF_KIND * kind)


def _nouns(query: Query) -> tuple[str, ...]:
    nouns = query.focus or tuple(term.word for term in query.terms)
    return tuple(noun for noun in nouns if not _COUNT.fullmatch(noun))


def _named(query: Query, noun: str, listing: Listing) -> float:
    """Return how surely a noun names the kind of thing that the items of a list are."""
    if len(noun) < 2:  # noqa: PLR2004
        return 0.0
    if not listing.chained and all(_ends_like(item, noun) for item in listing.items):
        return 0.9
    after = re.sub(r"^(?:等|的|为|作为|各类|这|主要|多种|几)+", "", re.split(r"[，,；;。、]", listing.after)[0])
    before = re.sub(r"(?:主要|分别)?(?:包括|包含|有|是|为|即|如下|分为)?[:：，,]?$", "", listing.before)
    if _is_announced((noun, noun[-2:]) if len(noun) >= _COMPOUND else (noun,), listing):
        return _ANNOUNCED
    best = 0.0
    for word in _variants(query, noun):
        share = 1.0 if word == noun else 0.7
        if _is_announced((word,), listing):
            return _ANNOUNCED * share
        if after.startswith(word) or (after.endswith(word) and len(after) <= len(word) + _LABEL_REST):
            best = max(best, 0.9 * share)
        elif before.endswith(word):
            best = max(best, 0.8 * share)
    return best


def _is_announced(nouns: Sequence[str], listing: Listing) -> bool:
    """Tell whether a list is led in by its number and one of some nouns (三类培训，即…)."""
    told = re.search(
        rf"([两三四五六七八九十\d]+)[个类种项大条](?:主要|重点)?(?:{'|'.join(map(re.escape, nouns))})[，,：:]?(?:即)?$",
        listing.before,
    )
    return told is not None and to_number(told.group(1)) == len(listing.items)


def _variants(query: Query, noun: str) -> list[str]:
    """Return a noun of the question and what else the documents may call it."""
    return [noun, *(word for term in query.terms if noun in term.word for word, _ in term.variants)]


def _has(query: Query, noun: str, text: str) -> bool:
    return len(noun) > 1 and any(word in text for word in _variants(query, noun))


def _ends_like(item: str, noun: str) -> bool:
    return item.endswith(noun) and len(item) > len(noun)


def items(listing: Listing, sentence: Sentence) -> list[Statement]:
    """Return a list as statements; of a long chained item its leading words."""
    texts = [head(item) if listing.chained and len(item) > _LONG_ITEM else item for item in listing.items]
    return [Statement(as_shown(text), (sentence,), is_item=True) for text in texts]


def is_plural(query: Query) -> bool:
    """Tell whether several things are asked for: 哪种属性 asks for one, 哪几种属性 for several."""
    return (
        re.search(r"哪一?(?:[种类项支只个份]|方面)(?![\u4e00-\u9fff]*哪)", query.text) is None
        or re.search(r"哪[些几]|分别", query.text) is not None
    )


_TITLE_ASKED = re.compile(
    r"(?:什么|哪[些个份部项]?|哪一[份个部项])(?:[\u4e00-\u9fff]{0,6})(?:文件|意见|方案|规划|通知|办法)"
)


def asks_title(query: Query) -> bool:
    """Tell whether the name of a document is asked for."""
    return _TITLE_ASKED.search(query.text) is not None


def titles(units: Sequence[Unit]) -> Draft | None:
    """Return the titles that the best evidence names; None where it names none."""
    for unit in near_best(units):
        found = [value.text for value in values(unit.text) if value.type is ValueType.TITLE]
        if len(found) == 1:
            return Draft((Statement(found[0], (unit.sentence,)),))
        if found:
            return Draft(tuple(Statement(title, (unit.sentence,), is_item=True) for title in found), lead="包括")
    return None
