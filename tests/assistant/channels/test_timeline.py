"""``GET /api/timeline`` over a real server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from knowledge.catalogue import Catalogue, describe

if TYPE_CHECKING:
    from knowledge.document import Document

Scripted = Any  # the fixture of conftest.py, which no test can import


def told(address: str, **narrowed: str) -> list[dict[str, Any]]:
    response = httpx.get(f"{address}/api/timeline", params=narrowed)
    assert response.status_code == 200
    rows: list[dict[str, Any]] = response.json()
    return rows


def test_the_shipped_article_has_its_events_in_order_each_with_words_of_the_document(shipped: str) -> None:
    rows = told(shipped)
    assert [(row["date"], row["precision"]) for row in rows] == [
        ("2017", "year"), ("2018", "year"), ("2018", "year"), ("2019", "year"), ("2021", "year"), ("2022-07-14", "day"),
    ]  # fmt: skip
    for row in rows:
        assert list(row) == ["date", "precision", "title", "issuers", "citation"]
        citation = row["citation"]
        assert set(citation) == {"doc_id", "title", "start", "end", "quote"}
        text = httpx.get(f"{shipped}/api/documents/{quote(citation['doc_id'])}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"] != ""
        assert row["date"] in citation["quote"]
    assert rows[0]["issuers"] == ["中共中央", "国务院"]


def test_it_is_narrowed_to_a_year_and_to_a_body(shipped: str) -> None:
    assert [row["date"] for row in told(shipped, year="2018")] == ["2018", "2018"]
    assert [row["date"] for row in told(shipped, issuer="国务院办公厅")] == ["2018", "2019"]
    assert [row["date"] for row in told(shipped, year="2018", issuer="国务院办公厅")] == ["2018"]
    assert told(shipped, year="1999") == told(shipped, issuer="没有这个部门") == []


def test_a_year_that_is_none_is_refused_in_one_clear_line(shipped: str) -> None:
    response = httpx.get(f"{shipped}/api/timeline", params={"year": "去年"})
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert "四位数字" in response.json()["detail"]


def shelve(assistant: Scripted, *documents: Document) -> None:
    """Let another index serve."""
    assistant.index = type(assistant.index)()
    assistant.index.documents = documents
    assistant.index.catalogue = Catalogue().following([describe(document) for document in documents])


def test_it_follows_the_index_and_tells_what_two_same_documents_tell_once(address: str, scripted: Scripted) -> None:
    assert len(told(address)) == 6
    notice = replace(scripted.index.article, id="a", title="甲通知", text="2023年,甲部印发《子办法》。", published=None)
    shelve(scripted, notice, replace(notice, id="b"))
    assert [(row["date"], row["title"], row["citation"]["doc_id"]) for row in told(address)] == [
        ("2023", "子办法", "a")
    ]
    shelve(scripted)
    assert told(address) == []
