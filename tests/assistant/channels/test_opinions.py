"""``POST /api/feedback`` over a real server: what people say of the answers they got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from assistant.settings import Settings
from assistant.state.answers import Opinion

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.state.shared import State

QUESTION = "2018年国务院印发了什么文件？"
SECRET = "不要重复我"


def rate(address: str, body: object) -> httpx.Response:
    return httpx.post(f"{address}/api/feedback", json=body)


def assert_problem(response: httpx.Response, status: int) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert SECRET not in response.text
    assert "question" not in response.text  # nor what another route needs


@pytest.mark.parametrize("route", ["/api/ask", "/api/ask/stream"])
def test_an_answer_that_was_given_can_be_rated_and_opened(
    serve_whole: Callable[..., Any], open_state: Callable[[], State], route: str
) -> None:
    state = open_state()
    with serve_whole(state, Settings()) as address:
        assert httpx.post(address + route, json={"question": QUESTION}).status_code == 200
        assert rate(address, {"answer_id": "answer-1", "rating": "up"}).status_code == 200
        last = rate(address, {"answer_id": "answer-1", "rating": "down", "comment": " 没有写日期😀 "})
        assert last.json() == {"answer_id": "answer-1", "rating": "down"}
        assert state.feedback.of("answer-1") == (
            Opinion("answer-1", "up"),
            Opinion("answer-1", "down", "没有写日期😀"),
        )
        assert QUESTION in httpx.get(f"{address}/a/answer-1").text


@pytest.mark.parametrize("answer_id", ["unknown", "", "x" * 5_000, "\0", "../answer-1"])
def test_an_answer_that_was_not_given_cannot_be_rated(address: str, answer_id: str) -> None:
    assert_problem(rate(address, {"answer_id": answer_id, "rating": "up"}), 404)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"answer_id": "answer-1"}, "rating"),
        ({"answer_id": "answer-1", "rating": SECRET}, "rating"),
        ({"answer_id": "answer-1", "rating": True}, "rating"),
        ({"answer_id": "answer-1", "rating": "up", "comment": SECRET * 401}, "2000"),
        ({"answer_id": "answer-1", "rating": "up", "comment": [SECRET]}, "comment"),
        ({"answer_id": 7, "rating": "up"}, "answer_id"),
        ({"rating": "up"}, "answer_id"),
    ],
)
def test_a_rating_that_cannot_be_kept_is_refused_in_one_clear_line(address: str, body: object, told: str) -> None:
    response = rate(address, body)
    assert_problem(response, 400)
    assert told in response.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"[", b'{"answer_id": "\\ud800", "rating": "up"}', b"\xff", b"[" * 30_000])
def test_hostile_bodies_are_refused(address: str, body: bytes) -> None:
    response = httpx.post(f"{address}/api/feedback", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
