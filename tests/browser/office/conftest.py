"""The product with an administration, and browsers before it; what is sent must not leave this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

AXE = Path(__file__).parents[1] / "axe" / "axe.min.js"
PASSWORD = "geheim-geheim"
_NOISE = ("BodyStreamBuffer was aborted", "Connection errored out", "AbortError: signal is aborted")
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="session")
def office(data_folder: Path, start_at: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of ``python app.py`` with a password for its administration."""
    settings = {
        "POLICY_ADMIN_PASSWORD": PASSWORD,
        "POLICY_WECOM_WEBHOOK_URL": "https://127.0.0.1/?key=top-secret-key",
    }
    with start_at(data_folder, "app.py", **settings) as address:
        yield address


class Visitor:
    """Opens pages, and remembers what went out and what went wrong."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser, self._site = browser, site
        self.contexts: list[BrowserContext] = []
        self.requests: list[str] = []
        self.faults: list[str] = []

    def __call__(self, path: str, size: str = "desktop", **options: Any) -> Page:
        context = self._browser.new_context(viewport=SIZES[size], locale="zh-CN", **options)
        self.contexts.append(context)
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        page = context.new_page()
        page.on("dialog", self._answer)
        page.set_default_timeout(30_000)
        page.goto(self._site + path)
        return page

    def _note(self, fault: str) -> None:
        # The chat page's engine says so whenever it is left while its stream of events is open.
        if not any(noise in fault for noise in _NOISE):
            self.faults.append(fault)

    def _answer(self, dialog: Dialog) -> None:
        """A question of the page's own is answered with yes; anything else was not ours."""
        if dialog.type == "confirm" and dialog.message.startswith("确定"):
            dialog.accept()
            return
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
        assert {urlsplit(url).hostname for url in self.requests if not url.startswith(("data:", "blob:"))} <= {
            "127.0.0.1"
        }
        assert self.faults == []


@pytest.fixture
def visit(chromium: Browser, office: str) -> Iterator[Visitor]:
    """Opens a page by its path; afterwards nothing may have left this machine or failed."""
    visitor = Visitor(chromium, office)
    yield visitor
    visitor.leave()


def sign_in(page: Page) -> None:
    page.get_by_label("管理密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="索引里的文件").wait_for()


@pytest.fixture(scope="session")
def signed_in() -> Callable[[Page], None]:
    """Signs in on a page that asks for the password."""
    return sign_in


@pytest.fixture(scope="session")
def is_accessible() -> Callable[[Page], None]:
    """Holds a page against axe-core: nothing serious or critical."""

    def check(page: Page) -> None:
        if not AXE.exists():
            pytest.skip("accessibility is not tested: sh tests/browser/install.sh")
        page.evaluate(AXE.read_text(encoding="utf-8"))  # the page's policy lets no script tag in
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        wrong = [
            (item["id"], [node["html"][:200] for node in item["nodes"]])
            for item in found["violations"]
            if item["impact"] in {"serious", "critical"}
        ]
        assert wrong == []

    return check
