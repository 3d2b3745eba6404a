"""The Assistant that ships, as an evaluation asks it."""

from __future__ import annotations

from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assistant.answer import Question

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from assistant.service import Assistant
    from assistant.settings import Settings
    from eval.pool import Asker


WARM_UP = "这份文件是什么时候印发的？"  # dictionaries and caches load before the clock runs


class Shipped:
    """What ``assistant.compose`` builds over an index, built when first needed; only the path travels to a worker."""

    def __init__(self, index: Path | None) -> None:
        self.index = index

    def __reduce__(self) -> tuple[type[Shipped], tuple[Any, ...]]:
        return Shipped, (self.index,)

    @cached_property
    def _assistant(self) -> Assistant:
        from assistant.compose import build_assistant  # noqa: PLC0415  heavy, and only needed to run

        assistant = build_assistant(self.index)
        assistant.ask(Question.of(WARM_UP).plain())
        return assistant

    def asker(self) -> Asker:
        """Return the Assistant; raises AssistantError or KnowledgeError."""
        return self._assistant

    def index_manifest(self) -> dict[str, Any]:
        """Return what the index was built with; opens the index in any case."""
        return asdict(self._assistant.index.manifest)

    def settings(self) -> dict[str, Any]:
        """Return every setting by the name of its variable; raises SettingsError."""
        from assistant.settings import load_settings  # noqa: PLC0415  heavy

        return by_variable(load_settings())

    def parameters(self) -> dict[str, Any]:
        """Return nothing: it is what ships."""
        return {}

    def documents(self) -> dict[str, str]:
        """Return the text of every document of the index."""
        return {document.id: document.text for document in self._assistant.index.documents}

    def texts(self, doc_ids: Collection[str]) -> dict[str, str]:
        """Return the text of those of the documents that the index holds."""
        wanted = frozenset(doc_ids)
        return {document.id: document.text for document in self._assistant.index.documents if document.id in wanted}


def by_variable(settings: Settings) -> dict[str, Any]:
    """Return the settings by the names of their variables, in the form of JSON."""
    fields = type(settings).model_fields
    names = {name: str(field.validation_alias or f"POLICY_{name.upper()}") for name, field in fields.items()}
    return {names[name]: value for name, value in settings.model_dump(mode="json").items() if name in names}
