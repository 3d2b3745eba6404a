"""What the head and the foot of a policy document tell about it: who issued it, its number, its dates, whom it addresses.

``completed`` fills only what a document lacks. A wrong value is worse than none: each comes from a form that official
documents have (a labelled head, a title with its body, a signature with its date), and a news item has no issuer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from knowledge import bodies, labels, validity
from knowledge.bodies import Signature
from knowledge.dates import DATE, dates, iso
from knowledge.document import Document

_HEAD = 1500  # characters in which the head of a document lies
_ADDRESSEE = 300
_FOOT = 60
_CUT = 6  # characters that a title cut off inside the name of its body has at least
_LABELS = 2
_LETTERHEAD = 12  # lines in which the title below a letterhead stands
_SENTENCE = re.compile(r"[。！!？?]")
_NOUN = (
    "通知|通告|公告|意见|办法|规定|方案|决定|复函|批复|条例|细则|措施|通报|命令|决议|公报|规划|计划|纲要|要点|指引|指南|标准|目录|规则"
    "|规程|章程|准则|倡议书|公开信|预案|法|制度|令|函"
)
_BRACKET = r"[（(〔\[][^（()）〔〕\[\]]{1,20}[)）〕\]]"
_OFFICIAL = re.compile(rf"(?:{_NOUN})(?:\s?{_BRACKET}|第[\d〇零一二三四五六七八九十百]{{1,6}}号){{0,2}}$")
_NEWS = re.compile(
    r"(?:新华|本报|日报|晚报|网)\S{0,12}(?:电|讯)(?=[\s（(]|$)|[（(]\s?(?:本报|本网)?(?:记者|通讯员)|(?:本报|本网|本台|新华社)记者"
    r"|记者\S{0,12}?(?:从|获悉|了解|报道|采访)|(?:稿件)?来源[:：]\s?\S{0,12}(?:日报|晚报|新华|网|客户端|新闻)"
)
_ABOUT = re.compile(r"解读|答记者问|问答|图解|发布会|一图|读懂|专访|综述|评论")
# A headline says that a body or a place did something; a title of a document says what it is about.
_DID = re.compile(r"(.{2,30}?)(?:联合|共同|正式)?(发文|出台|推出|召开|部署|推广|发布|推动|明确|提醒|公布)")
_PLACE_DID = {"发文", "出台", "推出", "召开"}
_SHORT_PLACE = 4
_YEAR = r"[〔\[【（(﹝]\s?(?:19|20)\d{2}\s?[〕\]】）)﹞]"
_SERIAL = r"第?\s?\d{1,5}\s?号"
_ORDINAL = r"第\s?(?:\d{1,4}|[〇零一二三四五六七八九十百]{1,6})\s?号"
_BY_YEAR = re.compile(rf"[\u4e00-\u9fff]{{1,16}}{_YEAR}{_SERIAL}")
_BY_KIND = re.compile(
    rf"(?:公告|通告|令|通报|决定)\s?(?:{_YEAR}\s?|(?:19|20)\d{{2}}\s?年?\s?)?{_ORDINAL}"
    rf"|(?:(?:19|20)\d{{2}}年{_ORDINAL})"
)
_IN_BRACKETS = re.compile(rf"[（(]\s?((?:19|20)\d{{2}}\s?年?\s?{_ORDINAL}|{_ORDINAL})\s?[)）]\s*$")
_YEAR_FIRST = re.compile(rf"[\u4e00-\u9fff]{{0,4}}({_YEAR}\s?{_ORDINAL})\s*$")
_TITLE_BEFORE = re.compile(r"^.*的(?:公告|通告|通知|意见|决定)(?=.)")
_HEREBY = re.compile(r"特此(?:通告|公告|通知|通报|函复|函告|批复)。")
_PIECES = 4
_PROMULGATED = re.compile(r"[（(]([^（）()\n]{0,160}(?:公布|发布|施行)[^（）()\n]{0,120})[)）]")
_BODY_WORD = "政府|部门|委员会|学校|协会|商会|系统|集团|办公室|办公厅|厅|局|单位|机构|委|公司|企业|院|学校|高校|中心|部|办|署|行|会|社|所|处|站|组|指挥部|机关|团体|区|县|市|兵团|领导小组|机制"
_ADDRESSED = re.compile(rf"(?:{_BODY_WORD})(?:[（(][^（）()]{{1,20}}[)）])*$")
_PEOPLE = re.compile(r"(?:人|人员|群众|户|者)$")
_NO_ADDRESSEE = re.compile(
    r"如下|下列|以下|说明|通知|规定|要求|根据|尊敬|电话|地址|联系|时间|来源|日期|编号|文号|发文机关|制发机关|内容|网站|附件|标题|名称|分类|实行|划分|应当|可以|进行|^第.{1,5}条"
)
_CLOCK = r"(?:\s{1,3}\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_BYLINE = re.compile(
    rf"(?:(?<=\s)|^)(?P<day>{DATE.pattern}){_CLOCK}\s{{1,8}}(?:信息)?(?:来源|作者|字体|字号|浏览|阅读|点击|责任编辑)"
)
_REPEALED = re.compile(r"[（(【\[]\s?(?:本文件?)?((?:已|全文)?(?:废止|失效)|现行有效)\s?[)）】\]]")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of a Document that its text can tell; None where it does not."""

    issuer: str | None = None
    number: str | None = None
    published: str | None = None
    written: str | None = None
    effective: str | None = None
    expires: str | None = None
    addressee: str | None = None
    validity: str | None = None


def completed(document: Document) -> Document:
    """Fill what a document lacks from its text; what it has stays."""
    told = described(document.title, document.text)
    lacking = {field.name: getattr(told, field.name) for field in fields(told) if getattr(document, field.name) is None}
    return replace(document, **lacking)


def stated_title(text: str) -> str | None:
    """Return the title that a labelled head states beside other labels; None where there is no such head."""
    stated = labels.labelled(_head(text))
    return stated.get("title") if len(stated) > _LABELS else None


def title_under_letterhead(text: str) -> str | None:
    """Return the title below a letterhead (「某某市人民政府文件」); None where the text begins otherwise."""
    rows = [row.strip() for row in text.split("\n", _LETTERHEAD)[:_LETTERHEAD] if row.strip()]
    if not rows or not re.fullmatch(r"[\u4e00-\u9fff、 ]{2,40}文件", rows[0]):
        return None
    return next((row for row in rows[1:] if "关于" in row and _OFFICIAL.search(row)), None)


def described(title: str, text: str) -> Metadata:
    """Return what a text tells about itself.

    A news item (a report, an explanation) gets the date of publication that its head states and nothing else.
    """
    title = " ".join(title.split())
    head = _head(text)
    stated = labels.labelled(text[: max(len(head), 1)])
    told = Metadata(**{name: value for name, value in stated.items() if name != "title"})
    byline = _BYLINE.search(head)
    if byline and told.published is None:
        told = replace(told, published=iso(byline["day"]))
    signed = list(bodies.signatures(text))
    if _is_news(title, text, signed) and not {"issuer", "number"} & stated.keys():
        return Metadata(published=told.published)
    number = told.number or _number(title, head)
    title = re.sub(rf"^{_BY_YEAR.pattern}\s?[-—－:：]?\s?", "", title)
    addressee = told.addressee or _addressee(title, text)
    told = replace(told, number=number, addressee=addressee)
    if _OFFICIAL.search(title) or number or addressee or _HEREBY.search(text) or _signed_by_title(title, signed):
        told = _signed(title, text, signed, told)
    holds = validity.term(text)
    return _promulgated(
        head,
        replace(
            told,
            effective=told.effective or holds.effective,
            expires=told.expires or holds.expires,
            validity=told.validity or _validity(title, head),
        ),
    )


def _head(text: str) -> str:
    """Return the text up to the end of its first sentence: titles, labels, number and addressee stand there."""
    first = _SENTENCE.search(text, 0, _HEAD)
    return text[: first.end() if first else _HEAD]


def _is_news(title: str, text: str, signed: Sequence[Signature]) -> bool:
    if _ABOUT.search(title) and not ("关于" in title and _OFFICIAL.search(title)):
        return True
    if _is_headline(title) and not _signed_by_title(title, signed):
        return True
    return bool(_NEWS.search(text[: len(title) + 200]) or re.search(r"[（(](?:本报)?(?:记者|通讯员)", text[-_FOOT:]))


def _is_headline(title: str) -> bool:
    did = None if re.search(r"关于|印发", title) else _DID.match(title)
    if did is None:
        return False
    return bodies.is_body(did.group(1)) or (len(did.group(1)) <= _SHORT_PLACE and did.group(2) in _PLACE_DID)


# ---- number


def _number(title: str, head: str) -> str | None:
    """Return the document's own number: a piece of its head by itself, or the end of its title."""
    pieces = head.split()
    for count in range(1, _PIECES + 1):
        for first in range(len(pieces) - count + 1):
            found = _own_number("".join(pieces[first : first + count]), title)
            if found:
                return found
    return _number_of_title(title)


def _own_number(piece: str, title: str) -> str | None:
    bare = _TITLE_BEFORE.sub("", piece.strip("（()）【】[]：:"))
    by_year = re.match(rf"{_BY_YEAR.pattern}(?=$|各)", bare)
    if by_year and not re.match(r"根据|按照|依据|参照|附件", bare):
        return by_year.group()
    by_kind = re.search(rf"(?:{_BY_KIND.pattern})$", bare)
    if by_kind is None:
        return None
    before = bare[: by_kind.start()]
    issuers = bodies.of_title(title)
    issuer = next((body for body in (*issuers, "国务院") if before.endswith(body)), "")
    return before + by_kind.group() if before in {"", issuer} or bodies.is_body(before) else None


def _number_of_title(title: str) -> str | None:
    first = re.match(rf"{_BY_YEAR.pattern}(?=\s?[-—－:：\s])", title)
    if first:
        return first.group()
    for pattern in (_IN_BRACKETS, _YEAR_FIRST):
        found = pattern.search(title)
        if found and _OFFICIAL.search(title[: found.start(1)].rstrip("（( ")):
            return found.group(1)
    found = re.search(rf"(?:{_BY_KIND.pattern})$", title)
    return found.group() if found and len(title) <= 40 else None  # noqa: PLR2004  # a title that is a number


# ---- addressee


def _addressee(title: str, text: str) -> str | None:
    """Return whom the document addresses: bodies before a colon, ahead of the first sentence."""
    head = _head(text)
    start = head.find(title) + len(title) if title in head else 0
    for colon in re.finditer(r"[：:]", head[start:]):
        before = head[start : start + colon.start()]
        found = _addressed(before[-_ADDRESSEE:])
        if found:
            return found
    return None


def _addressed(before: str) -> str | None:
    """Return the bodies a stretch ends with; a list broken over lines goes on where a line ends in 、 or ，."""
    pieces = before.split()
    found = ""
    for piece in reversed(pieces):
        if found and piece[-1] not in "、，,":
            break
        found = piece + found
    found = re.sub(rf"^.*?{_YEAR}{_SERIAL}", "", found)
    if not found or len(found) < 4 or _NO_ADDRESSEE.search(found) or re.search(r"[：:《》“”；;|/]", found):  # noqa: PLR2004
        return None
    parts = re.split(r"[、，,及]", re.sub(r"[（(][^（）()]{1,30}[)）]", "", found))
    fitting = sum(bool(_ADDRESSED.search(part) or _PEOPLE.search(part)) for part in parts)
    if _ADDRESSED.search(found) or (found.startswith("各") and 2 * fitting >= len(parts)):
        return found
    return None


# ---- issuer and date of writing


def _signed_by_title(title: str, signed: Sequence[Signature]) -> bool:
    """Tell whether the body that signs is the one the title begins with; a title may be cut off inside its name."""
    signing = [signature.bodies[0] for signature in signed if signature.bodies]
    return any(title.startswith(body) or (len(title) >= _CUT and body.startswith(title)) for body in signing)


def _signed(title: str, text: str, signed: Sequence[Signature], told: Metadata) -> Metadata:
    """Add who issued the document and when it was written, from its signature and its title."""
    named = bodies.of_title(title)
    dated_only = bool(named or told.number or told.addressee or _HEREBY.search(text))
    signature = _signature(text, signed, named, dated_only=dated_only)
    if signature is None:
        return replace(
            told, issuer=told.issuer or bodies.with_others(title) or bodies.joined(named or bodies.closing(text))
        )
    issuer = bodies.joined(signature.bodies) or bodies.with_others(title) or bodies.joined(named)
    return replace(told, issuer=told.issuer or issuer, written=told.written or signature.day)


def _signature(text: str, signed: Sequence[Signature], named: tuple[str, ...], *, dated_only: bool) -> Signature | None:
    """Return the first signature that fits the bodies of the title; one that is signed by others is an annex's."""
    for signature in signed:
        if signature.bodies:
            if not named or any(_alike(body, other) for body in signature.bodies for other in named):
                return signature
        elif dated_only and bodies.stands_alone(text, signature):
            return signature
    return None


def _alike(body: str, other: str) -> bool:
    """Tell whether two names are of one body: short forms keep most of the characters."""
    shorter, longer = sorted((body, other), key=len)
    return len(set(shorter) & set(longer)) >= 0.7 * len(set(shorter))


# ---- 题注 and validity


def _promulgated(head: str, told: Metadata) -> Metadata:
    """Add what the note under a statute's title tells: （2020年1月1日国务院令第735号公布　自2020年3月1日起施行）."""
    note = _PROMULGATED.search(head)
    if note is None or not re.search(r"令第|公布|起施行", note.group(1)):
        return told
    words = note.group(1)
    days = [day for day in dates(words) if re.match(r"[^，。；、]{0,40}?(?:公布|发布)", words[day.end :])]
    begins = [day for day in dates(words) if re.match(r"起(?:施行|实施)", words[day.end :])]
    number = re.search(rf"[\u4e00-\u9fff]{{2,20}}?令\s?{_ORDINAL}", words[days[0].end :]) if days else None
    return replace(
        told,
        published=told.published or (days[0].day if len(days) == 1 else None),
        effective=told.effective or (begins[0].day if len(begins) == 1 else None),
        number=told.number or (number.group() if number else None),
    )


def _validity(title: str, head: str) -> str | None:
    found = _REPEALED.search(title) or _REPEALED.search(head[: len(title) + 100])
    return found.group(1) if found else None
