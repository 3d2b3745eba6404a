"""Corpora, a larger index, and the command line as a real process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.build import build
from knowledge.embed import encoder
from knowledge.index import Index, open_index
from knowledge.sources.fetch import Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
WRITTEN_OUT_ROWS = 1_100  # Chroma writes its vectors to files of their own from 1,000 rows on


def a_row(number: int, /, **fields: Any) -> dict[str, Any]:
    """One line of a corpus file."""
    return {
        "id": f"d{number}",
        "title": f"第{number}号通知",
        "text": f"第{number}号通知规定补贴标准为{number}元。",
    } | fields


def write_corpus(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


class Corpus:
    """Writes corpus files."""

    row = staticmethod(a_row)
    write = staticmethod(write_corpus)


@pytest.fixture(scope="session")
def corpus() -> type[Corpus]:
    """Return the writer of corpus files."""
    return Corpus


@pytest.fixture(scope="session")
def written_out_index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index large enough for Chroma to write its vectors out; tests that change it copy it first."""
    folder = tmp_path_factory.mktemp("written-out")
    source = write_corpus(folder / "corpus.jsonl", *map(a_row, range(WRITTEN_OUT_ROWS)))
    build(folder / "index", [str(source)], encoder())
    return folder / "index"


@pytest.fixture
def bounded() -> Callable[..., None]:
    """Runs something and says how long it took if that was too long."""

    def run(seconds: float, call: Callable[..., object], *arguments: object) -> None:
        begin = time.perf_counter()
        call(*arguments)
        taken = time.perf_counter() - begin
        assert taken < seconds, f"{taken:.1f} s"

    return run


@pytest.fixture(scope="session")
def knowledge() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``python -m knowledge`` with arguments, as a process of its own."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "knowledge", *map(str, arguments)]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, **options
        )

    return run


@pytest.fixture(scope="session")
def written_out_index(written_out_index_path: Path) -> Iterator[Index]:
    """The larger index, opened for reading."""
    index = open_index(written_out_index_path, encoder())
    yield index
    index.vectors.close()


_LETTERS = "农民工参加职业技能培训国务院印发意见补贴标准是多少为这个句子生成表示以用于检索相关文章："
SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}


def a_tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(set("".join(map(chr, range(0x20, 0x7F))) + _LETTERS))
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters])}
    raw = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    raw.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )


def saved(folder: Path, architecture: str, pooling: str, prompts: dict[str, str] | None = None) -> Path:
    """Save a random model as its publisher would: transformers' files, a pooling module, prompts."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer

    torch.manual_seed(3)
    tokenizer = a_tokenizer()
    sizes = SIZES | {"vocab_size": len(tokenizer), "pad_token_id": 0}
    if architecture == "Qwen3":
        sizes |= {"num_key_value_heads": 1, "head_dim": 8}
    raw = folder.parent / f"raw-{folder.name}"
    getattr(transformers, f"{architecture}Model")(
        getattr(transformers, f"{architecture}Config")(**sizes)
    ).save_pretrained(raw)
    tokenizer.save_pretrained(raw)
    modules = [Transformer(str(raw)), Pooling(16, pooling), Normalize()]
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder))
    return folder


def saved_reranker(folder: Path) -> Path:
    """Save a random cross-encoder as its publisher would."""
    import torch
    import transformers

    torch.manual_seed(3)
    tokenizer = a_tokenizer()
    config = transformers.XLMRobertaConfig(**SIZES, vocab_size=len(tokenizer), pad_token_id=0, num_labels=1)
    transformers.XLMRobertaForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_encoder() -> Callable[..., Path]:
    """Return what saves a tiny random encoder: folder, architecture, pooling, prompts."""
    return saved


@pytest.fixture(scope="session")
def tiny_reranker() -> Callable[[Path], Path]:
    """Return what saves a tiny random cross-encoder."""
    return saved_reranker


class _QuietServer(ThreadingHTTPServer):
    """Says nothing of connections that break, as those with a wrong certificate do on purpose."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Leave it."""


class Site:
    """A web site: what each path answers with, and what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.slow: dict[str, Callable[[Any], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                if self.path in site.slow:
                    self.close_connection = True
                    site.slow[self.path](self.wfile)
                    return
                status, headers, body = site.pages.get(self.path, (404, {}, b""))
                if status == 200 and headers.get("ETag") and headers["ETag"] == self.headers.get("If-None-Match"):
                    status, body = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = _QuietServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}"
        self.how = Web(allowed_hosts=frozenset({self.host}), delay=0.0, connect=2.0, read=1.0, total=2.0)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def page(self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> str:
        data = body.encode() if isinstance(body, str) else body
        told = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        self.pages[path] = (200, told, data)
        return self.url + path

    def redirect(self, path: str, target: str) -> str:
        self.pages[path] = (302, {"Location": target}, b"")
        return self.url + path

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site, serving on loopback."""
    opened = Site()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()
