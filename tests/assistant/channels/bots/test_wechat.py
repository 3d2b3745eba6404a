"""The callback of an Official Account over real HTTP: what it answers, and what it refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

Site = Any  # fixtures of conftest.py, which no test can import
SECRETS = ("spamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2")


def signed(timestamp: str = "1409735669", nonce: str = "1320562132", token: str = "spamtest") -> dict[str, str]:
    joined = "".join(sorted((token, timestamp, nonce)))
    return {"signature": hashlib.sha1(joined.encode()).hexdigest(), "timestamp": timestamp, "nonce": nonce}


def assert_refused(site: Site, response: Any) -> None:
    """403 and not a word."""
    assert (response.status_code, response.text) == (403, "")
    assert site.faults() == []


# The check.


@pytest.mark.parametrize("echostr", ["5838479218127813673", "a+b/c=", "a b", "<script>alert(1)</script>", "中文", ""])
def test_the_check_gives_back_echostr_as_it_came(site: Site, echostr: str) -> None:
    response = site.client.get(f"/wechat?{urlencode(signed())}&echostr={quote(echostr, safe='')}")
    assert (response.status_code, response.text) == (200, echostr)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_bare_plus_in_echostr_stays_a_plus(site: Site) -> None:
    """CASES 43."""
    assert site.client.get(f"/wechat?{urlencode(signed())}&echostr=a+b").text == "a+b"


@pytest.mark.parametrize(
    "change",
    [{"signature": ""}, {"signature": "0" * 40}, {"timestamp": "1409735668"}, {"nonce": "x"}, signed(token="other")],
)
def test_a_check_with_another_signature_is_refused(site: Site, change: dict[str, str]) -> None:
    assert_refused(site, site.client.get("/wechat", params=signed() | {"echostr": "1"} | change))


def test_a_parameter_given_twice_is_refused(site: Site) -> None:
    assert_refused(site, site.client.get(f"/wechat?{urlencode(signed())}&echostr=1&nonce=1320562132"))
    assert_refused(site, site.client.get("/wechat"))


# Secure mode.


def test_the_published_message_is_answered(site: Site, vectors: dict[str, dict[str, str]]) -> None:
    vector = vectors["official_account_message"]
    query = {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}
    response = site.client.post("/wechat", params=query, content=vector["body"].encode())
    assert response.status_code == 200
    person = site.person("ovx0fuLD0fHm2CrDdAFYlkbKIqEE")
    opened = person.crypto.decrypt_message(
        response.text, *(site_fields(response.text)[name] for name in ("MsgSignature", "TimeStamp", "Nonce"))
    )
    assert "答：abcdteT" in opened


def site_fields(xml: str) -> dict[str, str]:
    import xmltodict

    return dict(xmltodict.parse(xml)["xml"])


def bits(text: str, step: int = 1) -> Iterator[str]:
    """Return the text with one bit of one byte changed; of each byte as many bits as ``step`` lets through."""
    data = text.encode()
    for place in range(0, len(data) * 8, step):
        spoiled = bytearray(data)
        spoiled[place // 8] ^= 1 << place % 8
        yield spoiled.decode("latin-1")


def test_one_bit_changed_anywhere_in_a_signed_message_is_refused(site: Site) -> None:
    """CASES 42: every bit of every parameter, and bits all over the body, its tags included; over 1,000 variants."""
    person = site.person()
    query, body = person.sealed(person.text("一", "1"))
    assert site.client.post("/wechat", params=query, content=body).status_code == 200
    site.faults()
    before = len(site.assistant.asked)
    variants: list[tuple[dict[str, str], bytes]] = []
    for name, value in query.items():
        variants += [(query | {name: spoiled}, body.encode()) for spoiled in bits(value)]
    variants += [(query, spoiled.encode("latin-1")) for spoiled in bits(body, 5)]
    assert len(variants) >= 1_000
    for parameters, content in variants:
        url = "/wechat?" + urlencode({name: value.encode("latin-1") for name, value in parameters.items()})
        response = site.client.post(url, content=content)
        assert (response.status_code, response.text) == (403, ""), (parameters, content)
    assert site.faults() == []
    assert len(site.assistant.asked) == before


def test_in_secure_mode_a_message_in_the_clear_is_refused_even_with_a_good_signature(site: Site) -> None:
    """The signature of the address does not cover a body."""
    xml = site.person().text("一", "1").encode()
    assert_refused(site, site.client.post("/wechat", params=signed(), content=xml))
    assert_refused(site, site.client.post("/wechat", params=signed() | {"encrypt_type": "raw"}, content=xml))


def test_a_message_for_another_account_is_refused(site: Site) -> None:
    from wechatpy.crypto import WeChatCrypto

    person = site.person()
    stranger: Any = WeChatCrypto(*SECRETS[:2], "wx0000000000000000")
    sealed = site_fields(stranger.encrypt_message(person.text("一", "1"), "n", "1"))
    query = {"msg_signature": sealed["MsgSignature"], "timestamp": "1", "nonce": "n", "encrypt_type": "aes"}
    body = f"<xml><Encrypt>{sealed['Encrypt']}</Encrypt></xml>"
    assert_refused(site, site.client.post("/wechat", params=query, content=body))


@pytest.mark.parametrize("body", [b"", b"<xml/>", b"{}", b"\xff", b"<xml><Encrypt/></xml>", b"<a>" * 10_000])
def test_a_body_that_is_no_message_is_refused(site: Site, body: bytes) -> None:
    query, _ = site.person().sealed("<xml/>")
    assert_refused(site, site.client.post("/wechat", params=query, content=body))


def test_nothing_secret_is_in_what_is_answered_or_logged(site: Site) -> None:
    person = site.person()
    query, body = person.sealed(person.text("token 密钥", "8"))
    responses = [site.client.post("/wechat", params=query, content=body), site.client.get("/wechat", params=query)]
    said = "".join(response.text + str(response.headers) for response in responses)
    said += "".join(record.getMessage() for record in site.records)
    assert not any(secret in said for secret in SECRETS)


# In the clear.


@pytest.fixture
def clear(make_site: Callable[..., Site]) -> Site:
    return make_site(wechat_aes_key="", wechat_app_id="")


def test_in_the_clear_a_signed_message_is_answered_in_the_clear(clear: Site) -> None:
    xml = clear.person().text("一]]&gt;二", "1").encode()
    response = clear.client.post("/wechat", params=signed(), content=xml)
    answer = site_fields(response.text)
    assert (answer["ToUserName"], answer["FromUserName"]) == ("o-1", "gh_10f6c3c3ac5a")
    assert "答：一]]" in answer["Content"]
    assert_refused(clear, clear.client.post("/wechat", params=signed(token="other"), content=xml))
    assert_refused(clear, clear.client.post("/wechat", content=xml))
    query, body = clear.person().sealed("<xml/>")
    assert_refused(clear, clear.client.post("/wechat", params=query, content=body))


# What a person sends.


def test_speech_that_was_recognised_is_a_question(site: Site) -> None:
    person = site.person("o-voice")
    said = "<MediaId>m</MediaId><Format>amr</Format><Recognition><![CDATA[语音的问题]]></Recognition><MsgId>11</MsgId>"
    assert "答：语音的问题" in (site.send(person, person.message("voice", said)) or "")
    unheard = "<MediaId>m</MediaId><Recognition></Recognition><MsgId>12</MsgId>"
    assert "没有听清" in (site.send(person, person.message("voice", unheard)) or "")


@pytest.mark.parametrize("kind", ["image", "video", "shortvideo", "location", "link", "file", "something_new"])
def test_other_types_get_a_hint(site: Site, kind: str) -> None:
    person = site.person("o-types")
    xml = person.message(kind, f"<MediaId>m</MediaId><MsgId>{kind}</MsgId>")
    assert "文字" in (site.send(person, xml) or "")


def event(person: Any, name: str, key: str = "", created: int = 1) -> str:
    return str(person.message("event", f"<Event>{name}</Event><EventKey>{key}</EventKey>", created))


def test_who_subscribes_is_welcomed_with_three_questions_one_of_which_a_number_asks(site: Site) -> None:
    person = site.person("o-new")
    welcome = site.send(person, event(person, "subscribe"))
    assert welcome is not None
    assert "1. 问一？\n2. 问二？\n3. 问三？" in welcome
    assert "答：问二？" in (site.send(person, person.text("2", "21")) or "")
    assert "答：多钱？" not in (
        site.send(person, person.text("2", "22")) or ""
    )  # now of the two offered with the answer
    assert [question.text for question in site.assistant.asked[-2:]] == ["问二？", "多少钱？"]


def test_a_menu_asks_its_question_and_says_its_command(site: Site) -> None:
    person = site.person("o-menu")
    assert "答：菜单里的问题" in (site.send(person, event(person, "CLICK", "菜单里的问题")) or "")
    assert "已清空" in (site.send(person, event(person, "CLICK", "清空", 2)) or "")


@pytest.mark.parametrize("name", ["VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "something_new", ""])
def test_other_events_need_no_reply(site: Site, name: str) -> None:
    person = site.person("o-events")
    assert site.send(person, event(person, name)) is None


def test_who_unsubscribes_is_forgotten_and_gets_success(site: Site) -> None:
    person = site.person("o-gone")
    site.send(person, person.text("一", "31"))
    query, body = person.sealed(event(person, "unsubscribe"))
    assert site.client.post("/wechat", params=query, content=body).text == "success"
    site.send(person, person.text("接着呢", "32"))
    assert site.assistant.asked[-1].history == ()


@pytest.mark.parametrize(
    "xml",
    [
        "<xml><FromUserName>o</FromUserName><Content>一</Content></xml>",
        "<xml><MsgType>text</MsgType><Content>一</Content></xml>",
        "<xml><MsgType>event</MsgType><FromUserName>o</FromUserName></xml>",
        f"<xml><MsgType>text</MsgType><FromUserName>{'o' * 200}</FromUserName></xml>",
        "<xml/>",
    ],
)
def test_a_message_that_lacks_its_type_or_sender_needs_no_reply(site: Site, xml: str) -> None:
    """CASES 43."""
    query, body = site.person().sealed(xml)
    del query["openid"]
    response = site.client.post("/wechat", params=query, content=body.replace("gh_10f6c3c3ac5a", ""))
    assert response.status_code in {200, 403}  # an empty ToUserName outside stands for none inside
    assert response.text in {"success", ""}
    assert site.faults() == []


def test_a_message_with_two_types_is_refused(site: Site) -> None:
    """CASES 43."""
    person = site.person()
    query, body = person.sealed(person.text("一", "1").replace("</xml>", "<MsgType>event</MsgType></xml>"))
    assert_refused(site, site.client.post("/wechat", params=query, content=body))


@pytest.mark.parametrize("text", ["", " ", "？！", "😀", "问" * 2_001])
def test_what_cannot_be_asked_gets_a_polite_line_and_costs_nothing(site: Site, text: str) -> None:
    """CASES 18 and 20."""
    person, before = site.person("o-odd"), len(site.assistant.asked)
    said = site.send(person, person.text(text, f"odd{len(text)}{text[:1]}"))
    assert said is not None
    assert "问题" in said
    assert len(site.assistant.asked) == before


def test_what_was_said_before_is_known_until_it_is_cleared(site: Site) -> None:
    person = site.person("o-talk")
    site.send(person, person.text("一", "51"))
    site.send(person, person.text("二", "52"))
    assert [turn.question for turn in site.assistant.asked[-1].history] == ["一"]
    assert "已清空" in (site.send(person, person.text(" 清空 ", "53")) or "")
    site.send(person, person.text("三", "54"))
    assert site.assistant.asked[-1].history == ()
    stranger = site.person("o-other")
    site.send(stranger, stranger.text("四", "55"))
    assert site.assistant.asked[-1].history == ()


def test_who_asks_too_often_is_asked_to_wait(site: Site) -> None:
    from assistant.channels.replies import QUESTIONS

    person, other = site.person("o-fast"), site.person("o-slow")
    said = [site.send(person, person.text("一", f"fast{number}")) or "" for number in range(QUESTIONS + 2)]
    assert ["有点快" in text for text in said] == [False] * QUESTIONS + [True] * 2
    assert "答：" in (site.send(other, other.text("一", "slow")) or "")


def test_words_the_platform_does_not_let_through_are_masked(make_site: Callable[..., Site], tmp_path: Any) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# 词表\n禁词\n\n", encoding="utf-8")
    site = make_site(blocked_words=str(words))
    person = site.person()
    said = site.send(person, person.text("有禁词的问题", "1"))
    assert said is not None
    assert "答：有＊＊的问题" in said


def test_all_the_naughty_strings_get_an_answer(site: Site, naughty: list[str]) -> None:
    """CASES 19."""
    from assistant.channels.envelope import render

    for number, text in enumerate(naughty):
        person = site.person(f"o-naughty-{number // 20}")
        fields = {"ToUserName": person.account, "FromUserName": person.name, "CreateTime": 1, "MsgType": "text"}
        message = render({**fields, "Content": text, "MsgId": f"naughty{number}"})
        said = next(filter(None, (site.send(person, message) for _ in range(3))), None)  # as the platform asks
        assert said, text
        assert "<" not in said
    assert site.faults() == []
