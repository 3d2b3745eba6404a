"""Answers that were given already, the most recently asked kept: by question, index and settings, never in a conversation.

One cache belongs to one process and its settings, which do not change while it runs; the generation of the index names
what was answered from. Only what would be answered the same again is kept.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from assistant.answer import Answer, Question, Status
from assistant.telemetry import observed

_KEPT = {
    Status.ANSWERED,
    Status.PARTIAL,
    Status.NOT_FOUND,
    Status.OUT_OF_SCOPE,
}
_Key = tuple[str, str]


class AnswerCache:
    """Keeps up to ``size`` answers; 0 keeps none. May be used by several threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: OrderedDict[_Key, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, question: Question, generation: str, ask: Callable[[Question], Answer]) -> Answer:
        """Return the answer that is kept, under an id of its own, or ask and keep what is answered."""
        if not self._size or question.history:
            return ask(question)
        started = time.perf_counter()
        # What is answered without a language model is kept apart, and what one document answers.
        key = (normalised(question.text), f"{generation} {question.is_plain} {question.doc_id or ''}")
        with self._lock:
            known = self._answers.get(key)
            if known is not None:
                self._answers.move_to_end(key)
        observed("answer_cache", result="miss" if known is None else "hit")
        if known is not None:
            return replace(
                known,
                id=secrets.token_urlsafe(9),
                conversation_id=question.conversation_id,
                latency_ms=(time.perf_counter() - started) * 1000,
            )
        answer = ask(question)
        if answer.status in _KEPT and not answer.is_passing and answer.error is None:
            with self._lock:
                self._answers[key] = answer
                while len(self._answers) > self._size:
                    self._answers.popitem(last=False)
        return answer


def normalised(text: str) -> str:
    """Return the form under which the same question is known: width, case and white space do not matter, script does."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", folded).strip().rstrip("?!。.！？ ")
