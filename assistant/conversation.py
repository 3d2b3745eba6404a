"""Conversations, kept in memory: the latest turns of the latest conversations.

What is kept is bounded on both sides, so that a public service neither grows without end nor remembers longer than it
needs. A store that survives a restart takes its place by offering the same three methods.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answer import Turn

MAX_TURNS = 20
MAX_CONVERSATIONS = 1_000
_ID_BYTES = 16


def new_conversation_id() -> str:
    """Return an id of 128 random bits that nobody can guess, 22 characters of URL-safe base64."""
    return secrets.token_urlsafe(_ID_BYTES)


class MemoryConversations:
    """The latest ``max_turns`` turns of the ``max_conversations`` conversations used last; safe to share by threads."""

    def __init__(self, *, max_turns: int = MAX_TURNS, max_conversations: int = MAX_CONVERSATIONS) -> None:
        self._max_turns = max_turns
        self._max_conversations = max_conversations
        self._turns: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """Return the turns, oldest first; none when the conversation is unknown or was forgotten."""
        with self._lock:
            if conversation_id not in self._turns:
                return ()
            self._turns.move_to_end(conversation_id)
            return self._turns[conversation_id]

    def append(self, conversation_id: str, turn: Turn) -> None:
        """Add a turn, beginning the conversation when there is none; the longest unused one makes room."""
        with self._lock:
            turns = (*self._turns.get(conversation_id, ()), turn)
            self._turns[conversation_id] = turns[-self._max_turns :]
            self._turns.move_to_end(conversation_id)
            while len(self._turns) > self._max_conversations:
                self._turns.popitem(last=False)

    def forget(self, conversation_id: str) -> None:
        """Drop a conversation; an unknown one is no fault."""
        with self._lock:
            self._turns.pop(conversation_id, None)
