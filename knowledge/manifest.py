"""What an index was built with and what it holds; an index that does not fit the program that reads it is refused.

It depends on the documents and the program alone: two indexes of the same documents have the same manifest, however
often a build was interrupted or in how many steps the documents were added.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from knowledge import chunk, words
from knowledge.embed import Embedder
from knowledge.errors import IndexDamagedError, IndexMismatchError

FORMAT = 4
NAME = "manifest.json"
_DICTIONARIES = ("terms.txt", "stop_words.txt")
_BUILT_WITH = ("format", "encoder", "dimension", "chunker", "words", "segmenter")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``words`` is the dictionaries' hash, ``segmenter`` what cut the words, ``content`` the documents' hash in order."""

    format: int
    encoder: str
    dimension: int
    chunker: str
    words: str
    segmenter: str
    documents: int = 0
    passages: int = 0
    content: str = ""

    @classmethod
    def expected(cls, embedder: Embedder) -> Manifest:
        """Return the manifest of an index that this program builds with an encoder, of no document yet."""
        return cls(FORMAT, embedder.name, embedder.dimension, chunk.NAME, words_hash(), words.segmenter())

    def write(self, folder: Path) -> None:
        """Write it as JSON."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read it; raises IndexDamagedError where it is missing or no manifest, IndexMismatchError for another format."""
        try:
            row = json.loads((folder / NAME).read_text(encoding="utf-8"))
            if row["format"] != FORMAT:  # its other fields need not be the ones of this program
                raise IndexMismatchError(str(folder.parent), "format", row["format"], FORMAT)
            return cls(**row)
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise IndexDamagedError(str(folder.parent), f"{NAME} 缺失或无法读取") from error

    def fits(self, other: Manifest) -> bool:
        """Tell whether both were built with the same parts."""
        return all(getattr(self, part) == getattr(other, part) for part in _BUILT_WITH)

    def check(self, path: Path, expected: Manifest) -> None:
        """Raise IndexMismatchError, which names the index, where it was built with other parts than the program needs."""
        for part in _BUILT_WITH:
            got, wanted = getattr(self, part), getattr(expected, part)
            if got != wanted:
                raise IndexMismatchError(str(path), part, got, wanted)


def words_hash() -> str:
    """Return a hash of the dictionaries that decide how text is cut into terms."""
    digest = hashlib.sha256()
    for name in _DICTIONARIES:
        digest.update(files("knowledge").joinpath("dictionary", name).read_bytes())
    return digest.hexdigest()[:16]
