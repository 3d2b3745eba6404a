"""The page's first HTML names nothing outside, and nothing of its engine is open but what it uses."""

from __future__ import annotations

import re
import socket
import threading
import time
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.answer import Question
from assistant.steps import said


def raw(address: str, request: bytes) -> bytes:
    """Send a request exactly as it stands; a client would tidy its path."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=5) as line:
        line.sendall(request + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = b""
        while part := line.recv(65_536):
            received += part
        return received


def test_the_page_is_chinese_and_refers_to_nothing_outside(address: str) -> None:
    page = httpx.get(address)
    assert page.status_code == 200
    assert '<html\n\tlang="zh-CN"' in page.text
    assert "<title>政策问答</title>" in page.text
    config = page.text.index("window.gradio_config")
    outside = page.text[:config] + re.sub(r"window\.gradio_(config|api_info) = .*?</script>", "", page.text[config:])
    assert not re.search(r"https?://", outside.replace(address, ""))
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text.replace(address, ""))


def test_every_script_of_the_page_carries_the_nonce_of_its_own_response(address: str) -> None:
    seen = set()
    for _ in range(2):
        page = httpx.get(address)
        policy = page.headers["content-security-policy"]
        [nonce] = re.findall(r"'nonce-([\w-]+)'", policy)
        tags = re.findall(r"<script[\s>][^>]*", page.text)
        assert len(tags) >= 4
        assert all(f'nonce="{nonce}"' in tag for tag in tags)
        assert "'unsafe-inline'" not in policy.split("style-src")[0]
        seen.add(nonce)
    assert len(seen) == 2


def test_the_pages_own_style_and_script_are_served(address: str) -> None:
    page = httpx.get(address).text
    for path in re.findall(r'(?:href|src)="(page/[^"]+)"', page):
        assert httpx.get(f"{address}/{path}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/upload_progress?upload_id=1",
        "/gradio_api/call/ask/1",
        "/gradio_api/deep_link?session_hash=1",
        "/gradio_api/runs",
        "/gradio_api/token",
        "/gradio_api/mcp",
        "/config",
        "/monitoring",
        "/svelte/../../../app.py",
        "/assets/../index.html",
        "/assets/..%2f..%2f..%2f__init__.py",
        "/static/%2e%2e/%2e%2e/%2e%2e/__init__.py",
        "/page/../page.py",
        "/page/%2e%2e/web.py",
        "/page//etc/passwd",
        "/?deep_link=../../x",
    ],
)
def test_nothing_else_of_the_engine_can_be_read(address: str, path: str) -> None:
    reply = raw(address, f"GET {path}".encode())
    status = int(reply.split()[1])
    if path.startswith("/?"):
        assert status == 200
    else:
        assert status in {403, 404}
    assert b"root:" not in reply
    assert b"import annotations" not in reply


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/run/predict",
        "/gradio_api/api/predict",
        "/gradio_api/call/ask",
        "/gradio_api/component_server",
        "/gradio_api/process_recording",
        "/gradio_api/vibe-edit",
        "/gradio_api/reset",
        "/login",
        "/",
    ],
)
def test_nothing_can_be_sent_to_the_engine_but_the_pages_events(address: str, path: str) -> None:
    reply = httpx.post(address + path, files={"files": ("a.html", b"<script>alert(1)</script>")})
    assert reply.status_code in {403, 404, 405}


@pytest.mark.parametrize(
    "data",
    [
        {"data": ["问", {"forged": "history"}], "fn_index": 0, "session_hash": "a"},
        {"data": [], "fn_index": 0, "session_hash": "a"},
        {"data": None, "fn_index": 99, "session_hash": "a"},
        {"data": [{"a": [1]}, None], "fn_index": -1, "session_hash": "a"},
        {"data": ["问", None], "fn_index": 0},
        [],
        "x",
    ],
    ids=range(7),
)
def test_forged_events_do_not_break_the_page(address: str, data: object) -> None:
    reply = httpx.post(f"{address}/gradio_api/queue/join", json=data)
    assert "Traceback" not in reply.text
    assert httpx.get(address).status_code == 200


def test_an_event_above_the_pages_limit_is_refused(address: str) -> None:
    body = {"data": ["问" * 400_000, None], "fn_index": 0, "session_hash": "a"}
    assert httpx.post(f"{address}/gradio_api/queue/join", json=body).status_code == 413


def test_the_work_ends_when_the_page_is_left(fresh: Any) -> None:
    assistant, address = fresh
    ended = threading.Event()

    def endless(question: Question) -> NoReturn:
        try:
            while True:
                said("一句话。")
                time.sleep(0.02)
        finally:
            ended.set()

    assistant.reply = endless
    body = {"data": ["问什么？", "{}"], "fn_index": 0, "session_hash": "leaving"}
    assert httpx.post(f"{address}/gradio_api/queue/join", json=body).status_code == 200
    with httpx.stream("GET", f"{address}/gradio_api/queue/data?session_hash=leaving", timeout=10) as events:
        next(line for line in events.iter_lines() if "一句话" in line)
        assert not ended.is_set()
    assert ended.wait(5)
