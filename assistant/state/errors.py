"""A fault of the database, as the rest of the assistant sees it."""

from assistant.errors import AssistantError


class StateError(AssistantError):
    """What is remembered cannot be read or written; the message says where and what to do."""
