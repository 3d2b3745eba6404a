"""What the documents themselves are called after: the places of their titles and issuing bodies.

A dictionary knows 江西省, not every county: 「青沅市社会保险补贴实施办法」 and 「青沅市人力资源和社会保障局」 tell that 青沅市 is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.document import Document

_PLACE = re.compile(
    r"(?:^|[《\s　—、“（(省市县州]|关于(?:印发|开展|做好|公布|调整)?)([\u4e00-\u9fff]{2,3}?(?:省|市|自治[区州县旗]|地区|[县区州旗]|新区))"
    r"(?=[\u4e00-\u9fff（(“])(?![场民级域])"
)
_NO_PLACE = re.compile(
    r"^关于|[各全本该我省市县的和及在为是对将]|^(?:城|城乡|地|社|辖|园|片|校|厂|景|街|郊|小|灾|山|库|牧|林|农|工业|开发|高新|自贸|经济)$"
)
_QUOTED = re.compile(r"“([\u4e00-\u9fff]{2,8})”")
_SHORTEST = 2  # characters of a place without 市 or 县


def places(documents: Iterable[Document]) -> dict[str, str]:
    """Return the names of the places that documents are of, with and without 省, 市, 县 or 区 -> the full name."""
    found: dict[str, str] = {}
    for document in documents:
        for text in (document.title, document.issuer or ""):
            for place in _PLACE.findall(text):
                short = re.sub(r"(?:省|市|自治区|新区|地区|[县区州旗])$", "", place)
                if _NO_PLACE.search(short):
                    continue
                found.setdefault(place, place)
                if len(short) >= _SHORTEST:
                    found.setdefault(short, place)
    return found


def called(documents: Iterable[Document]) -> frozenset[str]:
    """Return the names that documents put in quotes (“澜匠计划”): what is called so, in no dictionary."""
    return frozenset(name for document in documents for name in _QUOTED.findall(document.text))
