"""Whatever is sent to the callbacks, there is no 5xx and no traceback: hypothesis writes the XML, the JSON, the queries."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.channels.crypto import MessageCrypt
from assistant.channels.envelope import EnvelopeError, parse

Site = Any  # a fixture of conftest.py, which no test can import
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OFFICIAL, CORP = MessageCrypt("spamtest", KEY), MessageCrypt("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NAMES = st.sampled_from(
    ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId", "Event", "EventKey", "Recognition", "x"]
)
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["text", "voice", "event", "subscribe", "CLICK", "o-1", "清空", "1", "a" * 3_000]),
)
MARKUP = st.sampled_from(
    [
        "<",
        ">",
        "]]>",
        "<![CDATA[",
        "&amp;",
        "&x;",
        "&#0;",
        "&#xD800;",
        "<!DOCTYPE a>",
        "<!--",
        "-->",
        "<?a?>",
        "<a b='c'>",
    ]
)
INSIDE = st.lists(st.one_of(VALUES, MARKUP), max_size=4).map("".join)
DOCUMENTS = st.lists(st.tuples(NAMES, INSIDE), max_size=8).map(
    lambda rows: "<xml>" + "".join(f"<{name}>{text}</{name}>" for name, text in rows) + "</xml>"
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), VALUES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["msgtype", "msgid", "from", "userid", "text", "content", "stream", "id", "mixed", "msg_item", "event"]
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=15,
)


def no_fault(site: Site, response: Any) -> None:
    assert response.status_code < 500
    assert "Traceback" not in response.text
    assert site.faults() == []


@FEW
@given(st.one_of(DOCUMENTS, st.text(max_size=200), INSIDE))
def test_any_xml_well_sealed_breaks_nothing(site: Site, xml: str) -> None:
    for crypt, receiver, path in (
        (OFFICIAL, "wx2c2769f8efd9abc2", "/wechat"),
        (CORP, "wx5823bf96d3bd56c7", "/wecom"),
    ):
        sealed = crypt.seal(xml, receiver, "1", "n")
        query = {"msg_signature": sealed.signature, "timestamp": "1", "nonce": "n", "encrypt_type": "aes"}
        body = f"<xml><Encrypt><![CDATA[{sealed.encrypted}]]></Encrypt></xml>"
        no_fault(site, site.client.post(path, params=query, content=body))


@FEW
@given(JSON)
def test_any_json_well_sealed_breaks_nothing(site: Site, callback: Any) -> None:
    sealed = CORP.seal(json.dumps(callback), "", "1", "n")
    query = {"msg_signature": sealed.signature, "timestamp": "1", "nonce": "n"}
    no_fault(site, site.client.post("/wecom", params=query, json={"encrypt": sealed.encrypted}))


@FEW
@given(
    st.sampled_from(["/wechat", "/wecom"]),
    st.sampled_from(["GET", "POST"]),
    st.dictionaries(
        st.sampled_from(["signature", "msg_signature", "timestamp", "nonce", "echostr", "openid", "encrypt_type"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    ),
    st.one_of(st.binary(max_size=300), DOCUMENTS.map(lambda text: text.encode("utf-8", "replace"))),
)
def test_any_request_is_refused_without_a_fault(
    site: Site, path: str, method: str, query: dict[str, str], body: bytes
) -> None:
    response = site.client.request(method, path, params=query, content=body)
    no_fault(site, response)
    assert response.status_code == 403


@given(st.one_of(DOCUMENTS, st.binary(max_size=300), st.text(max_size=300)))
def test_the_parser_returns_texts_or_refuses(body: str | bytes) -> None:
    try:
        fields = parse(body)
    except EnvelopeError:
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in fields.items())


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(st.one_of(DOCUMENTS, st.binary(max_size=2_000), st.text(max_size=2_000)))
def test_the_parser_returns_texts_or_refuses_very_often(body: str | bytes) -> None:
    try:
        parse(body)
    except EnvelopeError:
        return
