"""One writer at a time. The kernel lets go of the lock when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from knowledge.errors import IndexLockedError, SourceError

NAME = "lock"


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold the writer's lock of an index; the folder is made where there is none.

    Raises IndexLockedError at once, with who writes, where another process holds it; SourceError where there can be no index.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        stream = (path / NAME).open("a+", encoding="utf-8", errors="replace")
    except OSError as error:
        raise SourceError(str(path), f"无法在这里建立索引（{error.strerror}）") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            stream.seek(0)
            raise IndexLockedError(str(path), stream.read().strip() or "未知进程") from error
        stream.seek(0)
        stream.truncate()
        stream.write(_holder())
        stream.flush()
        yield


def _holder() -> str:
    command = Path(sys.argv[0]).parent.name if sys.argv and sys.argv[0].endswith("__main__.py") else "python"
    return f"进程 {os.getpid()}，{command}，{time.strftime('%Y-%m-%d %H:%M:%S')} 起"
