"""What a public encoder wants before a question and before a passage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# What the authors of a family of models tell to put before a question, where the model's own files do not say.
_QUERY_PREFIXES = (
    ("bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章："),
    ("bge-base-zh-v1.5", "为这个句子生成表示以用于检索相关文章："),
    ("bge-large-zh-v1.5", "为这个句子生成表示以用于检索相关文章："),
    ("bge-small-zh", "为这个句子生成表示以用于检索相关文章："),
    ("multilingual-e5", "query: "),
)
_PASSAGE_PREFIXES = (("multilingual-e5", "passage: "),)


def prompts(name: str, told: Mapping[str, str]) -> tuple[str, str]:
    """Return the prefixes of questions and of passages for the model of a name or path.

    ``told`` are the prompts in the model's own files by their names (``query``; ``document`` or ``passage``), as
    Qwen3-Embedding has them; for families that tell their prefix only in words, a table here has it.
    """
    query = told.get("query", _prefix(_QUERY_PREFIXES, name))
    return query, told.get("document", told.get("passage", _prefix(_PASSAGE_PREFIXES, name)))


def _prefix(table: Iterable[tuple[str, str]], name: str) -> str:
    last = name.rstrip("/").rsplit("/", 1)[-1].lower()
    return next((prefix for family, prefix in table if last.startswith(family)), "")
