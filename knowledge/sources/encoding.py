"""Bytes -> text, in any of the encodings Chinese text is saved in; rejected by name rather than read as mojibake.

Order: a byte order mark; UTF-16 without one; UTF-8; then GB18030 or Big5, whichever gives common characters.

The measure: the 1,500 most frequent characters make up 96 % of news and statutes and about 80 % of a bare list of names; of
text that was decoded wrongly they make up less than half (Korean, Japanese and Big5 read as GB18030).
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from importlib.resources import files

from knowledge.errors import SourceError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 20_000  # characters judged
_COMMON = 0.5  # least share of common characters among the Chinese ones of a text
_FEW = 8  # Chinese characters too few to judge by
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LONGER = re.compile(r"[\u0800-\U0010ffff]")
_UTF16_USUAL = re.compile(
    r"[\t\n\r\x20-\x7e\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2010-\u2027\u00a0\u00b7\u2460-\u24ff]"
)
_FEW_NULS, _MOST_NULS = 8, 0.01  # in a text; the second is a share of its bytes


def decode(data: bytes, name: str) -> str:
    """Decode a file; raises SourceError, with the place of the first byte that does not fit, rather than guess."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, name)
    wide = _utf16(data) if b"\0" in data else None
    if wide is not None:
        return wide
    if data.count(b"\0") > max(_FEW_NULS, _MOST_NULS * len(data)):
        raise SourceError(name, "不是文本文件（含有空字节）")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if b"\0" in data:
            raise SourceError(name, "不是文本文件（含有空字节）") from None
        return _utf16(data) or _national(data, name)
    return _short(data, text) or text


def _short(data: bytes, text: str) -> str | None:
    """Return the GB18030 text of bytes that are by chance UTF-8 too: 「通知」 of GBK is 「֪ͨ」 of UTF-8.

    That takes text of nothing but two-byte sequences.
    """
    if text.isascii() or _LONGER.search(text):
        return None
    try:
        other = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return other if common(other[:_SAMPLE]) > 0.8 else None  # noqa: PLR2004


def _utf16(data: bytes) -> str | None:
    """Return the text of UTF-16 without a byte order mark; None where neither byte order gives usual characters."""
    if len(data) % 2 or not data:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        usual = sum(1 for _ in _UTF16_USUAL.finditer(sample))
        if usual >= 0.95 * len(sample) and common(sample) >= _COMMON:
            return text
    return None


def _national(data: bytes, name: str) -> str:
    """Decode GB18030 or Big5, by which of them gives common characters."""
    read: dict[str, tuple[float, str]] = {}
    for encoding in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        read[encoding] = (common(text[:_SAMPLE]), text)
        if read[encoding][0] >= _COMMON:
            return text
    if "gb18030" not in read:
        return _strict(data, "gb18030", name)  # says where
    text = read["gb18030"][1]
    count = sum(1 for _ in _HAN.finditer(text[:_SAMPLE]))
    if count >= _FEW or len(re.findall(r"[A-Za-z]", text[:_SAMPLE])) > count:
        raise SourceError(name, "无法识别文字编码（按 GB18030 和 Big5 读出来都不像中文），请另存为 UTF-8")
    return text


def common(text: str) -> float:
    """Return the share of a text's Chinese characters that are common, traditional ones by their simplified form."""
    told = "".join(_HAN.findall(text))
    if not told:
        return 0.0
    share = _frequent(told)
    if share >= _COMMON:
        return share
    from knowledge import words  # noqa: PLC0415  # loads its converter: only where a text is not plainly simplified

    return _frequent(words.simplified(told))


def _frequent(told: str) -> float:
    frequent = _frequent_characters()
    return sum(character in frequent for character in told) / len(told)


@lru_cache(maxsize=1)
def _frequent_characters() -> frozenset[str]:
    rows = files("knowledge").joinpath("dictionary", "frequent_characters.txt").read_text(encoding="utf-8").split("\n")
    return frozenset("".join(row for row in rows if not row.startswith("#")))


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(name, f"无法识别文字编码（第 {error.start + 1} 个字节起），请另存为 UTF-8") from error
