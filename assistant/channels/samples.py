"""Sample questions by topic, read from a text file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from assistant.answer import Question, Status
from assistant.named import short_title
from assistant.suggest import openers

if TYPE_CHECKING:
    from assistant.channels.desk import Assistant, Index
    from assistant.suggest import Offered

_OWN_TOPIC = "文件里有答案的问题"
_MOST = 6
_DOCUMENTS, _OF_EACH = 4, 3  # topics, and questions of each
SAMPLES_PATH = Path(__file__).with_name("samples.txt")
ENGLISH_PATH = Path(__file__).with_name("samples.en.txt")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and the questions offered under it."""

    name: str
    questions: tuple[str, ...]


@runtime_checkable
class Prepared(Protocol):
    """An assistant with questions that were tried when its index was built."""

    @property
    def index(self) -> Index:
        """The documents that answers rest on."""

    @property
    def offered(self) -> Offered:
        """The questions by document."""


def offered(topics: Sequence[Topic], assistant: Assistant) -> tuple[Topic, ...]:
    """Keep the questions that the documents at hand answer.

    Where they answer less than half, they are other documents than the
    questions were made for: offer what was prepared with their index, a
    topic a document, or else what they pose themselves.
    """
    kept = fitting(topics, assistant)
    if kept:
        return kept
    if isinstance(assistant, Prepared) and assistant.offered:
        return _by_document(assistant)
    own = tuple(islice(_answered(openers(assistant.index.documents), assistant), _MOST))
    return (Topic(_OWN_TOPIC, own),) if own else ()


def fitting(topics: Sequence[Topic], assistant: Assistant) -> tuple[Topic, ...]:
    """Keep the questions that are answered; none where it is less than half: they are about other documents."""
    kept = tuple(Topic(topic.name, tuple(_answered(topic.questions, assistant))) for topic in topics)
    asked, told = (sum(len(topic.questions) for topic in group) for group in (topics, kept))
    return tuple(topic for topic in kept if topic.questions) if 2 * told >= asked else ()


def _answered(questions: Iterable[str], assistant: Assistant) -> Iterator[str]:
    return (text for text in questions if assistant.ask(Question.of(text).plain()).status is Status.ANSWERED)


def _by_document(assistant: Prepared) -> tuple[Topic, ...]:
    """Return what was prepared of the newest documents, each a topic."""
    documents = sorted(assistant.index.documents, key=lambda one: one.published or one.written or "", reverse=True)
    asked = ((short_title(one.title), assistant.offered.get(one.id, ())) for one in documents)
    found = (Topic(title, tuple(question.text for question in own[:_OF_EACH])) for title, own in asked if own)
    return tuple(islice(found, _DOCUMENTS))


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
