"""Whether something belongs to a list that the documents give: 「重点群体包括退役军人吗？」, 「农民工算重点群体吗？」."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.answer import Status
from assistant.draft import Draft, Statement
from assistant.understand import Query
from knowledge import words

_HAS = re.compile(
    r"^(?P<kind>[^，,。]{2,16}?)(?:里面?|中|当中)?(?:是否|是不是|有没有|都)?(?:包括|包含|含有?)(?:了)?(?P<item>[^，,。吗么没?？]{2,14}?)(?:在内)?(?:吗|么|没有?)?[?？。]*$"
)
_IS = re.compile(
    r"^(?P<item>[^，,。]{2,14}?)(?:是不是|是否|算不算|算是?|属不属于|属于|也是|也算)(?:属于|一?种|一?类)?(?P<kind>[^，,。吗么?？]{2,16}?)(?:之一|的一种|的一类)?(?:吗|么)?[?？。]*$"
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,3}?[省市县区州](?=[\u4e00-\u9fff]{2})")
_ASKS = re.compile(r"哪|什么|谁|多少|几|怎|如何")


@dataclass(frozen=True, slots=True)
class Membership:
    """Asks whether ``item`` is one of ``kind``."""

    kind: str
    item: str


def asked(query: Query) -> Membership | None:
    """Return what a yes/no question asks the membership of; None where it asks something else."""
    if not query.asks_yes_no or _ASKS.search(query.text):
        return None
    told = _HAS.match(query.text) or _IS.match(query.text)
    return (
        Membership(_PLACE.sub("", told["kind"]).strip("的"), _PLACE.sub("", told["item"]).strip("的")) if told else None
    )


def decided(
    membership: Membership, variants: Callable[[str], frozenset[str]], answer: Callable[[str], Draft]
) -> Draft | None:
    """Return whether the list of the kind has the item, with the list; None where the documents give no such list.

    ``variants`` gives what else a word may be called. A list that ends in 等 does not exclude what it does not name.
    """
    listed = answer(f"{membership.kind}包括哪些？")
    items = [statement for statement in listed.statements if statement.is_item]
    if listed.status is not Status.ANSWERED or not items:
        return None
    evidence = items[0].evidence
    around = words.normal("".join(sentence.text + "".join(sentence.headings[-1:]) for sentence in evidence))
    if not _says(membership.kind, around, lambda word: frozenset({words.normal(word)})):
        return None  # a list of something else
    named = next((item for item in items if _says(membership.item, words.normal(item.text), variants)), None)
    repeats = (membership.item, membership.kind)
    if named is not None:
        first = Statement(f"是的，{membership.kind}包括{named.text}", named.evidence, repeats=repeats)
        return Draft((first,))
    if _says(membership.item, around, variants):
        return None  # it is spoken of beside the list: let the sentence speak for itself
    first = Statement(f"文件列出的{membership.kind}里没有提到{membership.item}", evidence, repeats=repeats)
    return Draft((first, *items))


def _says(name: str, text: str, variants: Callable[[str], frozenset[str]]) -> bool:
    """Tell whether a text has a name, one of the words it may be called by, or all of its words."""
    if any(word in text for word in variants(name)):
        return True
    own = [word for word in words.words(name) if word not in words.stop_words()]
    return bool(own) and all(any(other in text for other in variants(word)) for word in own)
