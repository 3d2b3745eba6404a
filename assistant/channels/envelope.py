"""The XML of WeChat and WeCom, in and out. The one place that parses and writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assistant.errors import AssistantError

MAX_ELEMENTS = 200
"""Elements of a message; the longest that the platforms send has a few dozen."""
# What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class EnvelopeError(AssistantError):
    """Not a message of the platform: not XML, with a DTD or entities, too large, or a field given twice."""

    def __init__(self) -> None:
        super().__init__("消息的格式不对。")


def parse(body: bytes | str) -> dict[str, str]:
    """Return the fields directly under the root, by name; raises EnvelopeError.

    Text beside the fields is refused, so that nothing in a message goes unread.
    """
    try:
        text = body if isinstance(body, str) else body.decode("utf-8")
        root = fromstring(text, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise EnvelopeError from error
    fields: dict[str, str] = {}
    if root.tag != "xml" or (root.text or "").strip():
        raise EnvelopeError
    for number, child in enumerate(root):
        if child.tag in fields or (child.tail or "").strip() or child.attrib or number >= MAX_ELEMENTS:
            raise EnvelopeError
        fields[child.tag] = child.text or ""
    return fields


def render(fields: Mapping[str, str | int]) -> str:
    """Return the fields as the XML of the platforms: texts in CDATA, numbers bare."""
    lines = [f"<{name}>{value if isinstance(value, int) else _cdata(value)}</{name}>" for name, value in fields.items()]
    return f"<xml>{''.join(lines)}</xml>"


def _cdata(text: str) -> str:
    """Return a text in CDATA sections; ``]]>`` is spread over two."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")  # as every parser of XML reads them
    safe = _UNWRITABLE.sub("\ufffd", lines).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{safe}]]>"
