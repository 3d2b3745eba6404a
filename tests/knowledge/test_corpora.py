"""Offsets on real corpora, which are not part of the project: run with ``make soak`` where they lie beside it."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge.chunk import outline, passages
from knowledge.document import Document
from knowledge.sources import jsonl

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "shared" / "data", ROOT.parent / "shared" / "data")
SEED = 20220714
ARTICLES = 1_000


def corpus(name: str) -> list[Document]:
    path = next((folder / name for folder in FOLDERS if (folder / name).is_file()), None)
    if path is None:
        pytest.skip(f"no corpus {name} beside the project")
    return [document for document in jsonl.read(path) if isinstance(document, Document)]


def check(documents: Sequence[Document]) -> int:
    """Check every offset of every document; return how many passages there were."""
    count = 0
    for document in documents:
        found = passages(document)
        count += len(found)
        assert all(document.text[passage.start : passage.end] == passage.text for passage in found), document.id
        assert all(before.end <= after.start for before, after in itertools.pairwise(found)), document.id
        told = "".join(document.text[slice(*span)] for passage in found for span in passage.sentences)
        assert "".join(told.split()) == "".join(document.text.split()), document.id
        for section in outline(document.text):
            title = document.text[section.start : section.end]
            assert "".join(title.split()) == "".join(section.title.split()), document.id
    return count


def test_every_offset_of_the_article_is_exact(article: Document) -> None:
    assert check([article]) > 20


@pytest.mark.soak
def test_every_offset_of_the_notices_is_exact() -> None:
    assert check(corpus("policy_notices/documents.jsonl")) > 1_000


@pytest.mark.soak
def test_every_offset_of_a_thousand_articles_of_law_is_exact() -> None:
    documents = corpus("statute_questions/documents.jsonl.xz")
    assert check(random.Random(SEED).sample(documents, ARTICLES)) >= ARTICLES
