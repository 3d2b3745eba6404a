"""Assistants over real indexes: the bundled article, and three small guides written for these tests."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.compose import embedder, model_writer
from assistant.generate import ModelWriter
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.state.shared import State
from knowledge.build import build
from knowledge.index import Index, open_index
from knowledge.retrieve import Retriever

DATA = Path(__file__).parents[1] / "data"


def open_assistant(path: Path) -> Assistant:
    index = open_index(path, embedder())
    return Assistant(index, Retriever(index))


@pytest.fixture(scope="session")
def bundled(article_index: Index) -> Assistant:
    """The assistant over the bundled article."""
    return Assistant(article_index, Retriever(article_index))


@pytest.fixture(scope="session")
def guides(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant over the three guides of ``tests/data``."""
    path = tmp_path_factory.mktemp("guides") / "index"
    build(path, [str(DATA / "guides")], embedder())
    return open_assistant(path)


@pytest.fixture(scope="session")
def over(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Assistant]:
    """Make an assistant over documents given as texts: ``over(title=text)``."""

    def make(**texts: str) -> Assistant:
        folder = tmp_path_factory.mktemp("over")
        rows = [{"id": title, "title": title, "text": text} for title, text in texts.items()]
        corpus = folder / "corpus.jsonl"
        corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        summary = build(folder / "index", [str(corpus)], embedder())
        assert not summary.reading.failures
        return open_assistant(folder / "index")

    return make


@pytest.fixture(scope="session")
def naughty() -> list[str]:
    """The Big List of Naughty Strings."""
    strings: list[str] = json.loads((DATA / "naughty_strings.json").read_text(encoding="utf-8"))
    return strings


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of the tests' own, on loopback; skipped where none can be started."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    pytest.importorskip("psycopg", reason="PostgreSQL is not tested: pip install psycopg[binary]")
    if not programs:
        pytest.skip("PostgreSQL is not tested: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="policy-pg-", dir="/tmp"))
    who = server_user()
    if who:  # the server refuses to be run by root
        shutil.chown(folder, who)

    def command(*arguments: str) -> None:
        done = subprocess.run(
            arguments, user=who, cwd=folder, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}, check=False, timeout=60,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode != 0:
            pytest.skip(f"PostgreSQL is not tested: {Path(arguments[0]).name} failed")

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, tools = str(folder / "data"), programs[-1]
    command(str(tools / "initdb"), "-D", data, "-U", "policy", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    try:
        command(str(tools / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql://policy@127.0.0.1:{port}/postgres"
    finally:
        command(str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def server_user() -> str | None:
    """Return who may run the server in place of root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: a file, and one of PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.sqlite3'}"
    return new_database(request.getfixturevalue("postgresql"))


def new_database(server: str) -> str:
    """Create a database on a server and return its address."""
    import psycopg

    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.rpartition("/")[0] + f"/{name}"


@pytest.fixture
def open_state() -> Iterator[Callable[[str], State]]:
    """Open the stores of one worker; they are closed after the test."""
    opened: list[State] = []

    def make(url: str = "sqlite://") -> State:
        opened.append(State(url))
        return opened[-1]

    yield make
    for state in opened:
        state.close()


@pytest.fixture
def model_settings() -> Callable[..., Settings]:
    """Make the settings of a model at an address: short deadlines, no second try."""

    def make(url: str, **changed: object) -> Settings:
        told = {"llm_model": "openai:scripted", "llm_base_url": url, "llm_api_key": "sk-geheim", "llm_timeout": 2.0,
                "llm_first_token_timeout": 1.0, "llm_retries": 0}  # fmt: skip
        return Settings(**{**told, **changed})

    return make


@pytest.fixture
def answering(article_index: Index, model_settings: Callable[..., Settings]) -> Iterator[Callable[..., Assistant]]:
    """Make an assistant that writes with the model at an address: over the bundled article, or the index given."""
    made: list[ModelWriter] = []

    def make(url: str, index: Index = article_index, **changed: object) -> Assistant:
        writer = model_writer(model_settings(url, **changed))
        assert isinstance(writer, ModelWriter)
        made.append(writer)
        return Assistant(index, Retriever(index), writer)

    yield make
    for writer in made:
        writer.close()
