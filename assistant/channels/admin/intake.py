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

from assistant.errors import AssistantError
from knowledge.sources.folder import LARGEST_FILE, SUFFIXES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.datastructures import FormData
    from starlette.requests import Request

MOST_BYTES = 100 * 1024 * 1024
"""Bytes of one upload, all its files together."""
MOST_FILES = 50
SILENCE_SECONDS = 30.0
"""Seconds that may pass between two pieces of an upload."""
_NAME_BYTES = 200
_MEGABYTE = 1024 * 1024


class UploadError(AssistantError):
    """An upload was not taken; ``status`` is the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass
class Taken:
    """What an upload brought: the files that lie in the folder, and why others do not, by name."""

    files: list[Path] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


async def form(request: Request) -> FormData:
    """Read a form with files; the caller closes it.

    Nothing is read where the upload says itself that it is too large; one that says otherwise is cut off where it
    becomes so. Raises UploadError.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise UploadError(413, _TOO_LARGE)
    try:
        # Fields first: the form's mark is known before any file is. Files above a megabyte lie on the disk.
        return await MultiPartParser(request.headers, _counted(request), max_files=MOST_FILES, max_fields=10).parse()
    except MultiPartException as error:
        told = (
            f"一次最多上传 {MOST_FILES} 个文件。" if "files" in error.message else "上传的内容读不懂，请重新选择文件。"
        )
        raise UploadError(400, told) from error
    except KeyError as error:  # a content type without its boundary
        raise UploadError(400, "上传的内容读不懂，请重新选择文件。") from error


_TOO_LARGE = f"上传的内容太大：一次最多 {MOST_BYTES // _MEGABYTE} MB，请分几次上传。"


async def _counted(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    pieces = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(pieces), SILENCE_SECONDS)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise UploadError(408, "上传中断，请重新上传。") from error
        size += len(piece)
        if size > MOST_BYTES:
            raise UploadError(413, _TOO_LARGE)
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
                taken.refused.append((name or "（没有名称）", fault))
                continue
            with (folder / name).open("xb") as stream:
                shutil.copyfileobj(upload.file, stream)
            taken.files.append(folder / name)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UploadError(507, f"无法保存上传的文件（{error.strerror}），请检查数据目录的空间和权限。") from error
    return taken


def file_name(given: str) -> str:
    """Return the last part of a name, in one normal form, without characters that no name needs.

    What would be hidden, or lead to another folder, becomes a plain name or an empty one.
    """
    last = PurePosixPath(unicodedata.normalize("NFC", given).replace("\\", "/").replace("\0", "")).name
    plain = re.sub(r'[<>:"|?*\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+', " ", last)
    plain = re.sub(r" +(?=\.[^.]*$)", "", plain)
    return plain.encode("utf-8", "ignore").decode().strip().lstrip(".").strip()


def _fault(name: str, size: int, folder: Path) -> str | None:
    if not name or not Path(name).stem:
        return "文件没有名称"
    if Path(name).suffix.lower() not in SUFFIXES:
        return f"不支持这种格式，可以上传 {'、'.join(SUFFIXES)}"
    if len(name.encode()) > _NAME_BYTES:
        return "文件名太长，请改短"
    if size == 0:
        return "文件是空的"
    if size > LARGEST_FILE:
        return f"文件有 {size / _MEGABYTE:.0f} MB，最多 {LARGEST_FILE // _MEGABYTE} MB"
    if (folder / name).exists():
        return "这次上传里有同名的文件，只取了第一个"
    return None
