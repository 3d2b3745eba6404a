"""The article as an index, an assistant that can be told what to do, and a real server on a loopback port."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from assistant.answer import Answer, Citation, Question, Retrieved, Status
from knowledge import chunk
from knowledge.catalogue import Catalogue, describe
from knowledge.document import Document, Passage, Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

ARTICLE = Path(__file__).parents[3] / "knowledge" / "corpus" / "hubei_vocational_training_2022-07-14.txt"
TITLE = "湖北:推动职业技能培训高质量发展 为技能型社会建设培养劳动者大军"
QUOTE = "2018年,国务院印发《关于推行终身职业技能培训制度的意见》;中共中央办公厅、国务院办公厅印发《关于提高技术工人待遇的意见》。"


class ArticleIndex:
    """The article under an id with a slash in it."""

    def __init__(self) -> None:
        self.article = Document("湖北/培训.txt", TITLE, ARTICLE.read_text(encoding="utf-8"), published="2022-07-14")
        self.documents: tuple[Document, ...] = (self.article,)
        self.passages: tuple[Passage, ...] = tuple(chunk.passages(self.article))
        self.catalogue = Catalogue().following([describe(self.article)])

    def document(self, doc_id: str) -> Document:
        return {document.id: document for document in self.documents}[doc_id]

    def outline(self, doc_id: str) -> tuple[Section, ...]:
        return chunk.outline(self.document(doc_id).text)


class ScriptedAssistant:
    """Answers every question as ``reply`` says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Forget what a test has set."""
        self.index = ArticleIndex()
        self.asked: list[Question] = []
        self.reply: Callable[[Question], Answer] = self.cited

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.reply(question)

    def cited(self, question: Question) -> Answer:
        document = self.index.article
        start = document.text.index(QUOTE)
        citation = Citation(document.id, document.title, start, start + len(QUOTE), QUOTE, ("政策体系",))
        return Answer(
            "answer-1",
            Status.ANSWERED,
            "国务院印发《关于推行终身职业技能培训制度的意见》。[1]",
            citations=(citation,),
            retrieved=tuple(Retrieved(p.doc_id, p.start, p.end, p.text, 1.0) for p in self.index.passages[:10]),
            question=question.text,
        )


@contextlib.contextmanager
def running(create: Callable[[], FastAPI]) -> Iterator[str]:
    """Serve an application on a free loopback port; yields its address."""
    config = uvicorn.Config(create, factory=True, port=0, log_level="critical", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60  # Gradio takes seconds to import, on a busy machine many
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def _shared() -> Iterator[tuple[ScriptedAssistant, str]]:
    from assistant.channels.asgi import create_app

    assistant = ScriptedAssistant()
    with running(lambda: create_app(assistant)) as url:
        yield assistant, url


@pytest.fixture
def scripted(_shared: tuple[ScriptedAssistant, str]) -> ScriptedAssistant:
    """The assistant behind ``address``, which does what a test says."""
    assistant = _shared[0]
    assistant.renew()
    return assistant


@pytest.fixture
def address(_shared: tuple[ScriptedAssistant, str], scripted: ScriptedAssistant) -> str:
    """Where the whole application with the scripted assistant is served."""
    return _shared[1]


@pytest.fixture
def fresh() -> Iterator[tuple[ScriptedAssistant, str]]:
    """An application of a test's own, for what the application itself remembers."""
    from assistant.channels.asgi import create_app

    assistant = ScriptedAssistant()
    with running(lambda: create_app(assistant)) as url:
        yield assistant, url


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the application with the assistant as it ships is served, on a new data directory."""
    from assistant.channels.asgi import create_app
    from assistant.compose import build_assistant

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("POLICY_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        assistant = build_assistant()
    with running(lambda: create_app(assistant)) as url:
        yield url


@pytest.fixture(scope="session")
def serve_whole() -> Callable[..., contextlib.AbstractContextManager[str]]:
    """Serve the whole application with what is remembered and set: ``serve_whole(state, settings)``."""
    from assistant.channels.asgi import create_app

    return lambda *parts: running(lambda: create_app(ScriptedAssistant(), *parts))


@pytest.fixture(scope="session")
def running_app() -> Callable[[Callable[[], FastAPI]], contextlib.AbstractContextManager[str]]:
    """Serve an application of a test's own: ``running_app(create)``."""
    return running
