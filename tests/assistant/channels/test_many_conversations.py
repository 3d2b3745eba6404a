"""Many conversations streaming at once over the whole application, each from its own request to a language model.

The model's server runs in a process of its own, as one does. Its delay to the first sentence is what a model takes.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from assistant.generate import ModelWriter
from assistant.service import Assistant

ROOT = Path(__file__).parents[3]
_SPEC = importlib.util.spec_from_file_location("serving", Path(__file__).with_name("serving.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
serving: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(serving)
QUESTIONS = [
    ("哪些人属于重点群体？", "重点群体"),
    ("2018年国务院印发了什么文件？", "终身职业技能培训制度的意见"),
    ("职业技能提升行动一共有多少个部门参与？", "22个部门"),
    ("评价培训绩效主要看什么指标？", "培训合格率"),
    ("培训基础平台以哪些机构为主体？", "企业培训中心"),
    ("要弘扬哪几种精神？", "工匠精神"),
    ("2019-2021年以工代训多少人？", "3600多万人"),
    ("“十四五”职业技能培训规划由谁印发？", "四部门"),
    ("职业培训的基本属性是什么？", "基本属性"),
    ("职业技能培训的主要形式有哪些？", "主要形式"),
]
EACH = """
import json, re, sys
sys.path.insert(0, "tests")
import upstream
TABLE = json.loads(sys.argv[1])
before, between, tail, SIZE, own = float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), 6, {}
def reply(asked):
    shown = upstream.passages(asked.prompt)
    question = re.search("<question>\\n(.*?)\\n</question>", asked.prompt, re.DOTALL).group(1)
    wanted = TABLE[question]
    found = [(s.strip(), n) for n, text in shown.items() for s in re.split("[。\\n]", text) if wanted in s]
    said = f"RESULT: answered\\n{found[0][0]} [{found[0][1]}]。\\n"
    own[question] = before + between * ((len(said) - 1) // SIZE)  # when the piece that ends the sentence is sent
    return upstream.Play(said + "\\n" * SIZE * tail, before_words=before, between=between, size=SIZE)
with upstream.running() as server:
    server.reply = reply
    print(server.url, flush=True)
    for line in sys.stdin:
        told = [{"at": a.at, "left": a.left, "ended": a.ended} for a in server.asked]
        print(json.dumps([told, own]), flush=True)
"""


class Elsewhere:
    """The model's server, in a process of its own."""

    def __init__(self, before: float, between: float, tail: int) -> None:
        table = json.dumps(dict(QUESTIONS))
        self._process = subprocess.Popen(
            [sys.executable, "-c", EACH, table, str(before), str(between), str(tail)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def happened(self) -> list[dict[str, Any]]:
        """Return when each request came, left and ended."""
        told: list[dict[str, Any]] = self._told()[0]
        return told

    def own(self) -> dict[str, float]:
        """Return the seconds after which it has sent the first sentence, by question."""
        told: dict[str, float] = self._told()[1]
        return told

    def _told(self) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., Elsewhere]]:
    """Start a server: seconds before its words, between its pieces, and how many pieces follow the sentence."""
    started: list[Elsewhere] = []

    def start(*parts: float) -> Elsewhere:
        started.append(Elsewhere(*parts))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def served(answering: Callable[..., Assistant], model_settings: Callable[..., Any]) -> Callable[..., Any]:
    """Serve the whole application over the bundled article with the model at an address."""
    from assistant.channels.asgi import create_app

    def serve(running: Any, url: str) -> Any:
        patience = {"llm_timeout": 60.0, "llm_first_token_timeout": 60.0}
        assistant = answering(url, **patience)
        assert isinstance(assistant._writer, ModelWriter)

        def create() -> FastAPI:
            return create_app(assistant, settings=model_settings(url, **patience))

        return running(create)

    return serve


CLIENT = """
import asyncio, json, sys, time
import httpx
async def stream(client, url, question):
    started, first, said, answer, name = time.monotonic(), 0.0, [], {}, ""
    async with client.stream("POST", url + "/api/ask/stream", json={"question": question}) as response:
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and name == "sentence":
                first = first or time.monotonic() - started
                said.append(json.loads(line[6:])["text"])
            elif line.startswith("data: ") and name == "answer":
                answer = json.loads(line[6:])
    return first, said, answer
async def all_of_them(url, questions):
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        return await asyncio.gather(*(stream(client, url, question) for question in questions))
print(json.dumps(asyncio.run(all_of_them(sys.argv[1], sys.argv[2:]))))
"""


def asked_at_once(url: str, count: int) -> list[tuple[str, str, float, list[str], dict[str, Any]]]:
    """Ask so many questions at once, from a process of its own; with the seconds to the first sentence of each."""
    rows = [QUESTIONS[number % len(QUESTIONS)] for number in range(count)]
    questions = [question for question, _ in rows]
    done = subprocess.run([sys.executable, "-c", CLIENT, url, *questions], capture_output=True, text=True, check=True)
    return [(*row, *told) for row, told in zip(rows, json.loads(done.stdout), strict=True)]


@pytest.fixture
def served_by_workers(tmp_path: Path, article_index_path: Path) -> Callable[..., Any]:
    """Serve as the command does, with two workers on two cores, and the model at an address."""

    @contextlib.contextmanager
    def serve(_: Any, url: str) -> Iterator[str]:
        model = {"POLICY_LLM_MODEL": "openai:scripted", "POLICY_LLM_BASE_URL": url, "POLICY_ANSWER_CACHE": "0"}
        with serving.serving(tmp_path, article_index_path, "--workers", "2", **model) as service:
            yield service.address

    return serve


@pytest.mark.parametrize(
    ("count", "before", "between", "tail", "by"),
    [
        (12, 2.0, 0.02, 10, "served"),
        pytest.param(50, 2.0, 0.05, 40, "served_by_workers", marks=pytest.mark.soak),
    ],
)
def test_many_conversations_stream_at_once(
    count: int, before: float, between: float, tail: int, by: str, elsewhere: Any, running_app: Any, request: Any
) -> None:
    """The first sentence within 1.5 times the server's own delay, and each gets its own answer.

    The half that is ours to use is scaled by how much slower than alone this machine computes meanwhile.
    """
    model = elsewhere(before, between, tail)
    with request.getfixturevalue(by)(running_app, model.url) as url:
        asked_at_once(url, 12)  # dictionaries and classes load
        alone = max(first for _, _, first, _, _ in asked_at_once(url, 1))
        busy = [slowed()]
        rows = asked_at_once(url, count)
        busy.append(slowed())
        own = model.own()
    times = sorted(first / own[question] for question, _, first, _, _ in rows)
    print(f"{count} at once: first sentence after {times[len(times) // 2]:.2f} (median) and {times[-1]:.2f} (most) times "
          f"the server's own delay of {min(own.values()):.2f} to {max(own.values()):.2f} s; "
          f"alone {alone / own[QUESTIONS[0][0]]:.2f} times; "
          f"the machine {max(busy):.1f} times slower than alone")  # fmt: skip
    for question, wanted, _, said, answer in rows:
        assert answer["status"] == "answered", question
        assert len(said) == 1
        assert wanted in said[0], question
        assert answer["answer"] == said[0]
        assert all(wanted in citation["quote"] for citation in answer["citations"])
    assert len({answer["conversation_id"] for *_, answer in rows}) == count
    assert times[-1] <= 1 + 0.5 * max(busy)


def slowed() -> float:
    """Return how many times longer than its processor time some work takes."""
    wall, own = time.perf_counter(), time.process_time()
    while time.process_time() - own < 0.3:
        sum(range(1000))
    return max(1.0, (time.perf_counter() - wall) / (time.process_time() - own))


def test_a_client_that_leaves_ends_its_request_to_the_model(elsewhere: Any, served: Any, running_app: Any) -> None:
    """At once, on both streams, also before the first word."""
    model = elsewhere(30.0, 0.0, 0)
    bodies = [
        ("/api/ask/stream", {"question": QUESTIONS[0][0]}),
        ("/v1/chat/completions", {"model": "policy-assistant", "stream": True,
                                  "messages": [{"role": "user", "content": QUESTIONS[1][0]}]}),
        ("/v1/chat/completions", {"model": "policy-assistant",
                                  "messages": [{"role": "user", "content": QUESTIONS[2][0]}]}),
    ]  # fmt: skip
    with served(running_app, model.url) as url:
        left = []
        for number, (path, body) in enumerate(bodies):
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(url + path, json=body, timeout=1.5)
            left.append(time.monotonic())
            until(lambda number=number: len(told := model.happened()) > number and told[number]["left"] is not None)
        happened = model.happened()
    assert len(happened) == 3
    for row, moment in zip(happened, left, strict=True):
        assert row["left"] is not None
        assert row["left"] - moment < 1.5


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 8
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_sentences_come_as_chunks_of_the_openai_channel(
    upstream: Any, protocol: Any, served: Any, running_app: Any
) -> None:
    """As they are verified, then the sources; joined they are what the plain request says."""
    said = [
        "2018年，国务院印发《关于推行终身职业技能培训制度的意见》[1]。",
        "中共中央办公厅、国务院办公厅印发《关于提高技术工人待遇的意见》[1]。",
    ]
    upstream.reply = lambda _: protocol.Play("RESULT: answered\n" + "".join(said), size=30, between=0.1)
    body = {"model": "policy-assistant", "messages": [{"role": "user", "content": QUESTIONS[1][0]}]}
    with served(running_app, upstream.url) as url, httpx.Client(timeout=30) as client:
        chunks, times = [], []
        with client.stream("POST", f"{url}/v1/chat/completions", json={**body, "stream": True}) as response:
            for line in response.iter_lines():
                if line.startswith("data: {"):
                    chunks.append(json.loads(line[6:]))
                    times.append(time.monotonic())
        plain = client.post(f"{url}/v1/chat/completions", json=body).json()["choices"][0]["message"]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert [delta["content"] for delta in deltas[1:3]] == said
    assert "".join(delta.get("content", "") for delta in deltas) == plain["content"]
    assert deltas[-1]["citations"] == plain["citations"]
    assert times[2] - times[1] > 0.05, "the first did not wait for the second"


def test_earlier_questions_of_a_request_are_not_asked_of_the_model_again(
    upstream: Any, protocol: Any, served: Any, running_app: Any
) -> None:
    upstream.reply = lambda asked: protocol.Play(
        "《关于推行终身职业技能培训制度的意见》是什么时候印发的？" if "<conversation>" in asked.prompt else
        "RESULT: answered\n2018年，国务院印发《关于推行终身职业技能培训制度的意见》[1]。"
    )  # fmt: skip
    turns = [{"role": "user", "content": QUESTIONS[1][0]}, {"role": "assistant", "content": "随便"},
             {"role": "user", "content": "什么时候印发的？"}]  # fmt: skip
    with served(running_app, upstream.url) as url:
        body = {"model": "policy-assistant", "messages": turns}
        message = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=30).json()["choices"][0]["message"]
    assert message["content"].startswith("2018年，国务院印发")
    assert len(upstream.asked) == 2, "the follow-up made a question, and its answer"
    assert all("随便" not in asked.prompt for asked in upstream.asked), "what a client calls our answer is not read"
