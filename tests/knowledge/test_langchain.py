"""The retriever and the encoder as LangChain's own standard tests want them, and what they add to LangChain's documents."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests
from pydantic import ValidationError

from knowledge.embed import encoder
from knowledge.errors import FilterError, IndexMissingError
from knowledge.langchain_adapter import PolicyEmbeddings, PolicyRetriever
from knowledge.retrieve import Retriever

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever

    from knowledge.index import Index

QUESTION = "农民工参加什么培训"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
class TestRetriever(RetrieversIntegrationTests):
    """LangChain's suite for retrievers, over the bundled article."""

    @pytest.fixture(autouse=True)
    def _index(self, article_index: Index) -> None:
        self.searched = Retriever(article_index)

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return PolicyRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"retriever": self.searched, "k": 4}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION


class TestEmbeddingsUnit(EmbeddingsUnitTests):
    """LangChain's unit suite for embeddings."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return PolicyEmbeddings


@pytest.mark.anyio
class TestEmbeddings(EmbeddingsIntegrationTests):
    """LangChain's integration suite for embeddings."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return PolicyEmbeddings


@pytest.fixture
def retriever(article_index: Index) -> PolicyRetriever:
    return PolicyRetriever(retriever=Retriever(article_index), k=5)


def test_the_documents_are_the_hits_of_the_retriever_with_where_they_stand(
    retriever: PolicyRetriever, article_index: Index
) -> None:
    found = retriever.invoke(QUESTION)
    hits = Retriever(article_index).search(QUESTION, 5)
    assert [document.metadata["score"] for document in found] == [hit.score for hit in hits]
    for document, hit in zip(found, hits, strict=True):
        told = document.metadata
        text = article_index.document(told["doc_id"]).text
        assert text[told["start"] : told["end"]] == document.page_content == hit.passage.text
        assert document.id == hit.passage.id
        assert told["headings"] == list(hit.passage.headings)
        assert told["title"] == hit.passage.title
    assert "农民工" in found[0].metadata["matched"]


def test_asked_at_once_it_gives_what_it_gives_one_by_one(retriever: PolicyRetriever) -> None:
    questions = [QUESTION, "多少个部门协同推进", "联系电话"]

    async def all_at_once() -> list[list[Document]]:
        return await asyncio.gather(*(retriever.ainvoke(question, k=2) for question in questions))

    assert asyncio.run(all_at_once()) == [retriever.invoke(question, k=2) for question in questions]


def test_it_stands_in_a_chain(retriever: PolicyRetriever) -> None:
    chain = retriever | RunnableLambda(lambda documents: [document.metadata["doc_id"] for document in documents])
    assert len(chain.batch([QUESTION, "联系电话"])[1]) == 5


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, corpus: Any) -> Path:
    from knowledge.build import build

    folder = tmp_path_factory.mktemp("langchain")
    rows = [corpus.row(number, issuer="甲局" if number % 2 else "乙局") for number in range(12)]
    build(folder / "index", [str(corpus.write(folder / "corpus.jsonl", *rows))], encoder())
    return folder / "index"


def ids(documents: Sequence[Document]) -> list[str]:
    return [document.metadata["doc_id"] for document in documents]


def test_a_filter_of_the_retriever_holds_until_a_question_brings_its_own(many: Path) -> None:
    retriever = PolicyRetriever.open(many, k=12, filter={"issuer": "甲局"})
    assert set(ids(retriever.invoke("补贴标准"))) == {f"d{number}" for number in range(1, 12, 2)}
    assert {document.metadata["issuer"] for document in retriever.invoke("补贴标准")} == {"甲局"}
    assert ids(retriever.invoke("补贴标准", filter={"doc_id": "d4"})) == ["d4"]
    assert ids(retriever.invoke("补贴标准", filter=lambda document: document.id == "d6")) == ["d6"]
    assert len(retriever.invoke("补贴标准", filter={}, k=7)) == 7
    retriever.retriever.index.vectors.close()


def test_what_cannot_be_used_is_told_at_once(article_index: Index, tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="找不到索引"):
        PolicyRetriever.open(tmp_path / "none")
    with pytest.raises(FilterError, match="colour"):
        PolicyRetriever.model_validate({"retriever": Retriever(article_index), "filter": {"colour": "red"}})
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        PolicyRetriever(retriever=Retriever(article_index), k=0)


def test_the_encoder_serves_a_vector_store_of_langchain(article_index: Index) -> None:
    store = InMemoryVectorStore(PolicyEmbeddings())
    store.add_texts([passage.text for passage in article_index.passages])
    assert "长江流域禁捕退捕渔民" in store.similarity_search("退捕渔民的专项培训计划", k=1)[0].page_content
    vector = PolicyEmbeddings().embed_query("培训补贴")
    assert vector == pytest.approx(encoder().embed_queries(["培训补贴"])[0].tolist())
