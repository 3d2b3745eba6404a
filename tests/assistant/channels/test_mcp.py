"""The tools over HTTP and over standard input and output, by the SDK's own client."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from assistant.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from assistant.state.shared import State

ROOT = Path(__file__).parents[3]
QUESTION = "2018年国务院印发了什么文件？"
TOOLS = ["ask_policy", "get_document", "policy_timeline", "search_policy"]


def using(server: Any, work: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    """Let a client of the SDK do something."""

    async def run() -> Any:
        async with Client(server, mode=mode) as client:
            return await work(client)

    return asyncio.run(run())


async def everything(client: Client) -> None:
    """Use each tool as a model would: ask, look up what was cited, search, see the timeline."""
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert sorted(listed) == TOOLS
    assert all(tool.description and tool.output_schema for tool in listed.values())
    first = (await client.call_tool("ask_policy", {"question": QUESTION})).structured_content
    assert first is not None
    assert first["status"] == "answered"
    [cited] = first["citations"]
    second = await client.call_tool(
        "ask_policy", {"question": "那2019年国务院办公厅呢？", "conversation_id": first["conversation_id"]}
    )
    assert second.structured_content is not None
    assert second.structured_content["conversation_id"] == first["conversation_id"]
    assert "2019" in second.structured_content["answer"]
    document = (await client.call_tool("get_document", {"doc_id": cited["doc_id"]})).structured_content
    assert document is not None
    assert document["text"][cited["start"] : cited["end"]] == cited["quote"]
    assert document["outline"]
    rest = await client.call_tool("get_document", {"doc_id": cited["doc_id"], "start": 100})
    assert rest.structured_content is not None
    assert rest.structured_content["text"] == document["text"][100:]
    found = (await client.call_tool("search_policy", {"query": "重点群体 培训", "k": 3})).structured_content
    assert found is not None
    assert len(found["passages"]) == 3
    for passage in found["passages"]:
        assert document["text"][passage["start"] : passage["end"]] == passage["text"]
    told = (await client.call_tool("policy_timeline", {"year": "2018"})).structured_content
    assert told is not None
    assert {event["date"][:4] for event in told["events"]} == {"2018"}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_every_tool_works_over_http(shipped: str, mode: str) -> None:
    using(f"{shipped}/mcp", everything, mode)


def test_every_tool_works_over_standard_input_and_output(tmp_path: Path, article_index_path: Path) -> None:
    env = {**os.environ, "POLICY_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = ["-m", "assistant", "mcp", "--index", str(article_index_path)]
    using(StdioServerParameters(command=sys.executable, args=command, env=env, cwd=str(tmp_path)), everything)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask_policy", {"question": " "}, "问题是空的"),
        ("ask_policy", {"question": "问" * 2_001}, "2000"),
        ("ask_policy", {}, "question"),
        ("get_document", {"doc_id": "../pyproject.toml"}, "no such document"),
        ("search_policy", {"query": "a", "k": 0}, "k"),
        ("search_policy", {"query": ""}, "query"),
        ("policy_timeline", {"year": "18"}, "year"),
    ],
)
def test_what_cannot_be_done_is_an_error_that_a_model_can_read(
    shipped: str, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async def call(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    result = using(f"{shipped}/mcp", call)
    assert result.is_error
    assert said in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_an_unknown_conversation_begins_a_new_one(shipped: str) -> None:
    async def call(client: Client) -> Any:
        return await client.call_tool("ask_policy", {"question": QUESTION, "conversation_id": "forged"})

    assert using(f"{shipped}/mcp", call).structured_content["conversation_id"] != "forged"


INITIALIZE = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}},
}  # fmt: skip
ACCEPT = {"Accept": "application/json, text/event-stream"}


def test_pages_of_other_origins_may_not_call_even_where_no_key_is_set(
    serve_whole: Any, open_state: Callable[[], State]
) -> None:
    """Also a page whose name was made to point to this machine: it names itself as its origin, and as the host."""
    settings = Settings(_env_file=None, allowed_origins=("https://ai.example.gov.cn",))  # type: ignore[call-arg]
    with serve_whole(open_state(), settings) as address:

        def status(**headers: str) -> int:
            return httpx.post(f"{address}/mcp", json=INITIALIZE, headers={**ACCEPT, **headers}).status_code

        assert status() == 200
        assert status(Origin=address) == 200
        assert status(Origin="https://ai.example.gov.cn") == 200
        assert status(Origin="https://evil.example") == 403
        assert status(Origin="http://evil.example:7860", Host="evil.example:7860") == 403
        assert status(Origin="null") == 403


def test_a_key_is_asked_for_and_taken(serve_whole: Any, open_state: Callable[[], State]) -> None:
    state = open_state()
    _, key = state.keys.add("模型")
    with serve_whole(state, Settings(_env_file=None)) as address:  # type: ignore[call-arg]
        assert httpx.post(f"{address}/mcp", json=INITIALIZE, headers=ACCEPT).status_code == 401

        async def listed() -> list[str]:
            async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http:
                transport = streamable_http_client(f"{address}/mcp", http_client=http)
                async with Client(transport) as client:
                    return sorted(tool.name for tool in (await client.list_tools()).tools)

        assert asyncio.run(listed()) == TOOLS


def test_what_is_no_message_is_refused(address: str) -> None:
    assert httpx.get(f"{address}/mcp", headers=ACCEPT).status_code == 405
    assert httpx.delete(f"{address}/mcp").status_code == 405
    json = {**ACCEPT, "Content-Type": "application/json"}
    for body in (b"", b"{", b"[]", b"7", b"[" * 30_000, b'{"jsonrpc": "2.0", "id": NaN}', b"\xff"):
        assert 400 <= httpx.post(f"{address}/mcp", content=body, headers=json).status_code < 500, body[:20]
    assert httpx.post(f"{address}/mcp", content=b"x" * 70_000, headers=json).status_code == 413


def test_the_sdk_is_loaded_for_the_first_client_alone() -> None:
    import subprocess

    program = "import sys; import assistant.channels.asgi; print('mcp' in sys.modules, 'gradio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
