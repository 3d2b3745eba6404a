"""What a name in quotes stands for, where the text spells it out: 「做到“三必问”，即问清户籍、…」, 「优先审单、优先查验、优先放行“三优先”」."""

from __future__ import annotations

import re

from assistant.kinds import Kind
from assistant.understand import Query
from knowledge import words

_KINDS = {Kind.WHAT, Kind.LIST}
_ASKS = re.compile(r"(?:的)?(?:具体|主要)?(?:内容|意思|含义)?(?:是|指|包括|有)(?:的是)?(?:什么|啥|哪)")
_BEHIND = re.compile(
    r"[”」』]?\s*(?:[，,]\s*(?:即|就是|包括|具体是|具体为|分别是|分别为)|[：:]|——|是指|指的是)\s*([^。！？\n]{4,200})"
)
_ITEMS = re.compile(r"((?:[^，,。；;：:、“”]{2,30}、)+[^，,。；;：:、“”等]{2,14})(?:等)?(?:的)?$")


def spelled_out(query: Query, text: str) -> str | None:
    """Return what a text says a name of the question stands for; None where it does not spell it out."""
    if query.kind not in _KINDS or not _ASKS.search(query.text):
        return None
    for name in query.names:
        place = text.find(name)
        if place < 0:
            continue
        behind = _BEHIND.match(text, place + len(name))
        if behind is not None:
            return behind[1].strip("；; ")
        before = _ITEMS.search(text[:place].rstrip("“「『"))
        if before is not None:
            return _alike(before[1])
    return None


def _alike(items: str) -> str | None:
    """Return items that begin with one word, the first without what stands before it; None where they do not."""
    first, *rest = items.split("、")
    head = words.tokens(rest[0])[0]
    if head not in first or not all(item.startswith(head) for item in rest):
        return None
    return "、".join((first[first.rindex(head) :], *rest))
