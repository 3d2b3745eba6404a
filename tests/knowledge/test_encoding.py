"""Twenty samples in the encodings Chinese text is saved in, and others that must not pass for Chinese."""

from __future__ import annotations

import codecs
import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import SourceError
from knowledge.sources.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Callable

NOTICE = "关于做好职业技能培训补贴工作的通知\n各有关单位：\n请按照规定发放补贴，每人1000元。\n"
TRADITIONAL = "關於做好職業技能培訓補貼工作的通知\n各有關單位：\n請按照規定發放補貼，每人1000元。\n"
NAMES = "张伟 李娜 王芳 赵敏 陈静 刘洋\n"
MIXED = "Windows 系统下载地址 https://example.org/download.html 请使用 Chrome 浏览器打开\n"
RARE = "镕、喆、堃、㐂、𠀀等同志，请做好培训工作。\n"
READ = [
    (NOTICE, "utf-8"),
    (NOTICE, "utf-8-sig"),
    (NOTICE, "gb2312"),
    (NOTICE, "gbk"),
    (NOTICE, "gb18030"),
    (NOTICE, "utf-16"),
    (NOTICE, "utf-16-le"),
    (NOTICE, "utf-16-be"),
    (NOTICE, "utf-32"),
    (TRADITIONAL, "utf-8"),
    (TRADITIONAL, "big5"),
    (TRADITIONAL, "cp950"),
    (TRADITIONAL, "gbk"),
    (TRADITIONAL, "gb18030"),
    (TRADITIONAL, "utf-16-le"),
    (NAMES, "gbk"),
    (MIXED, "gbk"),
    (RARE, "gb18030"),
    ("通知", "gbk"),
    ("補貼", "utf-8"),
]


@pytest.mark.parametrize(("text", "encoding"), READ)
def test_a_sample_is_read_as_it_was_written(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(("text", "encoding"), READ)
def test_a_longer_sample_too(text: str, encoding: str) -> None:
    assert decode((text * 50).encode(encoding), "a.txt") == text * 50


@pytest.mark.parametrize(
    "data",
    [
        "직업 능력 개발 훈련에 관한 통지입니다. 각 기관은 보조금을 지급하여야 한다.".encode("euc-kr"),
        "職業訓練に関する通知です。各機関は補助金を支給しなければならない。".encode("euc-jp"),
        "職業訓練に関する通知です。各機関は補助金を支給しなければならない。".encode("shift-jis"),
        "Résumé détaillé des événements".encode("latin-1"),
        "Уведомление о профессиональной подготовке".encode("koi8-r"),
        bytes(range(256)) * 8,
        b"\x7fELF\x02\x01\x01" + b"\0" * 64,
        b"PK\x03\x04" + bytes(range(200, 256)) * 4 + b"\0" * 40,
        codecs.BOM_UTF16_LE + b"\x00\xd8",
    ],
    ids=["euc-kr", "euc-jp", "shift-jis", "latin-1", "koi8-r", "all bytes", "elf", "zip", "half a pair"],
)
def test_what_is_no_chinese_text_is_rejected_by_name(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"^政策\.txt："):
        decode(data, "政策.txt")


@given(st.text(st.characters(codec="utf-8", min_codepoint=0x3000, exclude_characters="\ufeff"), max_size=100))
@settings(max_examples=200, deadline=None)
def test_utf_8_is_always_read_as_such(text: str) -> None:
    assert decode(text.encode(), "a.txt") == text


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_text_or_rejected_by_name(data: bytes) -> None:
    try:
        text: str | SourceError = decode(data, "a")
    except SourceError as error:
        text = error
    assert isinstance(text, str) or str(text).startswith("a：")


@pytest.mark.parametrize("unit", [b"\xb2\xb9", b"\xff", b"\0", b"\x81\x30\x81\x30", b"a", b"\xa4\x40"])
def test_time_is_bounded(unit: bytes, bounded: Callable[..., None]) -> None:
    def read() -> None:
        with contextlib.suppress(SourceError):
            decode(unit * 1_000_000, "a")

    bounded(5, read)
