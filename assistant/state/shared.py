"""Everything the service remembers, over one database."""

from __future__ import annotations

from assistant.state.answers import Answers, Feedback
from assistant.state.conversations import Conversations
from assistant.state.database import IN_MEMORY, Database
from assistant.state.inbox import Inbox
from assistant.state.keys import Keys
from assistant.state.limits import Limits
from assistant.state.outbox import Outbox
from assistant.state.sessions import Sessions
from assistant.state.statistics import Statistics
from assistant.state.tokens import Tokens
from assistant.state.work import Works

BOT_MEMORY_SECONDS = 30 * 60.0
"""Seconds of silence after which a bot takes a message for the beginning of a new conversation."""


class State:
    """The stores of one process; processes with the same database share what is in them."""

    def __init__(self, url: str = IN_MEMORY) -> None:
        """Open the database; raises SettingsError or StateError."""
        self.database = Database(url)
        self.conversations = Conversations(self.database)
        self.bot_conversations = Conversations(self.database, kept=BOT_MEMORY_SECONDS)
        self.answers = Answers(self.database)
        self.feedback = Feedback(self.database)
        self.limits = Limits(self.database)
        self.keys = Keys(self.database)
        self.tokens = Tokens(self.database)
        self.statistics = Statistics(self.database)
        self.sessions = Sessions(self.database)
        self.index_work = Works(self.database, "index")

    def inbox(self, channel: str, *, lease: float) -> Inbox:
        """Return the messages of a channel as one worker sees them; ``lease`` in seconds."""
        return Inbox(self.database, channel, lease=lease)

    def outbox(self, channel: str) -> Outbox:
        """Return what a channel has to say."""
        return Outbox(self.database, channel)

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()
