"""Sitemaps (sitemaps.org): the addresses of a site's pages, or of further sitemaps."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urlsplit

from knowledge.errors import SourceError

_DEEPEST = 3  # sitemaps of sitemaps
_ROOT = re.compile(rb"<(?:[a-z]+:)?(?:urlset|sitemapindex)[\s>]")
_TYPES = {"text/xml", "application/xml", "text/plain", "application/octet-stream", ""}
_FIRST_BYTES = 2_000


def is_address(text: str) -> bool:
    """Tell a web address."""
    return text.lower().startswith(("http://", "https://"))


def is_one(kind: str, body: bytes) -> bool:
    """Tell a sitemap by its root; it may be sent as text."""
    return kind in _TYPES and _ROOT.search(body[:_FIRST_BYTES]) is not None


def addresses(body: bytes, url: str, depth: int) -> list[str]:
    """Return the addresses of a sitemap that are of its own site; raises SourceError. Entities are never expanded."""
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415  # its errors alone

    from defusedxml import DefusedXmlException, ElementTree  # noqa: PLC0415  # only where a sitemap is read

    if depth >= _DEEPEST:
        raise SourceError(url, "网站地图嵌套过深，没有读取")
    try:
        root = ElementTree.fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise SourceError(url, "网站地图已损坏，无法读取") from error
    told = ["".join(element.itertext()).strip() for element in root.iter() if element.tag.rpartition("}")[2] == "loc"]
    host = urlsplit(url).hostname
    own = [urldefrag(found).url for found in told if is_address(found) and urlsplit(found).hostname == host]
    if not own:
        raise SourceError(url, "网站地图里没有本网站的网址")
    return own
