"""Issuing bodies (发文机关) in titles and in signatures (落款).

What counts is the form: a run of Chinese characters that ends the way names of bodies end. Where the form leaves a
doubt there is no body: a wrong one is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.dates import Written, dates

_HAN = r"[\u4e00-\u9fff（）()“”·]"
_ENDING = (
    "政府|厅|局|部|委|署|院|会|办|室|组|中心|公司|银行|法院|检察院|指挥部|大学|学院|学校|医院|处|所|站|队|社|关|团|支行|分行|总行"
    "|党委|省委|市委|县委|区委|党组|机构|联防联控机制"
)
_BODY = re.compile(rf"{_HAN}{{1,50}}?(?:{_ENDING})")
_NO_BODY = re.compile(
    r"^(?:关于|请|特此|现|以上|联系|抄送|主送|附件|附|来源|各|本|该|如|根据|为|并|加强|做好|按照|严格|进一步)|关于|的(?:通知|意见|函)"
)
# A name that can stand by itself begins with a place or with one of these; others continue the line before them.
_PLACE = re.compile(
    r"(?:中共)?(?:[\u4e00-\u9fff]{1,4}?省|[\u4e00-\u9fff]{2,7}?(?:自治区|自治州|自治县)|[\u4e00-\u9fff]{1,6}?[市县区州盟旗])"
)
_OWN = re.compile(
    r"国务院|国家|国资|中国|中华|中共|中央|全国|最高|省|市|区|县|人力资源|人社部|[\u4e00-\u9fff]{2,8}(?:部|总局|总署|银行|委员会)(?!门)"
)
_SEAL = re.compile(r"[（(](?:盖章|公章|印章|章)[)）]")
_SEVERAL = re.compile(r"等.{1,3}(?:个)?(?:部门|单位|部委|厅局)$")
_ZONE = 300  # characters before its date that a signature can take
_PIECE = 50
_PIECES = 24  # a signature has no more names than this
_AFTER = re.compile(r"\s|$|[（(【〔]|附|来源|扫一扫|责任编辑|主办|分享|打印")
_SENTENCE_END = re.compile(r"[。！？!?；;】」]|[：:](?=\s)")


@dataclass(frozen=True, slots=True)
class Signature:
    """The bodies that sign, in order (none where only the date stands there), and the day, ``YYYY-MM-DD``."""

    bodies: tuple[str, ...]
    day: str
    start: int


def is_body(name: str) -> bool:
    """Tell whether a name has the form of an issuing body."""
    return _BODY.fullmatch(name) is not None and _NO_BODY.search(name) is None


def joined(bodies: Sequence[str]) -> str | None:
    """Return several bodies as one issuer, in order; None for none."""
    return "、".join(dict.fromkeys(bodies)) or None


def of_title(title: str) -> tuple[str, ...]:
    """Return the bodies a title begins with: 「财政部 税务总局关于…的通知」, 「国务院令第735号」; empty where it names none."""
    match = re.match(
        r"(.{2,100}?)\s*(?:关于|印发关于|转发|批转|令\s*[（(]?第|公告\s*[（(〔\d第]|通告\s*[（(〔\d第])", title
    )
    if match is None:
        return ()
    return named(_SEVERAL.sub("", match.group(1)))


def with_others(title: str) -> str | None:
    """Return 「人力资源社会保障部等七部门」 where a title counts its bodies without naming all."""
    match = re.match(r"(.{2,60}?)\s*(等[^，。]{1,4}?(?:部门|单位|部委|厅局))\s*(?:关于|印发)", title)
    return match.group(1) + match.group(2) if match and named(match.group(1)) else None


def named(names: str) -> tuple[str, ...]:
    """Take a list of bodies apart (spaces, 、 and ， between them); empty where a part is no body."""
    found: list[str] = []
    for name in re.split(r"[\s、，,;；|]+", names.strip()):
        parts = _run_on(name)
        if not all(is_body(part) for part in parts):
            return ()
        found.extend(parts)
    return tuple(found)


def signatures(text: str) -> Iterator[Signature]:
    """Yield the dates that stand by themselves after a sentence, each with the bodies that stand before it."""
    solid = cache(lambda: _solid(text))  # long, and few signatures need it
    for day in dates(text):
        if not _AFTER.match(text, day.end):
            continue
        begin = max(0, day.start - _ZONE)
        ends = list(_SENTENCE_END.finditer(text, begin, day.start))
        zone = text[ends[-1].end() if ends else begin : day.start]
        yield Signature(_signing(zone, solid), day.day, day.start)


def closing(text: str) -> tuple[str, ...]:
    """Return the bodies a text ends with, after its last sentence and without a date."""
    foot = text[-_ZONE:]
    ends = list(_SENTENCE_END.finditer(foot))
    last = foot[ends[-1].end() :] if ends else ""
    found = _signing(last, lambda: _solid(text))
    whole = "".join(found) == "".join(last.split()).replace("、", "")
    return found if whole and all(_PLACE.match(body) or _OWN.match(body) for body in found) else ()


def stands_alone(text: str, day: Written | Signature) -> bool:
    """Tell whether only spaces stand between a date and the sentence before it."""
    before = text[max(0, day.start - _ZONE) : day.start]
    stripped = before.rstrip()
    return (
        bool(stripped)
        and stripped[-1] in "。！!；;）)》】"
        and (len(stripped) < len(before) or stripped[-1] in "。！!")
    )


def _signing(zone: str, solid: Callable[[], str]) -> tuple[str, ...]:
    """Return the bodies a stretch ends with, going back from its end while the pieces are bodies."""
    found: list[str] = []
    for piece in reversed(_pieces(_SEAL.sub("", zone))[-_PIECES:]):
        if len(piece) > _PIECE or re.fullmatch(rf"(?:{_HAN}|、)+", piece) is None:
            break
        parts = [part for name in piece.split("、") for part in _run_on(name)]
        if found and _continues(piece, found[0], solid):
            found[0] = piece + found[0]
        elif all(is_body(part) for part in parts):
            found[:0] = parts
        else:
            break
    return tuple(found)


def _pieces(zone: str) -> list[str]:
    """Split at spaces; a name set wide, one character a piece, is one piece."""
    pieces: list[str] = []
    is_wide = False
    for piece in zone.split():
        if len(piece) == 1 and is_wide and pieces:
            pieces[-1] += piece
        else:
            pieces.append(piece)
        is_wide = len(piece) == 1
    return pieces


def _continues(piece: str, following: str, solid: Callable[[], str]) -> bool:
    """Tell whether two lines are one name that was broken: the second cannot stand alone, or both stand so elsewhere."""
    whole = piece + following
    stands = _PLACE.match(following) or _OWN.match(following)
    if _NO_BODY.search(piece) or not _BODY.fullmatch(whole) or (stands and is_body(piece)):
        return False
    if solid().count(whole) > 1:  # once is the signature itself
        return True
    return not stands and not is_body(piece) and _PLACE.match(piece) is not None


def _run_on(name: str) -> list[str]:
    """Part two bodies of one place that were written without a space: 甲市某局甲市某委."""
    place = _PLACE.match(name)
    again = name.find(place.group(), place.end() + 1) if place else -1
    if place and again > 0 and is_body(name[:again]) and is_body(name[again:]) and name[again - 1] not in "（(":
        return [name[:again], *_run_on(name[again:])]
    return [name]


def _solid(text: str) -> str:
    return "".join(text.split())
