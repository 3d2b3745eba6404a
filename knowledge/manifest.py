"""What an index was built with; an index that does not fit the program that reads it is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from knowledge.errors import IndexDamagedError, IndexMismatchError

FORMAT = 2
_NAME = "manifest.json"
_DICTIONARIES = ("terms.txt", "stop_words.txt")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``files`` maps each file of the index that never changes to its SHA-256; ``words`` is the dictionaries' hash."""

    format: int
    encoder: str
    dimension: int
    chunker: str
    words: str
    documents: int
    passages: int
    files: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Write it as JSON."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / _NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read it; raises IndexDamagedError where it is missing or no manifest."""
        try:
            manifest = cls(**json.loads((folder / _NAME).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError) as error:
            raise IndexDamagedError(str(folder.parent), f"{_NAME} 缺失或无法读取") from error
        if not isinstance(manifest.files, dict):
            raise IndexDamagedError(str(folder.parent), f"{_NAME} 的内容不对")
        return manifest

    def check(self, folder: Path, expected: Mapping[str, object]) -> None:
        """Compare with what the program needs and with the files as they lie there.

        Raises IndexMismatchError for another format, encoder, dimension, chunker or dictionary; IndexDamagedError for
        a missing or changed file.
        """
        for part, wanted in expected.items():
            got = getattr(self, part)
            if got != wanted:
                raise IndexMismatchError(str(folder.parent), part, got, wanted)
        for name, digest in self.files.items():
            path = folder / name
            if not path.is_file():
                raise IndexDamagedError(str(folder.parent), f"缺少 {name}")
            if file_hash(path) != digest:
                raise IndexDamagedError(str(folder.parent), f"{name} 与建立时不同")


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def words_hash() -> str:
    """Return a hash of the dictionaries that decide how text is cut into terms."""
    digest = hashlib.sha256()
    for name in _DICTIONARIES:
        digest.update(files("knowledge").joinpath("dictionary", name).read_bytes())
    return digest.hexdigest()[:16]
