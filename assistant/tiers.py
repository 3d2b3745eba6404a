"""Sentences that tell a value for each of several cases or tiers, so that only the whole of them answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.evidence import own_match
from assistant.limits import limits, measured
from assistant.understand import Query
from knowledge.sentences import clauses
from knowledge.values import Value, values

_CASES, _ALIKE = 3, 0.1
_REACH = 16  # characters between a tier and its value


def is_by_case(query: Query, text: str, wanted: Sequence[Value]) -> bool:
    """Tell whether a sentence tells a value for each of three cases or more, of which the question names none.

    ``wanted`` are its values of the type asked for: 「甲补贴三分之二；乙补贴二分之一；丙补贴40%」.
    """
    spans = clauses(text, "；;")
    told = [(start, end) for start, end in spans if any(start <= value.start < end for value in wanted)]
    if len(told) < _CASES or query.years:
        return False
    parts = [text[start:end] for start, end in told]
    fits = [own_match(query.terms, re.split(r"[：:]", part)[-1]) for part in parts]
    return max(fits) - min(fits) <= _ALIKE


def is_by_tier(query: Query, text: str, wanted: Sequence[Value]) -> bool:
    """Tell whether a sentence tells a value for each of several tiers (60周岁以上…，80周岁以上…), none of which is asked about."""
    asked = {measure[0] for value in values(query.text) if (measure := measured(value)) is not None}
    tiers = {
        (limit.dimension, limit.start)
        for limit in limits(text)
        if limit.dimension not in asked and any(0 <= value.start - limit.end <= _REACH for value in wanted)
    }
    dimensions = [dimension for dimension, _ in tiers]
    return len(wanted) > 1 and any(dimensions.count(dimension) > 1 for dimension in dimensions)
