"""Hashes of the files of a folder, written beside them, so that a damaged file is found before it is read.

It matters most for the vectors: Chroma's compiled part does not check what it reads and may take the process down.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

NAME = "seal.json"


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def seal(folder: Path, files: Iterable[Path], root: Path | None = None) -> None:
    """Write the hashes of files of a folder, named relative to ``root`` (default: the folder)."""
    hashes = {file.relative_to(root or folder).as_posix(): file_hash(file) for file in files}
    text = json.dumps(hashes, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def hashes(folder: Path) -> dict[str, str]:
    """Return the hashes by file; raises OSError or ValueError where the seal itself is missing or damaged."""
    found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError(f"{NAME} 的内容不对")
    return found


def flaws(folder: Path, root: Path | None = None) -> list[tuple[Path, str]]:
    """Return the files of a folder that are not as they were sealed, each with what is wrong with it."""
    try:
        expected = hashes(folder)
    except (OSError, ValueError, RecursionError):
        return [(folder / NAME, "缺失或无法读取")]
    found = []
    for name, wanted in expected.items():
        path = (root or folder) / name
        try:
            if file_hash(path) != wanted:
                found.append((path, "与建立时不同"))
        except OSError:
            found.append((path, "缺失"))
    return found
