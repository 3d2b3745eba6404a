"""Everything that can go wrong between a question and its answer.

::

    AssistantError
    ├── QuestionError        the question cannot be asked (empty, too long, not text)
    └── SettingsError        a setting cannot be used; names the variable
"""


class AssistantError(Exception):
    """A fault that the person asking or operating can act on; the message is one line in Chinese."""


class QuestionError(AssistantError):
    """The question cannot be asked as it is."""


class SettingsError(AssistantError):
    """A setting cannot be used."""
