"""Zip archives -> the files in them, one at a time, each unpacked to a folder of its own and gone afterwards.

Nothing is written outside of that folder, whatever the names in the archive say; archives in archives are refused.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from knowledge.errors import SourceError

MOST_FILES = 5_000
LARGEST_UNPACKED = 500 * 1024 * 1024  # bytes of all files together
_UTF_8_NAME, _ENCRYPTED = 0x800, 0x1  # flags of an entry


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name there, and where it lies until the next one is asked for."""

    name: str
    path: Path


def members(archive: Path) -> Iterator[Member | SourceError]:
    """Yield the files of an archive in order of their names, or what is wrong with one; hidden ones are passed over."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = sorted((_name(entry), entry) for entry in opened.infolist() if not entry.is_dir())
            flaw = _flaw([entry for _, entry in entries])
            if flaw is not None:
                yield SourceError(str(archive), flaw)
                return
            for name, entry in entries:
                if not any(part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name).parts):
                    yield from _member(opened, archive, name, entry)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        yield SourceError(str(archive), f"压缩包已损坏，无法读取（{error}）")


def _flaw(entries: list[zipfile.ZipInfo]) -> str | None:
    if len(entries) > MOST_FILES:
        return f"压缩包里有 {len(entries)} 个文件，超过 {MOST_FILES} 个，没有读取"
    size = sum(entry.file_size for entry in entries)
    if size > LARGEST_UNPACKED:
        return f"压缩包展开后有 {size // 1024 // 1024} MB，没有读取"
    return None


def _member(
    opened: zipfile.ZipFile, archive: Path, name: str, entry: zipfile.ZipInfo
) -> Iterator[Member | SourceError]:
    place = PurePosixPath(name)
    where = f"{archive}/{name}"
    if place.is_absolute() or ".." in place.parts or "\0" in name or not place.name:
        yield SourceError(where, "压缩包里的路径指向包外，没有读取")
    elif entry.flag_bits & _ENCRYPTED:
        yield SourceError(where, "已加密，请先解除密码")
    elif place.suffix.lower() in {".zip", ".rar", ".7z", ".gz", ".tar"}:
        yield SourceError(where, "压缩包里的压缩包，没有读取，请先展开")
    else:
        with tempfile.TemporaryDirectory(prefix="policy-zip-") as folder:
            target = Path(folder) / place.name[-100:]
            try:
                with opened.open(entry) as source, target.open("wb") as stream:
                    shutil.copyfileobj(source, stream)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
                yield SourceError(where, f"已损坏，无法展开（{error}）")
                return
            yield Member(name, target)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name; Chinese Windows writes it in GBK without saying so."""
    if entry.flag_bits & _UTF_8_NAME:
        return entry.filename.replace("\\", "/")
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return entry.filename.replace("\\", "/")
