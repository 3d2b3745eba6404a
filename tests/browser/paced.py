"""The product with answers at the pace of a language model: each sentence is told before the answer is whole.

Started by the tests in place of ``app.py``; what it answers is what ships, said sentence by sentence.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import uvicorn

from assistant.channels.asgi import create_app, open_state
from assistant.channels.listen import bind
from assistant.channels.waiting import verified
from assistant.compose import build_assistant
from assistant.settings import load_settings
from assistant.steps import said

if TYPE_CHECKING:
    from assistant.answer import Answer, Question
    from assistant.service import Assistant

SECONDS = 0.5
"""Between two sentences."""


class Paced:
    """Says the sentences of an answer one after the other, to those who listen."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.index = assistant.index
        self.is_open = False

    def ask(self, question: Question) -> Answer:
        """Answer like the assistant, more slowly."""
        answer = self._assistant.ask(question)
        if self.is_open:  # not for the samples, before anybody listens
            for sentence in verified(answer):
                time.sleep(SECONDS)
                said(sentence)
            time.sleep(SECONDS)
        return answer


def main() -> None:
    """Serve until stopped."""
    settings = load_settings()
    assistant = Paced(build_assistant())
    app = create_app(assistant, open_state(settings), settings)
    assistant.is_open = True
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[bind(settings.host, settings.port)])


if __name__ == "__main__":
    main()
