"""Who imports whom: ``knowledge <- assistant <- eval``; one engine, one file; nothing heavy where it is not used."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGES = ("knowledge", "assistant", "eval")
OURS = {*PACKAGES, "app", "tests"}
HEAVY = ("torch", "gradio", "sklearn", "langchain", "langchain_core", "langchain_openai", "openai",
         "sentence_transformers", "transformers")  # fmt: skip


def sources(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of every module and name a file imports, at the top or in a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = path.relative_to(ROOT).with_suffix("").parts
            parent = ".".join(parts[: len(parts) - node.level]) if node.level else ""
            module = ".".join(filter(None, (parent, node.module)))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def users(package: str) -> set[str]:
    """Return the files of the product that import a package."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in [*sources(*PACKAGES), ROOT / "app.py"]
        if any(name.split(".")[0] == package for name in imported(path))
    }


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("knowledge", {"knowledge"}),
        ("assistant", {"knowledge", "assistant"}),
        ("eval", {"knowledge", "assistant", "eval"}),
    ],
)
def test_imports_go_one_way(package: str, allowed: set[str]) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(package)
        for name in imported(path)
        if name.split(".")[0] in OURS - allowed
    ]
    assert sources(package)
    assert wrong == []


def test_chroma_is_imported_in_one_file() -> None:
    assert users("chromadb") == {"knowledge/store.py", "eval/bench.py"}  # where it is measured against


def test_gradio_is_imported_by_the_web_channel_alone() -> None:
    assert users("gradio") <= {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "assistant/channels").glob("web*.py")
    }


def test_torch_is_imported_to_train_alone() -> None:
    own = {f"knowledge/training/{name}.py" for name in ("adapt", "model", "onnx_export", "train")}
    second = {f"knowledge/training/second/{name}.py" for name in ("export", "fit", "model", "run")}
    assert users("torch") == own | second


def test_onnxruntime_is_imported_where_models_are_run_and_written() -> None:
    assert users("onnxruntime") == {
        "knowledge/onnx_model.py",
        "knowledge/prune.py",  # a product of whole numbers
        "knowledge/rerank.py",
        "knowledge/training/second/export.py",
    }


def test_sentence_transformers_is_imported_in_one_file() -> None:
    assert users("sentence_transformers") == {"knowledge/transformer.py"}


def test_langchain_is_imported_in_one_file_of_the_knowledge_side_and_that_one_by_nobody() -> None:
    """Asking does not need it; whoever imports the adapter wants LangChain, and gets it at once."""
    adapter = "knowledge/langchain_adapter.py"
    assert {name for name in users("langchain_core") if name.startswith("knowledge/")} == {adapter}
    assert [
        path
        for path in sources(*PACKAGES)
        if any(name.startswith("knowledge.langchain_adapter") for name in imported(path))
    ] == []


def test_language_models_and_tracing_are_each_known_to_few_files() -> None:
    assert users("langchain") == users("openai") == {"assistant/chat_model.py"}
    on_our_side = {name for name in users("langchain_core") if name.startswith("assistant/")}
    assert on_our_side == {f"assistant/{name}.py" for name in ("chat_model", "generate", "upstream")}
    assert users("opentelemetry") == {"assistant/tracing.py"}


def test_training_is_not_needed_to_answer() -> None:
    assert [
        path
        for path in sources(*PACKAGES)
        if "training" not in path.parts and any(name.startswith("knowledge.training") for name in imported(path))
    ] == []


def test_the_database_is_known_to_the_state_alone() -> None:
    """Not even for a type: what a channel hands on is a ``Transaction``."""
    assert users("sqlalchemy") == {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "assistant/state").glob("*.py")
        if "sqlalchemy" in path.read_text(encoding="utf-8")
    }


def test_the_xml_and_the_cryptography_of_the_platforms_are_each_in_one_file() -> None:
    assert users("defusedxml") == {"assistant/channels/envelope.py", "knowledge/sources/sitemap.py"}
    assert users("xml") == {"assistant/channels/envelope.py", "eval/junit.py", "knowledge/sources/sitemap.py"}
    assert users("cryptography") == {"assistant/channels/crypto.py"}
    assert users("wechatpy") == set()


def test_jieba_and_opencc_are_imported_in_one_file() -> None:
    assert users("jieba") == users("rjieba") == users("opencc") == {"knowledge/words.py"}


def test_the_environment_is_read_in_one_file() -> None:
    """``os.environ``, ``os.getenv`` and their likes, however they are imported."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in [*sources(*PACKAGES), ROOT / "app.py"]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in names and getattr(node.value, "id", None) == "os")
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and names & {alias.name for alias in node.names})
    }
    assert readers <= {"assistant/settings.py"}


def loaded(program: str, *arguments: str) -> set[str]:
    """Run a program in a process of its own; return the top-level packages it had loaded when it ended."""
    watch = (
        "import atexit, json, sys\n"
        "atexit.register(lambda: print('\\n' + json.dumps(sorted({name.split('.')[0] for name in sys.modules}))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch + program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_asking_on_the_command_line_loads_nothing_heavy(article_index_path: Path) -> None:
    program = (
        "import runpy; sys.argv[0] = 'assistant'; runpy.run_module('assistant', run_name='__main__', alter_sys=True)"
    )
    modules = loaded(program, "ask", "2018年国务院印发了什么文件?", "--index", str(article_index_path))
    assert {"assistant", "knowledge", "chromadb", "jieba"} <= modules  # it did answer
    assert modules & {*HEAVY, "fastapi", "sqlalchemy", "cryptography"} == set()


def test_importing_knowledge_does_no_work() -> None:
    """No engine, no dictionary and no model is loaded by an import; the adapter for LangChain is LangChain's."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sources("knowledge")
        if path.name not in {"__main__.py", "langchain_adapter.py"} and "training" not in path.parts
    ]
    modules = loaded(f"import importlib; [importlib.import_module(name) for name in {names!r}]")
    assert "knowledge" in modules
    assert modules & {*HEAVY, "chromadb", "jieba", "onnxruntime", "rjieba", "opencc", "pypinyin"} == set()


def test_readers_load_their_parsers_only_where_a_file_is_read(tmp_path: Path) -> None:
    """Each parser is imported in one file, and not by reading a text file."""
    measured = {"eval/bench_reading.py"}  # the readers against the bare libraries
    assert users("lxml") - measured == {"knowledge/sources/markup.py"}
    assert users("pdfplumber") - measured == {"knowledge/sources/pdf.py"}
    assert users("docx") - measured == {"knowledge/sources/docx.py"}
    assert users("openpyxl") - measured == {
        "knowledge/sources/table.py",
        "eval/workbook.py",
        "assistant/channels/admin/export.py",
    }
    assert users("markdown_it") - measured == {"knowledge/sources/markdown.py"}
    path = tmp_path / "a.txt"
    path.write_text("补贴标准。", encoding="utf-8")
    program = "from knowledge.sources.folder import read_all; assert read_all([sys.argv[1]]).documents"
    assert (
        loaded(program, str(path)) & {"lxml", "markdown_it", "pdfplumber", "docx", "openpyxl", "jieba", "opencc"}
        == set()
    )
