"""The Assistant that ships, as an evaluation asks it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from assistant.service import Assistant


class Shipped:
    """What ``assistant.compose`` builds over an index, built when first needed; only the path travels to a worker."""

    def __init__(self, index: Path | None) -> None:
        self.index = index

    def __reduce__(self) -> tuple[type[Shipped], tuple[Path | None]]:
        return Shipped, (self.index,)

    @cached_property
    def _assistant(self) -> Assistant:
        from assistant.compose import build_assistant  # noqa: PLC0415  heavy, and only needed to run

        return build_assistant(self.index)

    def asker(self) -> Assistant:
        """Return the Assistant; raises AssistantError or KnowledgeError."""
        return self._assistant

    def texts(self, doc_ids: Collection[str]) -> dict[str, str]:
        """Return the text of those of the documents that the index holds; opens the index in any case."""
        wanted = frozenset(doc_ids)
        return {document.id: document.text for document in self._assistant.index.documents if document.id in wanted}
