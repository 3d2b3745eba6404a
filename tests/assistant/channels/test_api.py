"""The HTTP API over a real server: its shapes, its faults, its limits."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote, urlsplit

import httpx
import pytest

from assistant.channels.api import Canary
from assistant.channels.desk import DEFAULT_THREADS, DEFAULT_WAITING, Desk
from assistant.channels.guards import MAX_BODY
from assistant.channels.samples import read_samples
from assistant.errors import AssistantError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.answer import Answer, Question
    from assistant.state.shared import State

Scripted = Any  # the fixture of conftest.py, which no test can import
QUESTION = "2018年国务院印发了什么文件？"
SECRET = "不要重复我"


def ask(address: str, body: object = None, **parts: object) -> httpx.Response:
    return httpx.post(f"{address}/api/ask", json={"question": QUESTION} if body is None else body, **parts)  # type: ignore[arg-type]


def assert_problem(response: httpx.Response, status: int) -> None:
    """A fault is problem+json with one Chinese line and no word of the input."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert "\n" not in problem["detail"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in problem["detail"])
    assert SECRET not in response.text
    assert "Traceback" not in response.text


def test_an_answer_has_exactly_the_fields_of_the_contract(address: str) -> None:
    answer = ask(address).json()
    assert set(answer) == {
        "id", "status", "answer", "citations", "related", "retrieved", "suggestions", "conversation_id", "latency_ms",
        "error",
    }  # fmt: skip
    assert answer["status"] == "answered"
    [citation] = answer["citations"]
    assert set(citation) == {"doc_id", "title", "start", "end", "quote"}
    text = httpx.get(f"{address}/api/documents/{quote(citation['doc_id'])}").json()["text"]
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert len(answer["retrieved"]) == 10
    assert set(answer["retrieved"][0]) == {"doc_id", "start", "end", "text", "score"}


def test_a_conversation_goes_on_under_its_id(address: str, scripted: Scripted) -> None:
    first = ask(address).json()["conversation_id"]
    second = ask(address, {"question": "那2019年呢？", "conversation_id": first}).json()["conversation_id"]
    assert second == first
    history = scripted.asked[-1].history
    assert [turn.question for turn in history] == [QUESTION]


@pytest.mark.parametrize("given", ["unknown", "", "../../etc", "x" * 5_000])
def test_an_unknown_conversation_begins_a_new_one_under_a_new_id(address: str, scripted: Scripted, given: str) -> None:
    answer = ask(address, {"question": QUESTION, "conversation_id": given}).json()
    assert answer["conversation_id"] != given
    assert len(answer["conversation_id"]) >= 22
    assert scripted.asked[-1].history == ()


@pytest.mark.parametrize(
    "body",
    [
        {"question": ""},
        {"question": "  \n\t　"},
        {"question": SECRET * 400 + "一"},
        {"question": "问" * 20_000},
        {"question": 7},
        {"question": None},
        {"question": [SECRET]},
        {"question": True},
        {"question": {SECRET: SECRET}},
        {"question": QUESTION, "conversation_id": 7},
        {"query": SECRET},
        {},
        [SECRET],
        SECRET,
        7,
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_in_one_clear_line(
    address: str, scripted: Scripted, body: object
) -> None:
    assert_problem(ask(address, body), 400)
    assert scripted.asked == []


def test_the_limit_is_named_when_a_question_is_too_long(address: str) -> None:
    assert "2000" in ask(address, {"question": "问" * 2_001}).json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"question": NaN}',
        b'{"question": 1e999}',
        b'{"question": -Infinity}',
        b'{"question": ' + b"9" * 6_000 + b"}",
        b'{"question": "\\ud800 lone"}',
        b'{"question": "a", "conversation_id": "\\udfff"}',
        b"[" * 30_000,
        b'{"a":' * 8_000,
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"question=a",
        '{"question": "缺右边'.encode(),
        '{"question": "国标"}'.encode("gbk"),
        b'{"question": "a\x00b"}',
    ],
    ids=range(15),
)
def test_hostile_bodies_are_refused_and_never_break_the_service(address: str, body: bytes) -> None:
    response = httpx.post(f"{address}/api/ask", content=body, headers={"content-type": "application/json"})
    assert_problem(response, 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_declared_as_json_is_refused(address: str, kind: str) -> None:
    response = httpx.post(f"{address}/api/ask", content=b'{"question": "a"}', headers={"content-type": kind})
    assert_problem(response, 400)


def test_a_large_body_is_refused_whether_its_length_is_told_or_not(address: str) -> None:
    body = b'{"question": "' + b"a" * MAX_BODY + b'"}'
    json = {"content-type": "application/json"}
    assert_problem(httpx.post(f"{address}/api/ask", content=body, headers=json), 413)
    assert_problem(httpx.post(f"{address}/api/ask", content=iter([body[:40_000], body[40_000:]]), headers=json), 413)


def test_a_huge_announced_body_is_refused_before_it_is_sent(address: str) -> None:
    url = urlsplit(address)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=5) as line:
        line.sendall(b"POST /api/ask HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\n")
        assert b" 413 " in line.recv(1_000)


def test_the_assistants_own_fault_is_a_503_and_an_unforeseen_one_a_500_without_details(
    address: str, scripted: Scripted
) -> None:
    def fail(error: Exception) -> Callable[[Question], Answer]:
        def reply(_: object) -> NoReturn:
            raise error

        return reply

    for error, status in (
        (AssistantError(SECRET), 503),
        (KnowledgeError(SECRET), 503),
        (RuntimeError(SECRET), 500),
    ):
        scripted.reply = fail(error)
        response = ask(address)
        assert_problem(response, status)
        assert response.headers["x-content-type-options"] == "nosniff"


def test_more_load_than_it_takes_is_turned_away_and_the_service_recovers(address: str, scripted: Scripted) -> None:
    gate = threading.Event()

    def wait(question: Question) -> Answer:
        gate.wait(20)
        answer: Answer = scripted.cited(question)
        return answer

    scripted.reply = wait
    places = DEFAULT_THREADS + DEFAULT_WAITING
    with ThreadPoolExecutor(places + 10) as clients:
        replies = [clients.submit(ask, address, timeout=30) for _ in range(places + 10)]
        early = as_completed(replies, 20)
        turned_away = [next(early).result() for _ in range(10)]
        gate.set()
        statuses = sorted(reply.result().status_code for reply in replies)
    assert statuses == [200] * places + [429] * 10
    for response in turned_away:
        assert_problem(response, 429)
        assert int(response.headers["retry-after"]) > 0
    assert ask(address).status_code == 200


def test_the_documents_are_listed_and_read_by_ids_with_slashes(address: str, scripted: Scripted) -> None:
    index = scripted.index
    [listed] = httpx.get(f"{address}/api/documents").json()
    assert len(listed["hash"]) == 64
    assert listed == {
        "id": "湖北/培训.txt",
        "title": index.article.title,
        "issuer": None,
        "number": None,
        "published": "2022-07-14",
        "source": None,
        "passages": len(index.passages),
        "written": None,
        "effective": None,
        "expires": None,
        "addressee": None,
        "validity": None,
        "hash": listed["hash"],
        "version": 1,
        "state": "current",
        "same_as": None,
    }
    for written in (quote("湖北/培训.txt"), quote("湖北/培训.txt", safe="")):
        document = httpx.get(f"{address}/api/documents/{written}").json()
        assert document.pop("text") == index.article.text
        outline = document.pop("outline")
        assert document == listed
        for heading in outline:
            assert set(heading) == {"title", "level", "start", "end"}
        assert "(一)职业技能培训政策体系不断健全" in [heading["title"] for heading in outline]


@pytest.mark.parametrize("doc_id", ["unknown", "../pyproject.toml", "%2e%2e%2fpyproject.toml", "/etc/passwd", "%00"])
def test_an_unknown_document_is_not_found(address: str, doc_id: str) -> None:
    assert_problem(httpx.get(f"{address}/api/documents/{doc_id}"), 404)


def test_alive_and_ready_are_told_apart(address: str) -> None:
    assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{address}/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize("fault", ["nothing found", "no documents", "an error"])
def test_the_canary_finds_what_is_wrong(scripted: Scripted, fault: str) -> None:
    def broken(_: object) -> NoReturn:
        raise KnowledgeError(SECRET)

    if fault == "no documents":
        scripted.index.documents = ()
    elif fault == "an error":
        scripted.reply = broken
    else:
        scripted.reply = lambda question: replace(scripted.cited(question), retrieved=())
    found = asyncio.run(Canary(scripted).fault())
    assert found is not None
    assert SECRET not in found


def test_a_service_that_cannot_answer_is_alive_but_not_ready(fresh: tuple[Scripted, str]) -> None:
    assistant, address = fresh
    assistant.index.documents = ()
    assert_problem(httpx.get(f"{address}/readyz"), 503)
    assert httpx.get(f"{address}/healthz").status_code == 200


def test_readiness_is_asked_often_but_worked_out_seldom(scripted: Scripted) -> None:
    async def many() -> None:
        canary = Canary(scripted)
        for _ in range(20):
            assert await canary.fault() is None

    asyncio.run(many())
    assert len(scripted.asked) == 1


def test_wrong_methods_and_addresses_are_problems_too(address: str) -> None:
    assert_problem(httpx.get(f"{address}/api/ask"), 405)
    assert_problem(httpx.delete(f"{address}/api/documents"), 405)
    assert_problem(httpx.get(f"{address}/api/nothing"), 404)


@pytest.mark.parametrize("path", ["/", "/api/documents", "/api/nothing", "/api/ask", "/healthz", "/page/page.css"])
def test_every_response_carries_the_security_headers_and_none_opens_cors(address: str, path: str) -> None:
    headers = httpx.get(address + path, headers={"origin": "https://elsewhere.example"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


def test_a_preflight_from_elsewhere_is_not_granted(address: str) -> None:
    headers = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    response = httpx.options(f"{address}/api/ask", headers=headers)
    assert response.status_code >= 400
    assert "access-control-allow-origin" not in response.headers


def test_the_openapi_description_is_served_and_no_page_that_loads_from_elsewhere(address: str) -> None:
    paths = httpx.get(f"{address}/api/openapi.json").json()["paths"]
    assert {"/api/ask", "/api/documents", "/api/documents/{doc_id}", "/healthz", "/readyz"} <= set(paths)
    assert {"/api/ask/stream", "/api/feedback", "/api/timeline"} <= set(paths)
    for method in ("/api/ask post", "/api/ask/stream post", "/api/feedback post", "/api/timeline get"):
        path, verb = method.split()
        assert "422" not in paths[path][verb]["responses"]
    for path in ("/docs", "/redoc"):
        assert_problem(httpx.get(address + path), 404)


def test_a_desk_remembers_only_what_was_answered(scripted: Scripted, open_state: Callable[[], State]) -> None:
    kept = open_state().conversations
    desk = Desk(scripted, kept)

    def broken(_: object) -> NoReturn:
        raise AssistantError("故障")

    asyncio.run(desk.ask("一", "a"))
    scripted.reply = broken
    with pytest.raises(AssistantError):
        asyncio.run(desk.ask("二", "a"))
    desk.close()
    assert [turn.question for turn in kept.turns("a")] == ["一"]


def test_the_shipped_assistant_answers_with_words_that_stand_in_the_document(shipped: str) -> None:
    answer = ask(shipped).json()
    assert answer["status"] == "answered"
    assert "《关于推行终身职业技能培训制度的意见》" in answer["answer"]
    assert answer["citations"]
    for citation in (*answer["citations"], *answer["related"]):
        text = httpx.get(f"{shipped}/api/documents/{quote(citation['doc_id'])}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert httpx.get(f"{shipped}/readyz").status_code == 200


@pytest.mark.parametrize("question", [question for topic in read_samples() for question in topic.questions])
def test_every_sample_question_is_answered_with_evidence(shipped: str, question: str) -> None:
    answer = ask(shipped, {"question": question}).json()
    assert answer["status"] == "answered"
    assert answer["citations"]
