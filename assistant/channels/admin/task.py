"""A change to the index in a process of its own: ``python -m assistant.channels.admin.task`` reads one task as JSON.

It writes a line of JSON for each thing it has to say: ``{"progress": str}``, and at the end ``{"report": {…}}`` or
``{"fault": str}``; its own words are kept sayings. Answering goes on beside it; where it is ended, the index is as it was.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.channels.admin.saying import Saying
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.build import Summary
    from knowledge.embed import Embedder

_NICE = 5  # answers go first


class _Progress:
    """Stands for standard error, where knowledge tells how far it is."""

    def __init__(self) -> None:
        self._rest = ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in filter(str.strip, lines):
            _say(progress=line.strip()[:200])
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return False


def main() -> int:
    """Do the task on standard input."""
    task: dict[str, Any] = json.loads(sys.stdin.readline())
    with suppress(OSError):
        os.nice(_NICE)
    progress: Any = _Progress()
    sys.stderr = progress
    try:
        _say(report=_report(_done(task)))
    except KnowledgeError as error:
        _say(fault=str(error))
    except Exception as error:  # noqa: BLE001 - the last stop of this process: it is told instead of a traceback
        _say(fault=Saying("fault.broken", {"name": type(error).__name__}).kept())
    return 0


def _done(task: dict[str, Any]) -> Summary:
    from assistant.compose import prepare_questions  # noqa: PLC0415  # only where a task was given

    summary = _changed(task)
    _progress("questions")
    with suppress(OSError, KnowledgeError):  # only suggestions are lost
        prepare_questions(Path(task["index"]), encoder_of(task))
    return summary


def encoder_of(task: dict[str, Any]) -> Embedder:
    """Return the encoder of a task's index."""
    from knowledge.embed import encoder  # noqa: PLC0415

    return encoder(task["encoder"])


def _changed(task: dict[str, Any]) -> Summary:
    from knowledge.build import add, rebuild, remove  # noqa: PLC0415  # only where a task was given

    path, embedder = Path(task["index"]), encoder_of(task)
    names: list[str] = task["names"]
    if task["kind"] == "remove":
        _progress("removing", count=len(names))
        return remove(path, names, embedder)
    if task["kind"] == "rebuild":
        _progress("rebuilding")
        return rebuild(path, embedder, _announced(names))
    return add(path, _announced(names), embedder)


def _announced(sources: list[str]) -> Iterator[str]:
    for number, source in enumerate(sources, 1):
        _progress("reading", number=number, total=len(sources), name=Path(source).name)
        yield source
    _progress("writing")


def _report(summary: Summary) -> dict[str, Any]:
    reading = summary.reading
    return {
        "documents": summary.documents,
        "passages": summary.passages,
        "added": summary.added,
        "replaced": summary.replaced,
        "removed": summary.removed,
        "twins": {doc_id: list(others) for doc_id, others in summary.twins.items()},
        "failures": [[failure.source, failure.reason] for failure in reading.failures],
        "notes": [*reading.skipped, *reading.notes],
    }


def _progress(key: str, **values: str | int) -> None:
    _say(progress=Saying(f"progress.{key}", values).kept())


def _say(**said: Any) -> None:
    print(json.dumps(said), file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    sys.exit(main())
