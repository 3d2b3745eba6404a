"""Keys, limits, origins, request ids, languages and the log, over a real server."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from assistant.channels import logs
from assistant.channels.access import origin_pattern, shared_part
from assistant.channels.drain import Drain
from assistant.channels.lines import english
from assistant.channels.request_context import prefers_english
from assistant.channels.watch import Watch, network
from assistant.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.state.shared import State

Serve = "Callable[..., AbstractContextManager[str]]"
QUESTION = "2018年国务院印发了什么文件？"
ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}
CHAT = {"model": "policy-assistant", "messages": [{"role": "user", "content": QUESTION}]}


def settings(**parts: Any) -> Settings:
    return Settings(_env_file=None, **parts)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def state(open_state: Callable[[], State]) -> State:
    return open_state()


def test_without_a_key_programs_are_refused_as_soon_as_there_is_one(serve_whole: Serve, state: State) -> None:
    _, key = state.keys.add("门户")
    with serve_whole(state, settings()) as address, httpx.Client(base_url=address) as client:
        for method, path, body in (
            ("POST", "/api/ask", {"question": QUESTION}),
            ("POST", "/api/ask/stream", {"question": QUESTION}),
            ("GET", "/api/documents", None),
            ("GET", "/api/timeline", None),
            ("POST", "/v1/chat/completions", CHAT),
            ("GET", "/v1/models", None),
            ("GET", "/metrics", None),
        ):
            for wrong in ({}, bearer("any"), bearer(key[:-1]), {"Authorization": f"Basic {key}"}):
                refused = client.request(method, path, json=body, headers=wrong)
                assert refused.status_code == 401, path
                assert refused.headers["www-authenticate"] == "Bearer"
            for right in (bearer(key), {"X-API-Key": key}, {"Authorization": f"bearer  {key}"}):
                assert client.request(method, path, json=body, headers=right).status_code == 200, path
        assert client.get("/v1/models").json()["error"]["code"] == "invalid_api_key"
        for path in ("/", "/healthz", "/readyz", "/page/page.css", "/api/openapi.json"):
            assert client.get(path).status_code == 200


def test_a_revoked_key_is_soon_worthless_and_opens_nothing(serve_whole: Serve, state: State) -> None:
    _, key = state.keys.add("门户")
    with serve_whole(state, settings()) as address:
        assert httpx.get(f"{address}/api/documents", headers=bearer(key)).status_code == 200
        state.keys.revoke("门户")
        assert httpx.get(f"{address}/api/documents", headers=bearer(key)).status_code == 401
        assert httpx.get(f"{address}/api/documents").status_code == 401


def test_the_page_reads_documents_and_sends_opinions_without_a_key_and_asks_no_other_way(
    serve_whole: Serve, state: State
) -> None:
    state.keys.add("门户")
    with serve_whole(state, settings()) as address, httpx.Client(base_url=address) as client:
        host = address.removeprefix("http://")
        for own in ({"Sec-Fetch-Site": "same-origin"}, {"Referer": f"{address}/"}, {"Origin": address}):
            assert client.get("/api/documents", headers=own).status_code == 200
            assert client.get("/api/timeline", headers=own).status_code == 200
            opinion = client.post("/api/feedback", json={"answer_id": "none", "rating": "up"}, headers=own)
            assert opinion.status_code == 404  # let in: there is no such answer
            assert client.post("/api/ask", json={"question": QUESTION}, headers=own).status_code == 401
        for foreign in (
            {"Sec-Fetch-Site": "cross-site", "Origin": address},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": f"https://{host}.evil.example"},
            {"Referer": "null"},
        ):
            assert client.get("/api/documents", headers=foreign).status_code == 401


def test_the_limit_of_an_address_and_of_a_key(serve_whole: Serve, state: State) -> None:
    _, key = state.keys.add("门户")
    _, small = state.keys.add("小", "1/hour")
    limited = settings(rate_limit="2/hour", key_rate_limit="3/hour")
    with serve_whole(state, limited) as address, httpx.Client(base_url=address) as client:

        def codes(times: int, **headers: str) -> list[int]:
            return [client.get("/api/documents", headers=headers).status_code for _ in range(times)]

        assert codes(4, **ELSEWHERE) == [401, 401, 429, 429]  # guesses are counted too
        assert codes(4, **bearer(key)) == [200, 200, 200, 429]  # wherever it is used
        assert codes(2, **bearer(small)) == [200, 429]
        refused = client.post("/v1/chat/completions", json=CHAT, headers=bearer(key))
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert refused.json()["error"]["type"] == "rate_limit_error"
        assert codes(3, **{"X-Forwarded-For": "203.0.113.8"}) == [401, 401, 429]
        assert client.get("/healthz", headers=ELSEWHERE).status_code == 200


def test_questions_of_the_page_count_for_their_address(serve_whole: Serve, state: State) -> None:
    with serve_whole(state, settings(rate_limit="1/hour")) as address:
        codes = [
            httpx.post(f"{address}/gradio_api/queue/join", json={}, headers=ELSEWHERE).status_code for _ in range(3)
        ]
    assert codes[0] != 429
    assert codes[1:] == [429, 429]


def test_programs_of_this_machine_are_not_limited_by_address(serve_whole: Serve, state: State) -> None:
    with serve_whole(state, settings(rate_limit="1/hour")) as address:
        assert {httpx.get(f"{address}/api/documents").status_code for _ in range(5)} == {200}


def test_figures_are_not_for_everybody_where_no_key_is_set(serve_whole: Serve, state: State) -> None:
    with serve_whole(state, settings()) as address:
        assert httpx.get(f"{address}/metrics", headers=ELSEWHERE).status_code == 401
        assert "policy_http_requests_total" in httpx.get(f"{address}/metrics").text


def test_pages_of_allowed_origins_may_call_and_others_may_not(serve_whole: Serve, state: State) -> None:
    allowed = settings(allowed_origins=("https://www.example.gov.cn", "https://*.example.org:*"))
    preflight = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    _, key = state.keys.add("门户")
    with serve_whole(state, allowed) as address, httpx.Client(base_url=address) as client:
        for origin in ("https://www.example.gov.cn", "https://a.b.example.org:8443"):
            granted = client.options("/api/ask", headers={"origin": origin, **preflight})
            assert granted.status_code == 200
            assert granted.headers["access-control-allow-origin"] == origin
            answer = client.post("/api/ask", json={"question": QUESTION}, headers={"origin": origin, **bearer(key)})
            assert answer.headers["access-control-allow-origin"] == origin
            assert "x-request-id" in answer.headers["access-control-expose-headers"].lower()
        for origin in ("https://example.gov.cn", "http://www.example.gov.cn", "https://example.org.evil.com", "null"):
            refused = client.options("/api/ask", headers={"origin": origin, **preflight})
            assert refused.status_code == 400
            assert "access-control-allow-origin" not in refused.headers


def test_a_request_keeps_its_id_where_that_is_harmless(address: str) -> None:
    def told(given: str) -> tuple[str, str]:
        response = httpx.get(f"{address}/api/nothing", headers={"X-Request-ID": given})
        return response.headers["x-request-id"], response.json()["request_id"]

    assert told("trace-7.A_b:c") == ("trace-7.A_b:c",) * 2
    for harmful in ("", "a b", "x" * 65, 'a"}{', "<script>"):
        header, body = told(harmful)
        assert header == body != harmful
        assert len(header) == 32
    assert len({httpx.get(f"{address}/healthz").headers["x-request-id"] for _ in range(3)}) == 3


def test_an_unforeseen_fault_has_its_id_too(address: str, scripted: Any) -> None:
    def fail(_: object) -> None:
        raise RuntimeError

    scripted.reply = fail
    response = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, headers={"X-Request-ID": "t-1"})
    assert (response.status_code, response.headers["x-request-id"], response.json()["request_id"]) == (
        500,
        "t-1",
        "t-1",
    )


@pytest.mark.parametrize(
    ("header", "is_english"),
    [(None, False), ("", False), ("zh-CN,zh;q=0.9,en;q=0.8", False), ("en-US,en;q=0.9", True), ("en;q=0.5, zh;q=0.6", False),
     ("fr, en;q=0.3", True), ("fr", False), ("*", False), ("en;q=0", False), ("en,zh", True), ("zh,en", False), (";;,q=1,en;q=x", False)],
)  # fmt: skip
def test_english_is_for_those_who_prefer_it(header: str | None, *, is_english: bool) -> None:
    assert prefers_english(header) is is_english


def test_problems_are_told_in_the_readers_language(address: str) -> None:
    def problem(body: object, language: str) -> httpx.Response:
        return httpx.post(f"{address}/api/ask", json=body, headers={"Accept-Language": language})

    for body in (
        {"question": ""},
        {"question": "？"},
        {"question": "问" * 2_001},
        {"question": 7},
        [],
        {"question": "a", "conversation_id": 1},
    ):
        chinese, told = problem(body, "zh-CN"), problem(body, "en")
        assert chinese.headers["content-language"] == "zh-CN"
        assert told.headers["content-language"] == "en"
        assert told.json()["title"] == "Bad Request"
        assert chinese.json()["title"] == "请求有误"
        assert told.json()["detail"].split("{")[0].isascii()
        assert chinese.json()["detail"] != told.json()["detail"]
    assert "2001 characters" in problem({"question": "问" * 2_001}, "en").json()["detail"]


def test_every_line_with_an_english_form_is_one_that_is_said() -> None:
    """The table is by wording: a line that is changed at its source must be changed there too."""
    from assistant.answer import Question
    from assistant.channels.desk import BusyError
    from assistant.channels.opinions import _UNKNOWN
    from assistant.channels.problems import _FIELDS
    from assistant.errors import QuestionError

    said = [str(BusyError()), _UNKNOWN, *_FIELDS.values()]
    for wrong in (7, "x" * 2_001, " ", "。"):
        with pytest.raises(QuestionError) as caught:
            Question.of(wrong)
        said.append(str(caught.value))
    assert [line for line in said if english(line) is None] == []


def logged(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_the_log_is_json_and_says_nothing_of_a_person(
    serve_whole: Serve, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = io.StringIO()
    monkeypatch.setattr("sys.stderr", lines)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    key, text = state.keys.add("门户")
    try:
        logs.set_up(settings(log_format="json"))
        with serve_whole(state, settings()) as address:
            headers = {**ELSEWHERE, **bearer(text), "X-Request-ID": "r-1"}
            httpx.post(f"{address}/api/ask", json={"question": QUESTION}, headers=headers)
            httpx.get(f"{address}/api/documents/secret-name", headers=headers)
            httpx.get(f"{address}/api/timeline?issuer=secret-name", headers=headers)
            httpx.get(f"{address}/healthz", headers=headers)
        try:
            raise ValueError(QUESTION)  # noqa: TRY301
        except ValueError:
            logging.getLogger("assistant").exception("failed")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    asked, *_, failed = [row for row in logged(lines) if row["logger"].startswith("assistant")]
    assert {
        "request_id": "r-1",
        "channel": "api",
        "route": "/api/ask",
        "status": 200,
        "key": key.id,
    }.items() <= asked.items()
    assert asked["address"] == "203.0.113.0/24"
    assert "ValueError" in failed["exc_info"]
    assert "test_access" in failed["exc_info"]
    whole = lines.getvalue()
    for personal in (QUESTION, "203.0.113.7", "secret-name", text):
        assert personal not in whole
        assert json.dumps(personal) not in whole


def test_details_are_logged_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = io.StringIO()
    monkeypatch.setattr("sys.stderr", lines)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        logs.set_up(settings(log_format="json", log_details=True))
        try:
            raise ValueError(QUESTION)  # noqa: TRY301
        except ValueError:
            logging.getLogger("assistant").exception("failed")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert QUESTION in logged(lines)[0]["exc_info"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("127.0.0.1", "127.0.0.1"),
        ("unix", ""),
    ],
)
def test_of_an_address_only_the_network_is_told(address: str, told: str) -> None:
    assert network(address) == told


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("203.0.113.77", "203.0.113.77"),
        ("2001:db8:1:2:aaaa::3", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("x", "x"),
    ],
)
def test_a_customer_of_ipv6_is_one_address(address: str, part: str) -> None:
    assert shared_part(address) == part


def test_a_star_in_an_origin_is_a_subdomain_or_a_port() -> None:
    import re

    pattern = origin_pattern("https://*.gov.cn:*")
    assert all(re.fullmatch(pattern, yes) for yes in ("https://a.gov.cn", "https://a.b.gov.cn:8443"))
    assert not any(
        re.fullmatch(pattern, no)
        for no in ("https://gov.cn", "https://a.gov.cn.evil.com", "http://a.gov.cn", "https://a/.gov.cn")
    )


class Nothing:
    def served(self, *_: object) -> None:
        pass


def through(timeout: float, wait_before: float, wait_after: float) -> list[int]:
    """Serve one request that takes its time before and after its response begins; return the statuses sent."""
    statuses: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(wait_before)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(wait_after)
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    watch = Watch(app, figures=Nothing(), drain=Drain(), timeout=timeout)
    scope = {"type": "http", "path": "/api/ask", "method": "POST", "headers": []}
    asyncio.run(watch(scope, None, send))  # type: ignore[arg-type]
    return statuses


def test_an_answer_that_does_not_begin_in_time_is_a_504_and_a_stream_that_has_begun_goes_on() -> None:
    assert through(0.1, 5.0, 0.0) == [504]
    assert through(0.1, 0.0, 0.3) == [200]


def test_more_requests_than_one_process_takes_on_are_turned_away_and_it_recovers(address: str, scripted: Any) -> None:
    from assistant.channels.access import Access, Limits
    from assistant.state.rates import Rates
    from assistant.state.shared import State

    statuses: list[int] = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def many() -> None:
        access = Access(slow, keys=kept.keys, rates=Rates(), limits=Limits(), most=3)
        scope = {"type": "http", "path": "/api/ask", "method": "POST", "headers": [], "client": ("127.0.0.1", 1)}
        await asyncio.gather(*(access(dict(scope), None, send) for _ in range(10)))  # type: ignore[arg-type]
        await access(dict(scope), None, send)  # type: ignore[arg-type]

    kept = State()
    started = time.monotonic()
    asyncio.run(many())
    kept.close()
    assert time.monotonic() - started < 5
    assert sorted(statuses[:10]) == [200] * 3 + [429] * 7
    assert statuses[10] == 200
