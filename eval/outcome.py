"""A case together with the answer it got: what every measure looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answer import Answer, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eval.case import Case

ANSWERS = frozenset((Status.ANSWERED, Status.PARTIAL))
REFUSALS = frozenset((Status.NOT_FOUND, Status.OUT_OF_SCOPE, Status.SMALL_TALK, Status.REFUSED))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and its answer; ``documents`` holds the text of at least every cited document by its id."""

    case: Case
    answer: Answer
    documents: Mapping[str, str]

    @property
    def failed(self) -> bool:
        """Whether the case raised or the answer carries an error: wrong, whatever else it says."""
        return failed(self.answer)

    @property
    def answered(self) -> bool:
        """Whether there is an answer, whole or in part."""
        return self.answer.status in ANSWERS and not self.failed

    @property
    def refused(self) -> bool:
        """Whether the question was turned down in one of the named ways."""
        return self.answer.status in REFUSALS and not self.failed


def failed(answer: Answer) -> bool:
    """Tell whether the answer is none because something went wrong."""
    return answer.status is Status.FAILED or answer.error is not None
