"""The platforms as the tests play them: people who send messages, and the API that the bots call, over real HTTP.

What people send is encrypted, and what they get is opened, by wechatpy: an implementation that is not ours.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as WeComCrypto
from wechatpy.utils import WeChatSigner

from assistant.channels.bot import Timing
from assistant.settings import Settings
from assistant.state.shared import State

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
WECHAT = {
    "POLICY_WECHAT_TOKEN": "spamtest",
    "POLICY_WECHAT_AES_KEY": KEY,
    "POLICY_WECHAT_APP_ID": "wx2c2769f8efd9abc2",
}
WECOM = {
    "POLICY_WECOM_TOKEN": "QDG6eK",
    "POLICY_WECOM_AES_KEY": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    "POLICY_WECOM_CORP_ID": "wx5823bf96d3bd56c7",
}


def _load_worker() -> Any:
    """Import the worker's file, which is in no package."""
    spec = importlib.util.spec_from_file_location("bots_worker", HERE / "worker.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bots_worker"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def worker() -> Any:
    """The worker's module, for applications within the test's own process."""
    return _load_worker()


@pytest.fixture(scope="session")
def vectors() -> dict[str, dict[str, str]]:
    """The vectors that the platform published, by name."""
    rows = json.loads((ROOT / "tests" / "data" / "wechat_vectors.json").read_text(encoding="utf-8"))
    return {row["name"]: row for row in rows}


@dataclass
class Person:
    """Somebody who writes to the account, and the platform between: it drops a connection after ``patience`` seconds
    and asks again, three times in all. ``received`` is what the person reads, ``durations`` how long requests took.
    """

    name: str
    url: str
    corp: bool = False
    patience: float = 5.0
    received: list[str] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    _count: int = 0

    async def say(self, text: str, client: httpx.AsyncClient, *, drop: int = 0) -> str | None:
        """Send a text; the responses to its first ``drop`` requests get lost on their way."""
        self._count += 1
        return await self.deliver(self.text(text, f"{time.time_ns()}{self._count}"), client, drop=drop)

    async def deliver(self, xml: str, client: httpx.AsyncClient, *, drop: int = 0) -> str | None:
        """Deliver a message as the platform does, and read what comes back."""
        for number in range(3):
            started = time.monotonic()
            try:
                response = await self.post(xml, client)
            except httpx.TimeoutException:
                continue
            self.durations.append(time.monotonic() - started)
            assert response.status_code == 200, response.status_code
            if number < drop:
                continue
            text = self.read(response)
            if text is not None:
                self.received.append(text)
            return text
        return None

    async def post(self, xml: str, client: httpx.AsyncClient) -> httpx.Response:
        """Send one request."""
        query, body = self.sealed(xml)
        return await client.post(self.url, params=query, content=body, timeout=self.patience)

    def text(self, content: str, message_id: str) -> str:
        """Return a text message."""
        return self.message("text", f"<Content><![CDATA[{content}]]></Content><MsgId>{message_id}</MsgId>")

    def message(self, kind: str, rest: str, created: int = 1_348_831_860) -> str:
        """Return a message of any type."""
        return (
            f"<xml><ToUserName><![CDATA[{self.account}]]></ToUserName>"
            f"<FromUserName><![CDATA[{self.name}]]></FromUserName>"
            f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{rest}</xml>"
        )

    @property
    def account(self) -> str:
        return WECOM["POLICY_WECOM_CORP_ID"] if self.corp else "gh_10f6c3c3ac5a"

    @property
    def crypto(self) -> Any:
        if self.corp:
            names = ("POLICY_WECOM_TOKEN", "POLICY_WECOM_AES_KEY", "POLICY_WECOM_CORP_ID")
            return WeComCrypto(*(WECOM[name] for name in names))
        return WeChatCrypto(*(WECHAT[f"POLICY_WECHAT_{name}"] for name in ("TOKEN", "AES_KEY", "APP_ID")))

    def sealed(self, xml: str, nonce: str = "nonce", timestamp: str = "1409735669") -> tuple[dict[str, str], str]:
        """Return the query and the body of the request that carries a message."""
        sealed = fields(self.crypto.encrypt_message(xml, nonce, timestamp))
        query = {"timestamp": timestamp, "nonce": nonce, "msg_signature": sealed["MsgSignature"]}
        if not self.corp:
            signer = WeChatSigner()
            signer.add_data(WECHAT["POLICY_WECHAT_TOKEN"], timestamp, nonce)
            query |= {"signature": signer.signature, "encrypt_type": "aes", "openid": self.name}
        outer = f"<ToUserName><![CDATA[{self.account}]]></ToUserName><Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt>"
        return query, f"<xml>{outer}</xml>"

    def read(self, response: httpx.Response) -> str | None:
        """Return the text that a response shows; None where it shows nothing."""
        if response.text in {"", "success"}:
            return None
        sealed = fields(response.text)
        opened = self.crypto.decrypt_message(
            response.text, sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"]
        )
        message = fields(opened)
        assert message["ToUserName"] == self.name
        assert message["FromUserName"] == self.account
        assert message["MsgType"] == "text"
        content = message["Content"]
        assert len(content.encode()) <= 2_048
        return content


def fields(xml: str) -> dict[str, str]:
    """Read the XML with another parser than ours."""
    import xmltodict

    return dict(xmltodict.parse(xml)["xml"])


class PlatformApi:
    """The platforms' API: tokens, of which only the newest is good, and messages, answered as ``script`` says.

    ``script`` holds an errcode for each of the next messages, ``hang`` for one that gets no answer; then all is well.
    While it is ``closed``, messages wait outside, and none of them counts.
    """

    def __init__(self) -> None:
        self.script: list[int | str] = []
        self.token_script: list[int | str] = []
        self.sent: list[tuple[str, str]] = []
        self.calls: list[int | str] = []
        self.tokens = 0
        self.good: str | None = None
        self.closed = False
        self._lock = threading.Lock()
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(api.token(urlsplit(self.path)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if api.closed:
                    while api.closed:
                        time.sleep(0.05)
                    return
                self.answer(api.message(urlsplit(self.path), body))

            def answer(self, reply: dict[str, Any] | None) -> None:
                if reply is None:
                    time.sleep(6)
                    return
                content = json.dumps(reply).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def token(self, url: Any) -> dict[str, Any] | None:
        with self._lock:
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            given = query.get("secret") or query.get("corpsecret")
            assert url.path in {"/cgi-bin/token", "/cgi-bin/gettoken"}
            if self.token_script:
                code = self.token_script.pop(0)
                return None if code == "hang" else {"errcode": code, "errmsg": "no"}
            if given != "app-secret":
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens += 1
            self.good = f"TOKEN-{self.tokens}"
            return {"access_token": self.good, "expires_in": 7_200}

    def message(self, url: Any, body: bytes) -> dict[str, Any] | None:
        with self._lock:
            assert url.path in {"/cgi-bin/message/custom/send", "/cgi-bin/message/send"}
            assert b"\\u" not in body  # the platform would show it
            message = json.loads(body.decode("utf-8"))
            if parse_qs(url.query)["access_token"] != [self.good]:
                self.calls.append(40001)
                return {"errcode": 40001, "errmsg": "invalid credential"}
            code = self.script.pop(0) if self.script else 0
            self.calls.append(code)
            if code == "hang":
                return None
            if code == 0:
                assert len(message["text"]["content"].encode()) <= 2_048
                self.sent.append((message["touser"], message["text"]["content"]))
            return {"errcode": code, "errmsg": "ok" if code == 0 else "no"}

    def expire(self) -> None:
        """Make the newest token worthless, as another program of the same account does by fetching one."""
        self.good = None

    def to(self, name: str) -> list[str]:
        """Return what was sent to a person."""
        return [text for receiver, text in list(self.sent) if receiver == name]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@pytest.fixture
def api() -> Iterator[PlatformApi]:
    """The platform's API on a loopback port."""
    served = PlatformApi()
    yield served
    served.close()


class Worker:
    """A worker process; another one with the same settings shares what it remembers."""

    def __init__(self, settings: dict[str, str], log: Path, *, scale: float, threads: int, port: int = 0) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        env = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_")}
        env |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | settings
        self.errors = log.with_suffix(f".{self.port}.err")
        arguments = [str(HERE / "worker.py"), str(self.port), str(scale), str(threads), str(log)]
        with self.errors.open("ab") as errors:
            self._process = subprocess.Popen([sys.executable, *arguments], cwd=log.parent, env=env, stderr=errors)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/a/none", timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        pytest.fail(f"the worker did not start: {self.errors.read_text()}")

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._process.kill()
        self._process.wait(20)

    def stop(self) -> None:
        """Tell it to stop, and wait."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stage:
    """What a test of the platform's behaviour works with. Times are the shipped ones divided by ``scale``."""

    def __init__(self, folder: Path, api: PlatformApi) -> None:
        self.folder = folder
        self.api = api
        self.log = folder / "computed.log"
        self.scale = 8.0
        self.threads = 16
        self.settings = {**WECHAT, **WECOM, "POLICY_DATA_DIR": str(folder), "POLICY_BLOCKED_WORDS": ""}
        self.workers: list[Worker] = []
        self._people = 0

    def push(self) -> None:
        """Give the account the permission to send messages of its own accord."""
        self.settings |= {"POLICY_WECHAT_APP_SECRET": "app-secret", "POLICY_WECHAT_API_BASE": self.api.url}
        self.settings |= {"POLICY_WECOM_SECRET": "app-secret", "POLICY_WECOM_API_BASE": self.api.url}
        self.settings |= {"POLICY_WECOM_AGENT_ID": "1000002"}

    def start(self, port: int = 0) -> Worker:
        self.workers.append(Worker(self.settings, self.log, scale=self.scale, threads=self.threads, port=port))
        return self.workers[-1]

    def person(self, worker: Worker | None = None, *, corp: bool = False) -> Person:
        """Return somebody new."""
        self._people += 1
        url = f"{(worker or self.workers[0]).url}/{'wecom' if corp else 'wechat'}"
        return Person(f"o-{self._people}", url, corp, patience=5.0 / self.scale + 2)

    def computed(self) -> Counter[str]:
        """Return how often each question was worked out."""
        return Counter(self.log.read_text(encoding="utf-8").splitlines()) if self.log.exists() else Counter()

    def served(self) -> list[float]:
        """Return the seconds that each request was in the server, the shortest first."""
        return sorted(map(float, Path(f"{self.log}.times").read_text(encoding="utf-8").split()))

    def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, [worker.errors.read_text()[-3_000:] for worker in self.workers]
            time.sleep(0.05)

    def play(self, scene: Callable[[httpx.AsyncClient], Any]) -> Any:
        """Run a scene."""

        async def run() -> Any:
            limits = httpx.Limits(max_connections=1_000, max_keepalive_connections=50)
            async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
                return await scene(client)

        return asyncio.run(run())


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A stage whose workers are ended after it, and must not have complained."""
    api = PlatformApi()
    made = Stage(folder, api)
    yield made
    for started in made.workers:
        started.stop()
    api.close()
    for started in made.workers:
        assert "Traceback" not in started.errors.read_text()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage without a worker yet."""
    with staged(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage with a worker that cannot push; shared, so that every test has people and questions of its own."""
    with staged(tmp_path_factory.mktemp("quiet")) as made:
        made.start()
        yield made


@pytest.fixture(scope="session")
def pushing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage with a worker that can; shared likewise."""
    with staged(tmp_path_factory.mktemp("pushing")) as made:
        made.push()
        made.start()
        yield made


class Site:
    """The bots served within the test's own process, with everything that is logged."""

    def __init__(self, worker: Any, folder: Path, **changes: str) -> None:
        names = {**WECHAT, **WECOM} | {f"POLICY_{name.upper()}": value for name, value in changes.items()}
        given = {name.removeprefix("POLICY_").lower(): value for name, value in names.items() if value}
        self.state = State(f"sqlite:///{folder / 'state.sqlite3'}")
        self.assistant = worker.Directed()
        settings = Settings(_env_file=None, data_dir=folder, **given)  # type: ignore[call-arg]
        timing = Timing(hold=0.5, lease=1.0, beat=0.25, look=0.05, push=0.1)
        app = worker.create(self.assistant, self.state, settings, timing)
        self.records: list[logging.LogRecord] = []
        handler = logging.Handler()
        handler.emit = self.records.append  # type: ignore[method-assign]
        for name in ("", "uvicorn.error"):
            logging.getLogger(name).addHandler(handler)
        self._handler = handler
        config = uvicorn.Config(app, port=0, log_level="error", log_config=None, timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=20)

    def faults(self) -> list[str]:
        """Return what was logged as an error since the last call."""
        found = [record.getMessage() for record in self.records if record.levelno >= logging.ERROR]
        self.records.clear()
        return found

    def person(self, name: str = "o-1", *, corp: bool = False) -> Person:
        return Person(name, f"{self.url}/{'wecom' if corp else 'wechat'}", corp)

    def send(self, person: Person, xml: str) -> str | None:
        """Deliver a message once and return what the person reads."""
        query, body = person.sealed(xml)
        response = self.client.post(person.url, params=query, content=body)
        assert response.status_code == 200
        return person.read(response)

    def close(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(10)
        for name in ("", "uvicorn.error"):
            logging.getLogger(name).removeHandler(self._handler)


@pytest.fixture(scope="session")
def site(worker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The bots with both platforms set up; shared."""
    served = Site(worker, tmp_path_factory.mktemp("site"))
    yield served
    served.close()


@pytest.fixture
def make_site(worker: Any, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Serve the bots with other settings, given by their names without ``POLICY_``."""
    made: list[Site] = []

    def make(**changes: str) -> Site:
        made.append(Site(worker, tmp_path, **changes))
        return made[-1]

    yield make
    for served in made:
        served.close()
