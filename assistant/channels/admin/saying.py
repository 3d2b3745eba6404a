"""What is said at one time and shown at another, in whatever language it is then looked at: a message's key and values."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.channels.messages import Messages


@dataclass(frozen=True, slots=True)
class Saying:
    """A message of the administration: its key after ``admin.``, and what is filled in."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def told(self, words: Messages) -> str:
        """Return it in a language."""
        return words(f"admin.{self.key}", **self.values)

    def kept(self) -> str:
        """Return it as text that ``shown`` reads."""
        return json.dumps([self.key, self.values], ensure_ascii=False)


def shown(kept: str, words: Messages) -> str:
    """Return a kept saying in a language; a text that is none, as what the documents' readers say, as it stands."""
    with suppress(ValueError, TypeError, KeyError, IndexError):
        key, values = json.loads(kept)
        return Saying(str(key), dict(values)).told(words)
    return kept
