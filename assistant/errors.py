"""Everything that can go wrong between a question and its answer.

::

    AssistantError
    ├── QuestionError        the question cannot be asked (empty, too long, not text)
    ├── SettingsError        a setting cannot be used; names the variable
    └── ModelError           the language model gave no answer that can be used; its ``fault`` says why
"""

from __future__ import annotations

import enum


class AssistantError(Exception):
    """A fault that the person asking or operating can act on; the message is one line in Chinese."""


class QuestionError(AssistantError):
    """The question cannot be asked as it is."""


class SettingsError(AssistantError):
    """A setting cannot be used."""


class Fault(enum.StrEnum):
    """What can go wrong with a language model."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    UNAUTHORIZED = "unauthorized"
    REJECTED = "rejected"  # it refuses the request: unknown model, prompt too long, content policy
    SERVER_ERROR = "server_error"
    BROKEN = "broken"  # the stream ended before the answer did
    CUT_SHORT = "cut_short"  # the model reached its limit of tokens
    EMPTY = "empty"
    MALFORMED = "malformed"  # no chat completion: HTML, bad JSON, a tool call
    TOO_LONG = "too_long"  # more output than an answer can be
    LEAK = "leak"  # it repeats its instructions
    CIRCUIT_OPEN = "circuit_open"


class ModelError(AssistantError):
    """The language model gave no answer that can be used.

    ``retry_after`` is how long it asked to be left alone, in seconds. The message is for the operator and holds no
    secret; whoever asked is told only that the model is not available.
    """

    def __init__(self, fault: Fault, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.fault, self.retry_after = fault, retry_after
