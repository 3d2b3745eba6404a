"""The product as it is started, and a real Chromium before it. What a test sends must not leave this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 90
_NOISE = ("BodyStreamBuffer was aborted", "Connection errored out", "AbortError: signal is aborted")
DESKTOP, PHONE = (1280, 800), (390, 844)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``python app.py``, started on a new data directory."""
    with running(tmp_path_factory.mktemp("site"), "app.py") as address:
        yield address


@pytest.fixture(scope="session")
def paced_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the product with answers that come sentence by sentence; pages of localhost may frame it."""
    with running(
        tmp_path_factory.mktemp("paced"), "tests/browser/paced.py", POLICY_ALLOWED_ORIGINS="http://localhost:*"
    ) as address:
        yield address


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], contextlib.AbstractContextManager[str]]:
    """Runs a program that serves: ``with start(path) as address``."""
    return lambda program: running(tmp_path_factory.mktemp("program"), program)


@pytest.fixture(scope="session")
def start_at() -> Callable[..., contextlib.AbstractContextManager[str]]:
    """Runs a program on a data folder of one's own: ``with start_at(folder, path, SETTING="…") as address``."""
    return running


@contextlib.contextmanager
def running(folder: Path, program: str, **settings: str) -> Iterator[str]:
    """Run a program that serves; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "POLICY_DATA_DIR": str(folder), **settings}
    env["PYTHONPATH"] = str(ROOT)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, program], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        address = f"http://127.0.0.1:{port}/"
        try:
            _wait(process, address, folder / "log")
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}healthz", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"app.py did not start: {log.read_text()}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of one module; its event loop must not outlive them."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need: pip install playwright")
    executable = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if executable is None:
        pytest.skip("the browser tests need Chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Opens pages as people of their own, and remembers what went out and what went wrong."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser = browser
        self._site = site
        self.contexts: list[BrowserContext] = []
        self.requests: list[str] = []
        self.faults: list[str] = []

    def __call__(self, size: tuple[int, int] = DESKTOP, path: str = "", **options: Any) -> Page:
        """Open a page in a browser of its own; ``options`` are those of a browser's context."""
        options = {"locale": "zh-CN", "viewport": {"width": size[0], "height": size[1]}, **options}
        context = self._browser.new_context(**options)
        self.contexts.append(context)
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self._note(str(error.error)))
        context.on("dialog", self._refuse)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(self._site + path)
        if not path.startswith("documents"):
            page.locator("html[data-ready]").wait_for()
        return page

    def _note(self, fault: str) -> None:
        # The engine says so whenever a page is left or loaded again while its stream of events is open.
        if not any(noise in fault for noise in _NOISE):
            self.faults.append(fault)

    def _refuse(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def leave(self) -> None:
        """Close everything; nothing may have left this machine or failed."""
        for context in self.contexts:
            context.close()
        hosts = {urlsplit(url).hostname for url in self.requests if not url.startswith(("data:", "blob:"))}
        assert hosts <= {"127.0.0.1"}
        assert self.faults == []


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Visitor]:
    """Opens the product; afterwards nothing may have left this machine or failed."""
    visitor = Visitor(chromium, site)
    yield visitor
    visitor.leave()


@pytest.fixture
def visit_paced(chromium: Browser, paced_site: str) -> Iterator[Visitor]:
    """Opens the product whose answers take their time."""
    visitor = Visitor(chromium, paced_site)
    yield visitor
    visitor.leave()


@pytest.fixture
def ask() -> Callable[[Page, str], Locator]:
    """Types a question, presses the button, and returns the answered turn."""

    def asked(page: Page, question: str) -> Locator:
        turns = page.locator("#transcript .turn")
        before = turns.count()
        page.locator("#question textarea").fill(question)
        page.locator("#ask").click()
        turn = turns.nth(before)
        turn.wait_for()
        return turn

    return asked
