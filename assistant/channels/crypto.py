"""Signatures and encryption of WeChat and WeCom callbacks, as both platforms publish them.

A key is 43 characters of base64 (32 bytes). Encrypted: base64 of AES-256-CBC, IV = key[:16], over 16 random bytes, the
length of the message (4 bytes, big-endian), the message and the id of its receiver, padded (PKCS#7) to 32 bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from assistant.errors import AssistantError, SettingsError

BLOCK = 32
"""Bytes to a multiple of which a message is padded."""
_KEY_CHARACTERS = 43
_RANDOM, _LENGTH = 16, 4
_CIPHER_BLOCK = 16


class ForgedError(AssistantError):
    """A callback that does not come from the platform as it stands; it gets no detail."""

    def __init__(self) -> None:
        super().__init__("请求没有通过验证。")


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted message and what the platform needs to check it."""

    encrypted: str
    signature: str
    timestamp: str
    nonce: str


def signature(*parts: str) -> str:
    """Return the SHA-1 (hexadecimal) of the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    """Compare a signature in constant time; raises ForgedError where it is not that of the parts."""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), signature(*parts).encode()):
        raise ForgedError


class MessageCrypt:
    """Seals and opens the messages of one callback address."""

    def __init__(self, token: str, encoding_key: str, *, setting: str = "AES_KEY") -> None:
        """Raise SettingsError, naming ``setting``, when the key is not 43 characters of base64."""
        self._token = token
        try:
            key = base64.b64decode(encoding_key + "=", validate=True) if len(encoding_key) == _KEY_CHARACTERS else b""
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != BLOCK:
            raise SettingsError(
                f"设置 {setting} 的值不能用：应为 43 个字母和数字，与平台上填写的 EncodingAESKey 相同。"
            )
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:_CIPHER_BLOCK]))

    def open(self, sealed: Sealed, receivers: Collection[str]) -> tuple[str, str]:
        """Return the message and the receiver's id in it, which must be one of ``receivers``.

        Raises ForgedError for a wrong signature, bad base64, padding, length, encoding or receiver.
        """
        check_signature(sealed.signature, self._token, sealed.timestamp, sealed.nonce, sealed.encrypted)
        return self.decrypt(sealed.encrypted, receivers)

    def seal(self, message: str, receiver: str, timestamp: str, nonce: str) -> Sealed:
        """Encrypt and sign a message to the platform."""
        encrypted = self.encrypt(message, receiver)
        return Sealed(encrypted, signature(self._token, timestamp, nonce, encrypted), timestamp, nonce)

    def encrypt(self, message: str, receiver: str) -> str:
        """Return the message, encrypted, in base64."""
        text = message.encode("utf-8", "replace")
        plain = secrets.token_bytes(_RANDOM) + len(text).to_bytes(_LENGTH, "big") + text + receiver.encode()
        padding = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher.encryptor()
        data = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
        return base64.b64encode(data).decode()

    def decrypt(self, encrypted: str, receivers: Collection[str]) -> tuple[str, str]:
        """Return the message and the receiver's id; raises ForgedError."""
        try:
            data = base64.b64decode(encrypted.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error, ValueError) as error:
            raise ForgedError from error
        if not data or len(data) % _CIPHER_BLOCK:
            raise ForgedError
        decryptor = self._cipher.decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
        body = plain[_RANDOM : len(plain) - _padding(plain)]
        end = _LENGTH + int.from_bytes(body[:_LENGTH], "big")
        if len(body) < _LENGTH or end > len(body):
            raise ForgedError
        try:
            message, receiver = body[_LENGTH:end].decode(), body[end:].decode()
        except UnicodeDecodeError as error:
            raise ForgedError from error
        known = [hmac.compare_digest(receiver.encode(), name.encode()) for name in receivers]
        if not any(known):
            raise ForgedError
        return message, receiver


def _padding(plain: bytes) -> int:
    """Return the bytes of padding; raises ForgedError where it is not 1 to 32 times its own length."""
    padding = plain[-1]
    if not 1 <= padding <= BLOCK or len(plain) < padding or plain[-padding:] != bytes([padding]) * padding:
        raise ForgedError
    return padding
