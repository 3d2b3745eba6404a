"""Worker processes: who has taken something on, and whether it still runs."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable


def new_worker() -> str:
    """Return a name for this worker: its machine, its process, and a number of its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{os.urandom(6).hex()}"


def gone(workers: Iterable[str | None]) -> list[str]:
    """Return those workers of this machine whose process is gone: what they took on need not wait for its lease."""
    here = f"{socket.gethostname()}:"
    return [name for name in workers if name and name.startswith(here) and not _runs(int(name.split(":")[-2]))]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
