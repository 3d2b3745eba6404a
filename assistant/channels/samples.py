"""Sample questions by topic, read from a text file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SAMPLES_PATH = Path(__file__).with_name("samples.txt")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and the questions offered under it."""

    name: str
    questions: tuple[str, ...]


def read_samples(path: Path = SAMPLES_PATH) -> tuple[Topic, ...]:
    """Read ``[topic]`` headings, each followed by one question a line; blank lines and ``#`` lines are left out."""
    topics: list[Topic] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("[") and text.endswith("]"):
            topics.append(Topic(text[1:-1].strip(), ()))
        elif topics:
            topics[-1] = Topic(topics[-1].name, (*topics[-1].questions, text))
    return tuple(topics)
