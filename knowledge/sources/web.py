"""Web addresses -> files to read: one page, the pages of a sitemap, or those of a list of addresses.

A page's document id is its address. What kind of file it is says its content type, else its name; its charset that of
the header counts before the page's own. A page that has not changed since it was read is not sent again.
"""

from __future__ import annotations

import codecs
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urldefrag, urlsplit

from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources import sitemap
from knowledge.sources.encoding import BYTE_ORDER_MARKS, common
from knowledge.sources.fetch import Fetcher, Response, StatusError
from knowledge.visits import Visits

MOST_PAGES = 2_000  # of one sitemap or list
_LARGEST_LIST = 1024 * 1024  # bytes of a file looked into for addresses
_OFFICE = "vnd.openxmlformats-officedocument"
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    f"application/{_OFFICE}.wordprocessingml.document": ".docx",
    f"application/{_OFFICE}.spreadsheetml.sheet": ".xlsx",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
}
_BY_NAME = {"", "application/octet-stream", "binary/octet-stream", "application/force-download", "application/download"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_NOT_MEANT = re.compile(r"(?:iso-?8859-1|latin-?1|windows-1252|us-ascii|ascii)$", re.IGNORECASE)  # servers' defaults
_TEXTS = {".html", ".txt", ".md", ".csv"}
_UNSAFE = re.compile(r"[^\w\u4e00-\u9fff（）()〔〕.-]+")
_FIRST_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was fetched: its address, where it lies until the next one is asked for, and its headers."""

    url: str
    path: Path
    response: Response


def is_address(source: str) -> bool:
    """Tell whether a source is named by its address."""
    return sitemap.is_address(source)


def addresses(path: Path) -> list[str] | None:
    """Return the addresses that a file lists, one a line (``#`` begins a remark); None where it is no such list."""
    if path.suffix.lower() not in {".txt", ".urls"} or path.stat().st_size > _LARGEST_LIST:
        return None
    rows = path.read_bytes().decode("utf-8-sig", "replace").split("\n")
    told = [row.strip() for row in rows if row.strip() and not row.lstrip().startswith("#")]
    return told if told and all(map(is_address, told)) else None


def pages(urls: Sequence[str], fetcher: Fetcher, visits: Visits | None) -> Iterator[Page | Document | SourceError]:
    """Yield the pages of some addresses, in order, those of a sitemap in its place; an unchanged one as its document."""
    seen: set[str] = set()
    stack = [(urldefrag(url).url, 0) for url in reversed(urls)]
    while stack:
        url, depth = stack.pop()
        if url in seen:
            continue
        if len(seen) >= MOST_PAGES:
            yield SourceError(urls[0], f"网址超过 {MOST_PAGES} 个，之后的没有读取")
            return
        seen.add(url)
        known = visits.document(url) if visits else None
        try:
            response = fetcher.get(url, visits.headers(url) if visits and known else None)
            if response.is_unchanged:
                yield known or SourceError(url, "网站没有给出内容（304）")
            elif sitemap.is_one(_type(response), response.body):
                stack += [(found, depth + 1) for found in reversed(sitemap.addresses(response.body, url, depth))]
            else:
                yield from as_file(url, response)
        except SourceError as error:
            yield error
            if known and not (isinstance(error, StatusError) and error.is_gone):
                yield known  # a site that is down takes nothing out of the answers


def as_file(url: str, response: Response) -> Iterator[Page]:
    """Yield a page as a file that lies there until the next is asked for; raises SourceError for an unknown type."""
    suffix = _suffix(url, response)
    body = _unified(response, suffix)
    with tempfile.TemporaryDirectory(prefix="policy-web-") as folder:
        path = Path(folder) / f"{_name(url)}{suffix}"
        path.write_bytes(body)
        yield Page(url, path, response)


def _type(response: Response) -> str:
    return response.headers.get("content-type", "").split(";")[0].strip().lower()


def _suffix(url: str, response: Response) -> str:
    """Return the suffix of the format a page has; raises SourceError for one that cannot be read."""
    kind = _type(response)
    if kind in _SUFFIXES:
        return _SUFFIXES[kind]
    by_name = PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()
    if kind in _BY_NAME:
        if response.body.startswith(b"%PDF-"):
            return ".pdf"
        if by_name in set(_SUFFIXES.values()):
            return by_name
        if re.match(rb"\s*<(?:!doctype html|html)", response.body[:_FIRST_BYTES], re.IGNORECASE):
            return ".html"
    raise SourceError(url, f"不支持的内容类型（{kind or '没有写明'}），没有读取")


def _name(url: str) -> str:
    """Return a file name for a page: the last part of its path, as a title where it has none of its own."""
    parts = urlsplit(url)
    stem = PurePosixPath(unquote(parts.path)).stem or parts.hostname or "网页"
    return _UNSAFE.sub("_", stem)[:60].strip(".") or "网页"


def _unified(response: Response, suffix: str) -> bytes:
    """Return the bytes of a text as UTF-8 where the header tells a charset that they are in."""
    told = _CHARSET.search(response.headers.get("content-type", ""))
    body = response.body
    if suffix not in _TEXTS or told is None or _NOT_MEANT.match(told[1]):
        return body
    if body.startswith(tuple(mark for mark, _ in BYTE_ORDER_MARKS)):
        return body
    name = "gb18030" if told[1].lower() in {"gb2312", "gbk", "x-gbk"} else told[1]
    try:
        text = body.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return body  # servers often declare what a page is not
    is_likely = name.lower().replace("-", "") == "utf8" or common(text[:20_000]) >= 0.5  # noqa: PLR2004
    return codecs.BOM_UTF8 + text.encode("utf-8", "replace") if is_likely else body
