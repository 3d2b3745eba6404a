"""Shows one answer in the terminal, then serves the chat page and the HTTP API. Start with ``python app.py``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from assistant.answer import Question
from assistant.channels.cli import shown
from assistant.channels.serving import serve
from assistant.errors import AssistantError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from assistant.channels.desk import Assistant

SAMPLE = "2018年国务院印发了什么文件？"
EXIT_BAD = 2


def greet(assistant: Assistant) -> None:
    """Print a sample question with its cited answer."""
    print(f"问：{SAMPLE}\n\n{shown(assistant.ask(Question.of(SAMPLE)))}\n", flush=True)


def main() -> int:
    """Serve until stopped; return 2 after one line on stderr when that is not possible."""
    try:
        return serve(greet=greet)
    except (AssistantError, KnowledgeError) as error:
        print(f"错误：{error}", file=sys.stderr)
        return EXIT_BAD


if __name__ == "__main__":
    sys.exit(main())
