"""The pages of the web as they were received, kept beside the documents that were read of them.

``pages-G.gz`` lies beside ``documents-G.jsonl.gz``: for each page a line of JSON, then as many bytes of the page as the line
says. So a program that reads pages in another way reads them anew without asking the site for them.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from knowledge import originals

LARGEST = 64 * 1024 * 1024  # bytes of one page; what is fetched is smaller
_HEADERS = ("content-type", "etag", "last-modified")  # what tells how to read a page, and of which version it is
_LONGEST_LINE = 1024 * 1024
_LEVEL = 6  # of compression: pages of HTML shrink to a fifth
_FAULTS = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error)


@dataclass(frozen=True, slots=True)
class Received:
    """A page as it came: its address, the headers that matter, its bytes (unpacked, in the charset of the site).

    ``digests`` are those of the documents that were made of it; ``recognizing``: its images were read too (OCR).
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    digests: tuple[str, ...]
    recognizing: bool = False

    @classmethod
    def of(cls, url: str, headers: Mapping[str, str], body: bytes, digests: Iterable[str], recognizing: bool) -> Self:  # noqa: FBT001
        """Return a page with those of its headers that are kept."""
        told = {name: headers[name] for name in _HEADERS if name in headers}
        return cls(url, told, body, tuple(digests), recognizing)


def packed(page: Received) -> Iterator[bytes]:
    """Yield the bytes that a page is kept as, its line first."""
    told: dict[str, Any] = {"url": page.url, "headers": dict(page.headers), "digests": page.digests}
    told |= {"recognizing": page.recognizing, "size": len(page.body)}
    yield json.dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    yield page.body


def unpacked(stream: IO[bytes]) -> Iterator[Received]:
    """Yield the pages of a stream; raises ValueError, KeyError or TypeError where it is not as it was written."""
    while line := stream.readline(_LONGEST_LINE):
        told = json.loads(line)
        size = told["size"]
        body = stream.read(size) if isinstance(size, int) and 0 <= size <= LARGEST else b""
        if len(body) != size or not isinstance(told["url"], str):
            raise ValueError("网页的原始内容不全")
        headers = {str(name): str(value) for name, value in told["headers"].items()}
        yield Received(told["url"], headers, body, tuple(map(str, told["digests"])), bool(told["recognizing"]))


def beside(documents: str) -> str:
    """Return the name of the file of the pages that documents of a file were read of."""
    return documents.replace("documents-", "pages-", 1).replace(".jsonl.gz", ".gz")


def kept(index: Path, digests: set[str]) -> Iterator[Received]:
    """Yield the kept pages that documents of these digests were made of, each once, as far as they can be read."""
    left = set(digests)
    for path in sorted((index / originals.FOLDER).glob(beside("documents-*.jsonl.gz"))):
        for page in _read(path):
            if not left.isdisjoint(page.digests):
                left.difference_update(page.digests)
                yield page


def _read(path: Path) -> Iterator[Received]:
    try:
        with gzip.open(path, "rb") as stream:
            yield from unpacked(stream)  # type: ignore[arg-type]  # a GzipFile reads like any stream
    except _FAULTS:
        return


class Spool:
    """Pages on their way into an index, in a temporary file until it is known which of them are new. A context manager."""

    def __init__(self) -> None:
        self._stream: IO[bytes] | None = None
        self._places: list[tuple[frozenset[str], int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    @property
    def digests(self) -> frozenset[str]:
        """The digests of the documents that were made of the pages in it."""
        return frozenset().union(*(digests for digests, _, _ in self._places))

    def keep(self, page: Received) -> None:
        """Put in a page; raises OSError where there is no space."""
        if self._stream is None:
            self._stream = tempfile.TemporaryFile(prefix="policy-pages-")  # noqa: SIM115  # closed with the spool
        begin = self._stream.tell()
        # A gzip member a page: what is wanted is put together later without being packed anew.
        self._stream.write(gzip.compress(b"".join(packed(page)), _LEVEL, mtime=0))
        self._places.append((frozenset(page.digests), begin, self._stream.tell()))

    def write(self, index: Path, documents: str, digests: set[str]) -> None:
        """Keep the pages that documents of these digests were made of, beside the file that holds those documents."""
        wanted = [(begin, end) for told, begin, end in self._places if not told.isdisjoint(digests)]
        if self._stream is None or not wanted:
            return
        with (index / originals.FOLDER / beside(documents)).open("wb") as target:
            for begin, end in wanted:
                self._stream.seek(begin)
                target.write(self._stream.read(end - begin))
        self._stream.seek(0, 2)
