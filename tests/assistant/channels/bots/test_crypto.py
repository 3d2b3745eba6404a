"""The platforms' cryptography: their vectors, wechatpy in both directions, and everything that must be refused."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from assistant.channels import envelope
from assistant.channels.crypto import ForgedError, MessageCrypt, Sealed, check_signature, signature
from assistant.errors import SettingsError

TOKEN, KEY, APP_ID = "spamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2"
Vectors = dict[str, dict[str, str]]
OURS = MessageCrypt(TOKEN, KEY)
THEIRS: Any = WeChatCrypto(TOKEN, KEY, APP_ID)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400)


@pytest.mark.parametrize("name", ["wecom_url_verification", "wecom_message", "official_account_message"])
def test_the_published_vectors_open_to_their_plaintexts(vectors: Vectors, name: str) -> None:
    """CASES 42."""
    vector = vectors[name]
    encrypted = vector.get("echostr") or vector.get("encrypt") or envelope.parse(vector["body"])["Encrypt"]
    sealed = Sealed(encrypted, vector["msg_signature"], vector["timestamp"], vector["nonce"])
    text, receiver = MessageCrypt(vector["token"], vector["encoding_aes_key"]).open(sealed, [vector["receive_id"]])
    assert receiver == vector["receive_id"]
    if "plaintext" in vector:
        assert text == vector["plaintext"]
    else:
        message = envelope.parse(text)
        assert message["Content"] == vector["content"]
        assert message["MsgId"] == vector.get("msg_id", message["MsgId"])


@given(TEXTS)
def test_what_we_seal_wechatpy_opens(text: str) -> None:
    sealed = OURS.seal(text, APP_ID, "1409735669", "nonce")
    body = envelope.render({"Encrypt": sealed.encrypted})
    assert THEIRS.decrypt_message(body, sealed.signature, sealed.timestamp, sealed.nonce) == text


@given(TEXTS)
def test_what_wechatpy_seals_we_open(text: str) -> None:
    body = envelope.parse(THEIRS.encrypt_message(text, "nonce", "1409735669"))
    sealed = Sealed(body["Encrypt"], body["MsgSignature"], body["TimeStamp"], body["Nonce"])
    assert OURS.open(sealed, ["another", APP_ID]) == (text, APP_ID)


def encrypted(plain: bytes) -> str:
    """Encrypt what has no right form, with the right key."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def plain(length: int, text: bytes, receiver: bytes = APP_ID.encode()) -> bytes:
    return secrets.token_bytes(16) + length.to_bytes(4, "big") + text + receiver


def padded(data: bytes, padding: Callable[[int], bytes]) -> bytes:
    return data + padding(32 - len(data) % 32)


GOOD = padded(plain(5, b"hello"), lambda count: bytes([count]) * count)


def test_the_form_that_the_next_test_spoils_is_right() -> None:
    assert OURS.decrypt(encrypted(GOOD), [APP_ID]) == ("hello", APP_ID)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "不是 base64",
        "A" * 63,
        "####",
        base64.b64encode(b"x" * 15).decode(),
        encrypted(GOOD)[:-4],
        encrypted(GOOD) + "\n",
        encrypted(b"\0" * 32),
        encrypted(b"\x21" * 64),
        encrypted(b"\x20" * 32),
        encrypted(padded(plain(5, b"hello"), lambda count: b"\1" * (count - 1) + bytes([count]))),
        encrypted(padded(plain(6_000, b"hello"), lambda count: bytes([count]) * count)),
        encrypted(padded(plain(2**32 - 1, b"hello"), lambda count: bytes([count]) * count)),
        encrypted(padded(plain(4, b"hello"), lambda count: bytes([count]) * count)),
        encrypted(padded(plain(5, b"hello", b""), lambda count: bytes([count]) * count)),
        encrypted(padded(plain(5, b"hello", b"wx2c2769f8efd9abc3"), lambda count: bytes([count]) * count)),
        encrypted(padded(plain(2, b"\xff\xfe"), lambda count: bytes([count]) * count)),
        encrypted(padded(plain(5, b"hello", b"\xff"), lambda count: bytes([count]) * count)),
    ],
    ids=range(19),
)
def test_what_is_not_in_the_form_is_refused(text: str) -> None:
    """CASES 42: bad base64, blocks, padding, length, encoding, receiver."""
    with pytest.raises(ForgedError):
        OURS.decrypt(text, [APP_ID])


def test_signatures_are_those_of_the_sorted_parts() -> None:
    """sha1("12a"), worked out with ``printf 12a | sha1sum``."""
    assert signature("a", "2", "1") == "24dec54d13699aa2a499f1c6e9079b9e1611cf6e"
    check_signature(signature("中", "\ud800"), "\ud800", "中")
    for wrong in ("", "é", signature("a", "2", "1").upper(), signature("a", "2", "2")):
        with pytest.raises(ForgedError):
            check_signature(wrong, "a", "2", "1")


@pytest.mark.parametrize("key", ["", "short", "x" * 44, "é" * 43, "!" * 43])
def test_a_key_that_is_none_names_its_setting_and_not_itself(key: str) -> None:
    with pytest.raises(SettingsError, match="POLICY_WECHAT_AES_KEY") as caught:
        MessageCrypt(TOKEN, key, setting="POLICY_WECHAT_AES_KEY")
    assert not key or key not in str(caught.value)
