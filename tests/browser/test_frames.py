"""In a page of another site, and from a link that brings a question along."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]  # the fixtures of conftest.py
SAMPLE = "2018年国务院印发了什么文件？"
HOSTILE = "<img src=x onerror=alert(1)>'\"${alert(2)}是什么？"


class Host(BaseHTTPRequestHandler):
    """A site that shows what its address names in a frame, as the manual says."""

    def do_GET(self) -> None:
        framed = parse_qs(urlsplit(self.path).query).get("src", [""])[0]
        body = f'<!DOCTYPE html><title>host</title><iframe src="{framed}" title="政策问答" width="400" height="700"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[int]:
    """The port of a site of another origin than ours."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def framed(browser: Browser, port: int, site: str, name: str) -> Page:
    page = browser.new_context(locale="zh-CN").new_page()
    page.set_default_timeout(20_000)
    page.goto(f"http://{name}:{port}/?src={quote(site)}")
    return page


def test_an_allowed_site_shows_the_page_in_a_frame_where_it_works(
    chromium: Browser, paced_site: str, host: int
) -> None:
    page = framed(chromium, host, paced_site, "localhost")
    frame = page.frame_locator("iframe")
    frame.locator("#samples button", has_text=SAMPLE).click()
    frame.locator("#transcript .turn a.mark").first.click()
    frame.locator("#reader mark.lit").first.wait_for()
    assert frame.locator(".bar nav a").first.get_attribute("target") == "_blank"
    page.context.close()


@pytest.mark.parametrize("case", ["nobody is allowed", "another site is allowed"])
def test_other_sites_do_not(case: str, chromium: Browser, site: str, paced_site: str, host: int) -> None:
    said: list[str] = []
    page = chromium.new_context().new_page()
    page.on("console", lambda message: said.append(message.text))
    name, address = ("localhost", site) if case == "nobody is allowed" else ("127.0.0.1", paced_site)
    page.goto(f"http://{name}:{host}/?src={quote(address)}")
    page.wait_for_timeout(500)
    assert any("frame-ancestors" in text for text in said)
    assert page.frame_locator("iframe").locator("gradio-app").count() == 0
    page.context.close()


def test_a_link_opens_with_a_question_that_is_asked_once(visit: Visit) -> None:
    page = visit(path=f"?q={quote(SAMPLE)}")
    page.locator("#transcript .turn").wait_for()
    assert page.locator("#transcript .asked").all_inner_texts() == [SAMPLE]
    assert "q=" not in page.url
    page.reload()
    page.locator("#transcript .turn").wait_for()
    page.wait_for_timeout(500)
    assert page.locator("#transcript .asked").all_inner_texts() == [SAMPLE]


def test_a_link_with_a_hostile_question_is_asked_as_text(visit: Visit) -> None:
    page = visit(path=f"?q={quote(HOSTILE)}&doc={quote(HOSTILE)}&lang={quote(HOSTILE)}")
    page.locator("#transcript .turn").wait_for()
    assert page.locator("#transcript .asked").inner_text() == HOSTILE
    assert page.locator("#transcript img, #composer img").count() == 0
    assert page.locator(".only").is_hidden()


def test_a_link_with_an_empty_question_is_the_first_page(visit: Visit) -> None:
    page = visit(path="?q=%20")
    page.locator("#samples button").first.wait_for()
    assert page.locator(".turn").count() == 0
