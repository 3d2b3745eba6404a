"""Uploaded files -> a folder: refused early where they are too large, kept under names that lead nowhere else."""

from __future__ import annotations

import asyncio
import re
import shutil
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from assistant.channels.admin.saying import Saying
from assistant.errors import AssistantError
from knowledge.sources.folder import LARGEST_FILE, SUFFIXES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from starlette.datastructures import FormData
    from starlette.requests import Request

    from assistant.channels.messages import Messages

MOST_BYTES = 100 * 1024 * 1024
"""Bytes of one upload, all its files together."""
MOST_FILES = 50
SILENCE_SECONDS = 30.0
"""Seconds that may pass between two pieces of an upload."""
_NAME_BYTES = 200
_MEGABYTE = 1024 * 1024
MOST_MEGABYTES, LARGEST_MEGABYTES = MOST_BYTES // _MEGABYTE, LARGEST_FILE // _MEGABYTE


class UploadError(AssistantError):
    """An upload was not taken; ``status`` is the HTTP status that says so, ``sayings`` tell why."""

    def __init__(self, status: int, *sayings: Saying, files: Sequence[str] = ()) -> None:
        """``files`` are the names that the sayings are about, where they are about files."""
        self.status = status
        self.sayings = sayings
        self.files = files
        super().__init__(" ".join(saying.key for saying in sayings))

    def told(self, words: Messages) -> str:
        """Return why, in a language."""
        told = [saying.told(words) for saying in self.sayings]
        if not self.files:
            return " ".join(told)
        named = zip((name or words("admin.refused.nameless") for name in self.files), told, strict=True)
        return words("admin.fault.semicolon").join(
            words("admin.fault.file", name=name, reason=why) for name, why in named
        )


@dataclass
class Taken:
    """What an upload brought: the files that lie in the folder, and why others do not, by name."""

    files: list[Path] = field(default_factory=list)
    refused: list[tuple[str, Saying]] = field(default_factory=list)


async def form(request: Request) -> FormData:
    """Read a form with files; the caller closes it.

    Nothing is read where the upload says itself that it is too large; one that says otherwise is cut off where it
    becomes so. Raises UploadError.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise UploadError(413, TOO_LARGE)
    try:
        # Fields first: the form's mark is known before any file is. Files above a megabyte lie on the disk.
        return await MultiPartParser(request.headers, _counted(request), max_files=MOST_FILES, max_fields=10).parse()
    except MultiPartException as error:
        too_many = Saying("fault.too-many", {"most": MOST_FILES})
        raise UploadError(400, too_many if "files" in error.message else _UNREADABLE) from error
    except KeyError as error:  # a content type without its boundary
        raise UploadError(400, _UNREADABLE) from error


TOO_LARGE = Saying("fault.too-large", {"most": MOST_MEGABYTES})
_UNREADABLE = Saying("fault.unreadable")


async def _counted(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    pieces = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(pieces), SILENCE_SECONDS)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise UploadError(408, Saying("fault.silent")) from error
        size += len(piece)
        if size > MOST_BYTES:
            raise UploadError(413, TOO_LARGE)
        yield piece


def keep(uploads: list[UploadFile], folder: Path) -> Taken:
    """Write files to a new folder under safe names; one that cannot be taken is named with the reason.

    Raises UploadError where nothing can be written.
    """
    taken = Taken()
    try:
        folder.mkdir(parents=True)
        for upload in uploads:
            name = file_name(upload.filename or "")
            fault = _fault(name, upload.size or 0, folder)
            if fault:
                taken.refused.append((name, fault))
                continue
            with (folder / name).open("xb") as stream:
                shutil.copyfileobj(upload.file, stream)
            taken.files.append(folder / name)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UploadError(507, Saying("fault.disk", {"reason": error.strerror or type(error).__name__})) from error
    return taken


def file_name(given: str) -> str:
    """Return the last part of a name, in one normal form, without characters that no name needs.

    What would be hidden, or lead to another folder, becomes a plain name or an empty one.
    """
    last = PurePosixPath(unicodedata.normalize("NFC", given).replace("\\", "/").replace("\0", "")).name
    plain = re.sub(r'[<>:"|?*\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+', " ", last)
    plain = re.sub(r" +(?=\.[^.]*$)", "", plain)
    return plain.encode("utf-8", "ignore").decode().strip().lstrip(".").strip()


def _fault(name: str, size: int, folder: Path) -> Saying | None:
    if not name or not Path(name).stem:
        return Saying("refused.name")
    if Path(name).suffix.lower() not in SUFFIXES:
        return Saying("refused.format", {"formats": " ".join(SUFFIXES)})
    if len(name.encode()) > _NAME_BYTES:
        return Saying("refused.long-name")
    if size == 0:
        return Saying("refused.empty")
    if size > LARGEST_FILE:
        return Saying("refused.large", {"size": round(size / _MEGABYTE), "most": LARGEST_MEGABYTES})
    if (folder / name).exists():
        return Saying("refused.twice")
    return None
