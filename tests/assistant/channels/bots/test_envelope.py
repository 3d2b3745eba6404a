"""The XML of the platforms: what comes is read or refused, what goes out is read the same by another parser."""

from __future__ import annotations

import time

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from assistant.channels.envelope import EnvelopeError, parse, render

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def test_fields_are_read_by_name() -> None:
    assert parse("<xml><A><![CDATA[一]]></A>\n<B>2</B><C/><D><E>3</E></D></xml>".encode()) == {
        "A": "一",
        "B": "2",
        "C": "",
        "D": "",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<xml>",
        b"<xml><a></xml>",
        b"\xff\xfe<\0x\0m\0l\0/\0>\0",
        "<xml><a>国标</a></xml>".encode("gbk"),
        b'<?xml version="1.0" encoding="nonsense"?><xml>\xff</xml>',
        b"<other><a>1</a></other>",
        b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
        b"<xml>text<a>1</a></xml>",
        b"<xml><a>1</a>text</xml>",
        b'<xml><a b="1">1</a></xml>',
        b"<xml><a>\x01</a></xml>",
        b"<xml>" + b"".join(b"<a%d/>" % number for number in range(300)) + b"</xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><a>&a;</a></xml>',
        b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/a.dtd"><xml/>',
        b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><a>&a;</a></xml>',
        f'<!DOCTYPE xml [<!ENTITY l0 "ha">{LAUGHS}]><xml><a>&l9;</a></xml>'.encode(),
    ],
    ids=range(18),
)
def test_what_is_no_message_of_the_platform_is_refused_at_once(body: bytes) -> None:
    """CASES 43: doubled fields, entities, DTDs."""
    started = time.monotonic()
    with pytest.raises(EnvelopeError):
        parse(body)
    assert time.monotonic() - started < 1


def test_deep_xml_takes_no_time_and_no_stack() -> None:
    """CASES 43."""
    depth = 8_000
    started = time.monotonic()
    assert parse(b"<xml>" + b"<a>" * depth + b"</a>" * depth + b"</xml>") == {"a": ""}
    assert time.monotonic() - started < 1


@given(st.text(max_size=300))
def test_any_text_survives_or_has_its_unwritable_characters_replaced(text: str) -> None:
    xml = render({"Content": text, "CreateTime": 7}).encode()
    assert parse(xml)["CreateTime"] == "7"
    read = xmltodict.parse(xml, strip_whitespace=False)["xml"]["Content"] or ""
    assert read == parse(xml)["Content"]
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert len(read) == len(lines)
    assert all(got in {sent, "\ufffd"} for got, sent in zip(read, lines, strict=True))


@pytest.mark.parametrize("text", ["]]>", "a]]>b]]>", "]]]]>>", "<![CDATA[x]]>", "]]", ">", "]]>" * 50])
def test_the_end_of_cdata_inside_a_text_is_no_end(text: str) -> None:
    assert parse(render({"Content": text})) == {"Content": text}
    assert xmltodict.parse(render({"Content": text}))["xml"]["Content"] == text
