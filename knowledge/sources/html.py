"""A saved web page -> a document: its main text, its title, and what its head and its meta tags tell.

``document.text`` begins with the title; then come the facts of the page's labelled head, a line each (``发文机关：…``), so
that they can be cited; then the main text, a paragraph a line, a row of a table a line with `` | `` between its cells.
Scripts, styles, comments, hidden elements and everything a page refers to are left out; nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge import clean, labels, metadata
from knowledge.dates import iso
from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources.encoding import BYTE_ORDER_MARKS
from knowledge.sources.encoding import decode as decode_text
from knowledge.sources.main_text import Main, headings, main_text
from knowledge.sources.markup import parse

_CHARSET = re.compile(rb"""charset\s{0,3}=\s{0,3}["']?\s{0,3}([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_HEAD_BYTES = 4096
LARGEST = 8 * 1024 * 1024  # bytes; its tree takes about a hundred times as much memory
_GB = re.compile(r"^(?:gb2312|gbk|gb_2312-80|gb18030|x-gbk|cp936|hz-gb-2312)$", re.IGNORECASE)
_SUFFIX = re.compile(r"\s*[_|｜]\s*|\s+[-–—]\s*|\s*[-–—]\s+")  # between a title and the name of the site
_LABELS = (
    ("issuer", "发文机关"),
    ("number", "发文字号"),
    ("written", "成文日期"),
    ("published", "发布日期"),
    ("effective", "施行日期"),
    ("expires", "有效期至"),
    ("validity", "有效性"),
)
_SOURCE = re.compile(
    r"(?:信息|稿件)?来源[ \u3000]{0,3}[:：][ \u3000]{0,3}([^\s|:：]{2,40}?)(?=\s|\||$|浏览|阅读|点击|字体|字号|发布|作者|编辑|责任|时间)"
)
_FURNITURE = re.compile(
    r"分享(?:到|至)?.*|.*字(?:体|号)(?:大小)?[:：].*|[【\[]?\s*打印.*|.*关闭(?:本页|窗口).*|.*扫一扫.*|[（(【\[]?(?:责任|网络)?编辑[:：].{0,20}"
    r"|[（(【\[]?信息审核[:：].{0,20}|[上下]一[篇页条].*|相关(?:稿件|链接|新闻|文章|阅读).{0,6}|(?:浏览|阅读|点击)(?:次数|数|量).*|(?:返回|回到)?顶部|版权所有.*|.*ICP备.*"
    r"|主办(?:单位)?[:：].*|您是第.*访客.*|当前位置.*|首页\s*[>＞].*|喜欢此内容的人还喜欢|继续滑动看下一个|微信扫.*|纠错|收藏|在线阅读.*"
    r"|[^。]*版权所有[^。]*|技术支持[:：].*"
)
_LONGEST_FURNITURE = 80
_LABELLED_LINE = re.compile(
    r"(?:索\s*引\s*号|主题分类|发文机关|成文日期|发文字号|发布(?:日期|时间)|标\s*题|有\s*效\s*性|(?:信息|稿件)?来源|浏览次数|点击数?|阅读(?:次数|量)?|作者|时间|日期)\s*[:：|]"
)


def read(path: Path, doc_id: str, notes: list[str] | None = None) -> Document:
    """Read one page; raises SourceError where it holds no document, or its nesting or encoding is beyond reading."""
    name = str(path)
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise SourceError(name, f"网页超过 {LARGEST // 1024 // 1024} MB，没有读取")
    page = decode(data, name)
    shown = clean.characters(page)
    if notes is not None:
        notes.extend(clean.remarks(page, name))
    if not shown.strip():
        raise SourceError(name, "文件是空的")
    root = parse(shown, name)
    found = main_text(root)
    if found is None:
        raise SourceError(name, "网页里没有正文（像是目录页、首页或图片页）")
    return _document(root, found, path, doc_id)


def decode(data: bytes, name: str) -> str:
    """Decode a page: by byte order mark, by the charset it declares where that fits, else as text; raises SourceError."""
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    if declared and not data.startswith(tuple(mark for mark, _ in BYTE_ORDER_MARKS)):
        encoding = declared.group(1).decode("ascii")
        encoding = "gb18030" if _GB.match(encoding) else encoding
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError, ValueError):
            pass  # pages often declare what they are not
    return decode_text(data, name)


def _document(root: Any, found: Main, path: Path, doc_id: str) -> Document:
    meta = _meta(root)
    before = "\n".join(found.before)
    facts: dict[str, Any] = dict(labels.labelled(before))
    body = _without_furniture(list(found.lines))
    facts = labels.labelled("\n".join(_head(body))) | facts
    facts.setdefault("published", next(filter(None, map(iso, _published(root, meta))), None))
    title = _title(root, meta, facts, path.stem)
    source = (
        meta.get("contentsource")
        or _by_id(root, "js_name")
        or _first(_SOURCE, before)
        or _first(_SOURCE, "\n".join(_head(body)))
    )
    rows = [title, *_fact_lines(facts, source), *_without_head(body, title)]
    document = Document(
        id=doc_id,
        title=title,
        text=clean.lines("\n".join(rows)),
        source=path.name,
        issuer=facts.get("issuer"),
        number=facts.get("number"),
        written=facts.get("written"),
        published=facts.get("published"),
        effective=facts.get("effective"),
        expires=facts.get("expires"),
        validity=facts.get("validity"),
    )
    return metadata.completed(document)


def _meta(root: Any) -> dict[str, str]:
    """Return the contents of meta tags by their names, in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = " ".join((element.get("content") or "").split())
        if name and content:
            found.setdefault(name, content)
    return found


def _published(root: Any, meta: dict[str, str]) -> Iterator[str]:
    """Yield where a page outside of a labelled head says when it was published."""
    for name in ("pubdate", "publishdate", "article:published_time"):
        yield meta.get(name, "")
    yield _by_id(root, "publish_time") or ""


def _by_id(root: Any, name: str) -> str | None:
    """Return the text of the element of an id, on one line."""
    found = root.xpath("(descendant-or-self::*[@id=$name])[1]", name=name)
    return " ".join("".join(found[0].itertext()).split()) or None if found else None


def _title(root: Any, meta: dict[str, str], facts: dict[str, Any], fallback: str) -> str:
    """Return the title: as the page declares it, else its heading, else its <title> without the name of the site."""
    told = [meta.get("articletitle"), facts.get("title"), *headings(root)[:1], meta.get("og:title")]
    element = root.find(".//title")
    whole = " ".join((element.text or "").split()) if element is not None else ""
    told.append(_SUFFIX.split(whole, maxsplit=1)[0])
    return next((title.strip() for title in told if title and title.strip()), fallback)


def _fact_lines(facts: dict[str, Any], source: str | None) -> list[str]:
    rows = [f"{label}：{facts[key]}" for key, label in _LABELS if facts.get(key)]
    return [*rows, f"来源：{source}"] if source else rows


def _without_furniture(rows: list[str]) -> list[str]:
    """Drop the lines of buttons, counters and imprints."""
    return [row for row in rows if len(row) > _LONGEST_FURNITURE or _FURNITURE.fullmatch(row) is None]


def _head(rows: list[str]) -> list[str]:
    """Return the lines up to the first whole sentence."""
    end = next((number for number, row in enumerate(rows) if "。" in row), len(rows))
    return rows[:end]


def _without_head(rows: list[str], title: str) -> list[str]:
    """Drop the title and the labelled lines that the document begins with already."""
    wanted = _solid(title)
    head = len(_head(rows))
    kept = [row for number, row in enumerate(rows) if number >= head or not _LABELLED_LINE.match(row)]
    for first in range(min(3, len(kept))):
        for last in range(first + 1, min(first + 5, len(kept)) + 1):
            if _solid("".join(kept[first:last])) == wanted:
                return kept[:first] + kept[last:]
    return kept


def _solid(row: str) -> str:
    return re.sub(r"\s", "", row)


def _first(pattern: re.Pattern[str], told: str) -> str | None:
    found = pattern.search(told)
    return found.group(1) if found else None
