"""``python -m assistant wechat-sim``: plays the platform against a running server, as a chat in the terminal.

It signs, encrypts and asks again as the platform does, so that a bot can be tried without an account. It uses the same
settings as the server.
"""

from __future__ import annotations

import contextlib
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from typing import TYPE_CHECKING

import httpx

from assistant.channels import envelope
from assistant.channels.crypto import ForgedError, MessageCrypt, Sealed, signature
from assistant.channels.envelope import EnvelopeError
from assistant.errors import AssistantError, SettingsError
from assistant.settings import Settings, load_settings, secret

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE, TRIES = 5.0, 3
"""Seconds after which the platform drops a connection, and how often it asks in all."""
EXIT_FINE, EXIT_FAILED = 0, 1
_OK = 200
_LEAVE = {"exit", "quit", "退出", "再见", ":q"}
_HELP = """直接输入文字就是发消息；还可以输入：
  /语音 文字    发一段已识别成文字的语音
  /图片         发一张图片
  /关注         关注公众号或应用
  /菜单 键值    点自定义菜单
  /重发         把上一条消息原样再发三次
  退出          结束"""


class SimulatorError(AssistantError):
    """The server cannot be reached or does not answer as the platform demands."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the platform shows to the person, and how often it had to ask."""

    text: str
    tries: int
    seconds: float


@dataclass
class Simulator:
    """A person with an account on the platform. ``corp``: a WeCom application; no ``crypt``: messages in the clear."""

    url: str
    token: str
    receiver: str
    crypt: MessageCrypt | None
    corp: bool = False
    patience: float = PATIENCE
    person: str = field(default_factory=lambda: f"o{secrets.token_hex(13)}")
    service: str = "gh_simulator"

    def check(self) -> None:
        """Do what the platform does when the address is saved; raises SimulatorError."""
        wanted = secrets.token_hex(8)
        query, sent = self._signed(), wanted
        if self.corp and self.crypt is not None:
            sent = self.crypt.encrypt(wanted, self.receiver)
            query["msg_signature"] = signature(self.token, query["timestamp"], query["nonce"], sent)
        with _reaching(self.url), httpx.Client(timeout=self.patience) as client:
            response = client.get(self.url, params={**query, "echostr": sent})
        if response.status_code != _OK or response.text != wanted:
            raise SimulatorError(
                f"接入校验没有通过（HTTP {response.status_code}）：服务的地址、Token、EncodingAESKey 要与这里的设置一致。"
            )

    def say(self, fields: Mapping[str, str]) -> Said:
        """Send a message, asking again after ``patience`` seconds, three times in all; raises SimulatorError."""
        body, query = self._message(fields)
        started = time.monotonic()
        for number in range(1, TRIES + 1):
            try:
                with _reaching(self.url), httpx.Client(timeout=self.patience) as client:
                    response = client.post(self.url, params=query, content=body)
            except TimeoutError:
                continue
            return Said(self._shown(response), number, time.monotonic() - started)
        raise SimulatorError(
            f"服务 {TRIES} 次都没有在 {self.patience:g} 秒内回应。用户会看到：该公众号暂时无法提供服务。"
        )

    def text(self, content: str) -> dict[str, str]:
        """Return a message that a person types."""
        return self._fields("text", Content=content, MsgId=str(time.time_ns()))

    def event(self, name: str, key: str = "") -> dict[str, str]:
        """Return something a person does other than speak."""
        return self._fields("event", Event=name, EventKey=key)

    def voice(self, content: str) -> dict[str, str]:
        """Return a voice message with what was recognised in it."""
        return self._fields("voice", MediaId="1", Format="amr", Recognition=content, MsgId=str(time.time_ns()))

    def image(self) -> dict[str, str]:
        """Return a picture."""
        return self._fields("image", PicUrl="https://example.org/a.jpg", MediaId="1", MsgId=str(time.time_ns()))

    def _fields(self, kind: str, **more: str) -> dict[str, str]:
        agent = {"AgentID": "1"} if self.corp else {}
        head = {"ToUserName": self.service, "FromUserName": self.person, "CreateTime": str(int(time.time()))}
        return {**head, "MsgType": kind, **more, **agent}

    def _signed(self) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(5)
        signed = {} if self.corp else {"signature": signature(self.token, timestamp, nonce)}
        return {**signed, "timestamp": timestamp, "nonce": nonce}

    def _message(self, fields: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
        xml, query = envelope.render(fields), self._signed()
        if self.crypt is None:
            return xml.encode(), query
        sealed = self.crypt.seal(xml, self.receiver, query["timestamp"], query["nonce"])
        outer = envelope.render({"ToUserName": self.service, "Encrypt": sealed.encrypted})
        more = {} if self.corp else {"encrypt_type": "aes", "openid": self.person}
        return outer.encode(), {**query, **more, "msg_signature": sealed.signature}

    def _shown(self, response: httpx.Response) -> str:
        """Return the text of a response; empty for none. Raises SimulatorError where it is not the platform's form."""
        if response.status_code != _OK:
            raise SimulatorError(f"服务返回 HTTP {response.status_code}：签名、密钥或消息没有通过验证。")
        if response.text in {"", "success"}:
            return ""
        try:
            fields = envelope.parse(response.content)
            if self.crypt is not None:
                sealed = Sealed(fields["Encrypt"], fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
                fields = envelope.parse(self.crypt.open(sealed, [self.receiver])[0])
            return fields["Content"]
        except (EnvelopeError, ForgedError, KeyError) as error:
            raise SimulatorError("服务的回复不是平台认得的格式。") from error


def simulator(settings: Settings, server: str | None, *, wecom: bool, plain: bool) -> Simulator:
    """Return a simulator with the server's own settings; raises SettingsError where they are missing."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = (server or f"http://{host}:{settings.port}").rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise SettingsError("--server 应为 http:// 或 https:// 开头的地址。")
    prefix, receiver = ("POLICY_WECOM", settings.wecom_corp_id) if wecom else ("POLICY_WECHAT", settings.wechat_app_id)
    token = secret(settings.wecom_token if wecom else settings.wechat_token)
    key = "" if plain and not wecom else secret(settings.wecom_aes_key if wecom else settings.wechat_aes_key)
    if not token:
        raise SettingsError(f"请先设置 {prefix}_TOKEN，与服务用的相同（可以写在 .env 里）。")
    crypt = MessageCrypt(token, key, setting=f"{prefix}_AES_KEY") if key else None
    service = (receiver or "") if wecom else "gh_simulator"
    return Simulator(f"{base}/{'wecom' if wecom else 'wechat'}", token, receiver or "", crypt, wecom, service=service)


def run(server: str | None, *, wecom: bool, plain: bool, asked: Sequence[str] | None) -> int:
    """Check the address, then ask the questions that are given, or hold a chat; return 1 where a message failed."""
    person = simulator(load_settings(), server, wecom=wecom, plain=plain)
    person.check()
    mode = "明文" if person.crypt is None else "加密"
    print(f"接入校验通过：{person.url}（{mode}模式）")
    if asked:
        went_well = [_exchange(person, [person.text(text)]) for text in asked]
        return EXIT_FINE if all(went_well) else EXIT_FAILED
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    print(_HELP)
    last: Mapping[str, str] = person.event("subscribe")
    _exchange(person, [last])
    while (line := _read()) is not None:
        if line == "/重发":
            _exchange(person, [last] * TRIES)
        elif line:
            last = _fields(person, line)
            _exchange(person, [last])
    return EXIT_FINE


def _fields(person: Simulator, line: str) -> dict[str, str]:
    command, _, rest = line.partition(" ")
    if command == "/语音":
        return person.voice(rest)
    if command == "/图片":
        return person.image()
    if command == "/关注":
        return person.event("subscribe")
    return person.event("CLICK", rest) if command == "/菜单" else person.text(line)


def _exchange(person: Simulator, messages: Sequence[Mapping[str, str]]) -> bool:
    """Send messages and show what comes back; tell whether all went well."""
    fine = True
    for fields in messages:
        try:
            said = person.say(fields)
        except SimulatorError as error:
            print(f"！{error}\n")
            fine = False
            continue
        again = f"，平台问了 {said.tries} 次" if said.tries > 1 else ""
        shown = said.text or "（没有即时回复。回答好了会由客服消息送达；没有客服权限时，随下一条消息一起送达。）"
        print(f"机器人（{said.seconds:.2f} 秒，{len(said.text.encode())} 字节{again}）：\n{shown}\n")
    return fine


def _read() -> str | None:
    try:
        line = input("我：" if sys.stdin.isatty() else "").strip()
    except (EOFError, KeyboardInterrupt):
        return None
    return None if line.lower() in _LEAVE else line


@contextlib.contextmanager
def _reaching(url: str) -> Iterator[None]:
    """Turn faults of the connection into SimulatorError, a response that does not come into TimeoutError."""
    try:
        yield
    except httpx.ReadTimeout as error:
        raise TimeoutError from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SimulatorError(f"连不上 {url}。请先启动服务：python -m assistant serve") from error
