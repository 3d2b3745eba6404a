"""The same retrieval for LangChain: a ``BaseRetriever`` over an index, and the encoder as ``Embeddings``.

The one module of this package that imports LangChain, at its top: whoever imports it wants LangChain.

::

    from knowledge.langchain_adapter import PolicyRetriever

    retriever = PolicyRetriever.open("var/index", k=5, filter={"published": {"$gte": "2022-01-01"}})
    retriever.invoke("农民工参加什么培训")
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import run_in_executor
from pydantic import ConfigDict, Field, PrivateAttr

from knowledge.document import Hit
from knowledge.embed import Embedder, encoder
from knowledge.filter import Accepts, accepts
from knowledge.index import open_index
from knowledge.rerank import Reranker
from knowledge.retrieve import Retriever, Within

Conditions = Mapping[str, Any] | Accepts
"""Conditions as ``knowledge.filter`` takes them, or a function from a document to true or false."""


class PolicyRetriever(BaseRetriever):
    """Passages of one index, best first, as LangChain documents.

    ``k`` and ``filter`` may also be given with a question: ``invoke(question, k=3)``; a filter given so replaces the
    one of the retriever. Several threads may ask at once; asynchronous questions run in a thread.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = Field(default=10, ge=1)
    filter: Conditions | None = None

    _within: Within | None = PrivateAttr(default=None)

    @classmethod
    def open(
        cls,
        index: str | Path,
        *,
        encoder_name: str | None = None,
        backend: str = "torch",
        reranker: Reranker | None = None,
        k: int = 10,
        filter: Conditions | None = None,  # noqa: A002  # LangChain's own name for it
    ) -> PolicyRetriever:
        """Open an index that ``python -m knowledge build`` made, with the encoder it was built with.

        Raises KnowledgeError: the index is missing, damaged or of another encoder, or a condition cannot be checked.
        """
        opened = open_index(Path(index), encoder(encoder_name, backend))
        return cls(retriever=Retriever(opened, reranker=reranker), k=k, filter=filter)

    def model_post_init(self, context: Any, /) -> None:
        """Check the conditions now rather than at the first question."""
        super().model_post_init(context)
        self._within = self._rows(self.filter)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  # LangChain hands it over by this name
        k: int | None = None,
        filter: Conditions | None = None,  # noqa: A002
    ) -> list[LangChainDocument]:
        within = self._within if filter is None else self._rows(filter)
        hits = self.retriever.search(query, self.k if k is None else k, within)
        return [self._document(hit) for hit in hits]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        k: int | None = None,
        filter: Conditions | None = None,  # noqa: A002
    ) -> list[LangChainDocument]:
        asked = partial(self._get_relevant_documents, query, run_manager=run_manager.get_sync(), k=k, filter=filter)
        return await run_in_executor(None, asked)

    def _rows(self, conditions: Conditions | None) -> Within | None:
        if conditions is None:
            return None
        return self.retriever.index.rows_of(accepts(conditions) if isinstance(conditions, Mapping) else conditions)

    def _document(self, hit: Hit) -> LangChainDocument:
        passage = hit.passage
        document = self.retriever.index.document(passage.doc_id)
        told = {name: getattr(document, name) for name in ("issuer", "number", "published", "source")}
        return LangChainDocument(
            id=passage.id,
            page_content=passage.text,
            metadata={
                "doc_id": passage.doc_id,
                "title": passage.title,
                "headings": list(passage.headings),
                "start": passage.start,
                "end": passage.end,
                "score": hit.score,
                "matched": list(hit.matched),
                **{name: value for name, value in told.items() if value is not None},
            },
        )


class PolicyEmbeddings(Embeddings):
    """The bundled encoder, or the one of a name or path, for LangChain's vector stores: vectors of unit length."""

    def __init__(self, name: str | None = None, backend: str = "torch") -> None:
        """Load an encoder; raises EncoderError."""
        self._encoder: Embedder = encoder(name, backend)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vector of each passage."""
        return _lists(self._encoder.embed(texts))

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question, with the prefix the encoder was trained with."""
        return _lists(self._encoder.embed_queries([text]))[0]


def _lists(vectors: np.ndarray[Any, Any]) -> list[list[float]]:
    found: list[list[float]] = vectors.astype(float).tolist()
    return found
