"""The log of the service: a JSON object a line, or plain lines on a terminal; on standard error.

By default an error is logged by its kind and place, without its message: what a database or a parser says may hold what a
person wrote.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def set_up(settings: Settings) -> None:
    """Let every logger of this process write as the settings say; on a terminal only what needs attention."""
    from pythonjsonlogger.json import JsonFormatter  # noqa: PLC0415  # only where something is served

    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())

    formatter: logging.Formatter = JsonFormatter(
        "%(levelname)s %(name)s %(message)s",
        timestamp="time",
        rename_fields={"levelname": "level", "name": "logger"},
        json_ensure_ascii=False,
    )
    if as_text:
        formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s：%(message)s")
    if not settings.log_details:
        formatter.formatException = _placed  # type: ignore[method-assign, assignment]
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING if as_text else logging.INFO, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "mcp", "uvicorn.error", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _placed(failure: tuple[object, BaseException | None, object]) -> str:
    return placed(failure[1])


def placed(error: BaseException | None) -> str:
    """Return the kinds of an error and of its causes, and where each came from, without what they say."""
    lines: list[str] = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        place = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-6:]))
        lines.append(f"{type(error).__name__} ({place})")
        error = error.__cause__ or error.__context__
    return "\n".join(lines)
