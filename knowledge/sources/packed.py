"""Office files are zip archives: how far one unpacks is looked at before it is."""

from __future__ import annotations

import zipfile
from pathlib import Path

from knowledge.errors import SourceError

LARGEST_UNPACKED = 200 * 1024 * 1024  # bytes of all parts together
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # also the envelope of an encrypted file


def check(path: Path, kind: str, old: str) -> None:
    """Raise SourceError for a file that is encrypted, of the format before, no archive, or unpacks beyond the limit."""
    with path.open("rb") as stream:
        if stream.read(4) == _OLD_OFFICE:
            raise SourceError(str(path), f"{kind} 文件已加密，或是旧的 {old} 格式，请解除密码后另存为 {old}x")
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise SourceError(str(path), f"{kind} 文件已损坏，无法读取") from error
    if size > LARGEST_UNPACKED:
        raise SourceError(str(path), f"{kind} 文件展开后有 {size // 1024 // 1024} MB，没有读取")
