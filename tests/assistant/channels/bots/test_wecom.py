"""The callbacks of WeCom over real HTTP: an application's in XML, an intelligent robot's in JSON."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from assistant.channels.crypto import MessageCrypt, Sealed

Site = Any  # a fixture of conftest.py, which no test can import
TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
CRYPT = MessageCrypt(TOKEN, KEY)


def assert_refused(site: Site, response: Any) -> None:
    assert (response.status_code, response.text) == (403, "")
    assert site.faults() == []


# The check.


@pytest.mark.parametrize("plus", ["%2B", "+"])
def test_the_published_check_is_answered_however_its_plus_is_written(
    site: Site, vectors: dict[str, dict[str, str]], plus: str
) -> None:
    """CASES 43."""
    vector = vectors["wecom_url_verification"]
    query = urlencode({name: vector[name] for name in ("msg_signature", "timestamp", "nonce")})
    echostr = quote(vector["echostr"], safe="").replace("%2B", plus)
    response = site.client.get(f"/wecom?{query}&echostr={echostr}")
    assert (response.status_code, response.text) == (200, vector["plaintext"])
    assert_refused(site, site.client.get(f"/wecom?{query.replace('40965', '40966')}&echostr={echostr}"))
    assert_refused(site, site.client.get(f"/wecom?{query}&echostr={echostr[:-2]}"))
    assert_refused(site, site.client.get("/wecom"))


# An application.


def test_the_published_message_is_answered(site: Site, vectors: dict[str, dict[str, str]]) -> None:
    vector = vectors["wecom_message"]
    query = {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}
    outer = f"<ToUserName><![CDATA[{CORP}]]></ToUserName><AgentID><![CDATA[218]]></AgentID>"
    body = f"<xml>{outer}<Encrypt><![CDATA[{vector['encrypt']}]]></Encrypt></xml>"
    response = site.client.post("/wecom", params=query, content=body)
    person = site.person("mycreate", corp=True)
    assert "答：hello" in (person.read(response) or "")
    for old, new in (("[218]", "[219]"), (f"[{CORP}]", "[wx5823bf96d3bd56c8]")):
        assert_refused(site, site.client.post("/wecom", params=query, content=body.replace(old, new, 1)))
    assert_refused(site, site.client.post("/wecom", params=query | {"nonce": "1"}, content=body))
    assert_refused(site, site.client.post("/wecom", params=query, content=body.replace("Encrypt", "Other")))


def test_a_message_in_the_clear_or_for_another_corporation_is_refused(site: Site) -> None:
    person = site.person(corp=True)
    query, _ = person.sealed("<xml/>")
    assert_refused(site, site.client.post("/wecom", params=query, content=person.text("一", "1")))
    for receiver in ("", "wx0000000000000000"):
        sealed = CRYPT.seal(person.text("一", "1"), receiver, "1", "n")
        query = {"msg_signature": sealed.signature, "timestamp": "1", "nonce": "n"}
        body = f"<xml><Encrypt>{sealed.encrypted}</Encrypt></xml>"
        assert_refused(site, site.client.post("/wecom", params=query, content=body))


def test_members_are_welcomed_answered_and_hinted_at(site: Site) -> None:
    person = site.person("member", corp=True)
    welcome = person.message("event", "<Event>subscribe</Event><AgentID>1</AgentID>")
    assert "1. 问一？" in (site.send(person, welcome) or "")
    assert site.send(person, person.message("event", "<Event>enter_agent</Event><AgentID>1</AgentID>")) is None
    clicked = person.message("event", "<Event>click</Event><EventKey>菜单的</EventKey><AgentID>1</AgentID>")
    assert "答：菜单的" in (site.send(person, clicked) or "")
    assert "没有听清" in (site.send(person, person.message("voice", "<MediaId>m</MediaId><MsgId>1</MsgId>")) or "")
    assert "文字" in (site.send(person, person.message("image", "<MediaId>m</MediaId><MsgId>2</MsgId>")) or "")
    assert site.send(person, "<xml><FromUserName>a</FromUserName></xml>".replace("a<", "member<")) is None


def test_a_member_and_a_citizen_of_the_same_name_do_not_share_a_conversation(site: Site) -> None:
    citizen, member = site.person("same"), site.person("same", corp=True)
    site.send(citizen, citizen.text("一", "1"))
    site.send(member, member.text("二", "1"))
    assert site.assistant.asked[-1].history == ()


# An intelligent robot.


def robot(site: Site, callback: object, receiver: str = "") -> dict[str, Any] | None:
    """Deliver a callback of the robot and return what it is answered with."""
    text = callback if isinstance(callback, str) else json.dumps(callback)
    sealed = CRYPT.seal(text, receiver, "1409735669", "nonce")
    query = {"msg_signature": sealed.signature, "timestamp": "1409735669", "nonce": "nonce"}
    response = site.client.post("/wecom", params=query, json={"encrypt": sealed.encrypted})
    assert response.status_code == 200
    if not response.text:
        return None
    reply = response.json()
    assert set(reply) == {"encrypt", "msgsignature", "timestamp", "nonce"}
    opened = Sealed(reply["encrypt"], reply["msgsignature"], str(reply["timestamp"]), reply["nonce"])
    text, given = CRYPT.open(opened, [receiver])
    assert given == receiver
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def asks(text: str, number: str, **more: object) -> dict[str, object]:
    base = {"msgid": number, "aibotid": "bot", "chattype": "single", "from": {"userid": "zhang"}}
    return {**base, "msgtype": "text", "text": {"content": text}, **more}


def polls(stream_id: str) -> dict[str, object]:
    return {
        "msgid": "p",
        "aibotid": "bot",
        "from": {"userid": "zhang"},
        "msgtype": "stream",
        "stream": {"id": stream_id},
    }


@pytest.mark.parametrize("receiver", ["", CORP])
def test_a_quick_answer_of_the_robot_is_finished_at_once(site: Site, receiver: str) -> None:
    reply = robot(site, asks("一", f"quick{receiver}"), receiver)
    assert reply is not None
    assert reply["msgtype"] == "stream"
    assert reply["stream"]["finish"] is True
    assert "答：一【1】" in reply["stream"]["content"]
    assert f"{site.url}/a/" in reply["stream"]["content"]


def test_a_slow_answer_of_the_robot_is_polled_for_and_each_state_begins_with_the_one_before(site: Site) -> None:
    message = asks("慢3秒的三", "slow")
    started = time.monotonic()
    reply = robot(site, message)
    assert time.monotonic() - started < 2.5
    assert reply is not None
    stream_id, states = reply["stream"]["id"], [reply["stream"]]
    assert robot(site, message) == reply  # the platform asks again: the same stream
    while not states[-1]["finish"] and time.monotonic() - started < 20:
        time.sleep(0.3)
        polled = robot(site, polls(stream_id))
        assert polled is not None
        states.append(polled["stream"])
    assert [state["id"] for state in states] == [stream_id] * len(states)
    assert len(states) > 2
    for before, after in itertools.pairwise(states):
        assert after["content"].startswith(before["content"])
    assert "答：慢3秒的三" in states[-1]["content"]
    assert sum(question.text == "慢3秒的三" for question in site.assistant.asked) == 1
    # A poll that is repeated, and one of a worker that starts later, finds the same.
    assert robot(site, polls(stream_id)) == {"msgtype": "stream", "stream": states[-1]}


@pytest.mark.parametrize("stream_id", ["unknown", "", "0" * 64, "'; --"])
def test_an_unknown_stream_is_finished(site: Site, stream_id: str) -> None:
    reply = robot(site, polls(stream_id))
    assert reply is not None
    assert reply["stream"]["finish"] is True


def test_a_stream_that_takes_too_long_is_ended_with_a_word(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.channels import robot as module

    reply = robot(site, asks("慢3秒的二", "long"))
    assert reply is not None
    monkeypatch.setattr(module, "POLLED_SECONDS", 0.0)
    ended = robot(site, polls(reply["stream"]["id"]))
    assert ended is not None
    assert ended["stream"]["finish"] is True
    assert "再问一次" in ended["stream"]["content"]


def test_the_content_of_a_stream_is_at_most_20480_bytes(site: Site) -> None:
    reply = robot(site, asks("很长", "long-text"))
    assert reply is not None
    assert 9_000 < len(reply["stream"]["content"].encode()) <= 20_480


def test_the_robot_hears_speech_mixed_messages_and_its_name_in_a_group(site: Site) -> None:
    group = {"chattype": "group", "chatid": "g"}
    robot(site, asks("@政策助手 群里的问题", "g1", **group))
    assert site.assistant.asked[-1].text == "群里的问题"
    robot(site, asks("", "v1", msgtype="voice", voice={"content": "说的问题"}))
    assert site.assistant.asked[-1].text == "说的问题"
    items = [{"msgtype": "text", "text": {"content": "图文的"}}, {"msgtype": "image", "image": {"url": "u"}}]
    robot(site, asks("", "m1", msgtype="mixed", mixed={"msg_item": items}))
    assert site.assistant.asked[-1].text == "图文的"
    image = robot(site, asks("", "i1", msgtype="image", image={"url": "u"}))
    assert image is not None
    assert "文字" in image["stream"]["content"]


def test_who_opens_the_robot_is_welcomed_and_other_events_need_no_reply(site: Site) -> None:
    opened = robot(site, asks("", "e1", msgtype="event", event={"eventtype": "enter_chat"}))
    assert opened is not None
    assert opened["msgtype"] == "text"
    assert "1. 问一？" in opened["text"]["content"]
    assert robot(site, asks("", "e2", msgtype="event", event={"eventtype": "feedback_event"})) is None


@pytest.mark.parametrize(
    "callback",
    [
        {},
        {"msgtype": "text"},
        {"msgtype": 7, "from": 7},
        {"msgtype": "text", "msgid": "1", "from": {"userid": ["a"]}, "text": "x"},
        {"msgtype": "mixed", "msgid": "1x", "from": {"userid": "a"}, "mixed": {"msg_item": [7, None, {"text": 7}]}},
        {"msgtype": "stream", "stream": None},
        {"msgtype": "event", "from": {"userid": "a"}, "event": []},
        {"msgtype": "text", "msgid": "2x", "from": {"userid": "a\ud800"}, "text": {"content": "\ud800\0"}},
    ],
    ids=range(8),
)
def test_a_callback_that_is_not_whole_breaks_nothing(site: Site, callback: dict[str, object]) -> None:
    robot(site, callback)
    assert site.faults() == []


@pytest.mark.parametrize(
    "body",
    [b"{", b"{}", b'{"encrypt": 7}', b'{"encrypt": ""}', b'{"encrypt": "\\ud800"}', b"{" * 30_000, b'{"encrypt": NaN}'],
    ids=range(7),
)
def test_a_body_that_is_no_callback_is_refused(site: Site, body: bytes) -> None:
    assert_refused(site, site.client.post("/wecom", params={"msg_signature": "x"}, content=body))


@pytest.mark.parametrize("text", ["[", "[]", "7", "[" * 5_000, "\x00"])
def test_sealed_json_that_is_no_object_is_refused(site: Site, text: str) -> None:
    sealed = CRYPT.seal(text, "", "1", "n")
    query = {"msg_signature": sealed.signature, "timestamp": "1", "nonce": "n"}
    assert_refused(site, site.client.post("/wecom", params=query, json={"encrypt": sealed.encrypted}))
