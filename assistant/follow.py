"""An assistant that follows its index: when another generation serves, the next questions are answered from it.

The new index is opened beside the old one, and takes its place in one step; questions that are being answered finish on
the old one, which is let go of after the last of them. An index that cannot be opened changes nothing.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from assistant.answer import Answer, Question
from assistant.answer_cache import AnswerCache
from assistant.service import Assistant
from assistant.suggest import Offered
from knowledge.errors import KnowledgeError
from knowledge.generation import serving
from knowledge.index import Index

LOOK_EVERY = 1.0
"""Seconds between two looks at which generation serves."""

_LOG = logging.getLogger(__name__)


class FollowingAssistant:
    """Answers from the generation of an index that serves at the time; may be used by several threads."""

    def __init__(
        self, path: Path, build: Callable[[], Assistant], every: float = LOOK_EVERY, cache: AnswerCache | None = None
    ) -> None:
        self._path, self._build, self._every = path, build, every
        self._cache = cache or AnswerCache(0)
        self._assistant = build()
        self._refused = ""
        self._running: Counter[Assistant] = Counter()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._watch = threading.Thread(target=self._follow, name="follow-index", daemon=True)
        self._watch.start()

    @property
    def index(self) -> Index:
        """The index that answers now."""
        return self._assistant.index

    @property
    def offered(self) -> Offered:
        """The questions that were tried when it was built."""
        return self._assistant.offered

    def ask(self, question: Question) -> Answer:
        """Answer one question, from one generation."""
        with self._lock:
            assistant = self._assistant
            self._running[assistant] += 1
        try:
            return self._cache.answer(question, assistant.index.generation, assistant.ask)
        finally:
            with self._lock:
                self._running[assistant] -= 1
                self._let_go(assistant)

    def look(self) -> bool:
        """Take up the generation that serves, if it is another one and can be opened; tell whether one was taken up."""
        try:
            name = serving(self._path).name
            if name in {self._assistant.index.generation, self._refused}:
                return False
            following = self._build()
        except KnowledgeError as error:
            self._refuse(error)
            return False
        with self._lock:
            before, self._assistant = self._assistant, following
            self._let_go(before)
        _LOG.info("index %s: now serving %s", self._path, name)
        return True

    def close(self) -> None:
        """Stop looking, and let go of the connections to a language model."""
        self._stopped.set()
        self._watch.join()
        self._assistant.close()

    def _follow(self) -> None:
        while not self._stopped.wait(self._every):
            self.look()

    def _refuse(self, error: KnowledgeError) -> None:
        try:
            name = serving(self._path).name
        except KnowledgeError:
            name = "?"
        if name != self._refused:  # told once
            _LOG.warning("index not taken up, the one before goes on answering: %s", error)
        self._refused = name

    def _let_go(self, assistant: Assistant) -> None:
        """Close the index of an assistant that answers nothing any more; the lock must be held."""
        if not self._running[assistant]:
            del self._running[assistant]
            if assistant is not self._assistant:
                assistant.index.vectors.close()
