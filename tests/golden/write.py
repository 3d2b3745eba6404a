"""Write the golden files anew; look at the difference before keeping it: ``python tests/golden/write.py``.

A golden file shows the passages of a document as an editor would mark them: a line with offsets and path for each, the
words that lead in where they stand before it, and its sentences, one a line.
"""

from __future__ import annotations

from pathlib import Path

from knowledge import chunk
from knowledge.document import Document
from knowledge.sources import text

FOLDER = Path(__file__).parent
ARTICLE = FOLDER.parents[1] / "knowledge" / "corpus" / "hubei_vocational_training_2022-07-14.txt"
SOURCES = (ARTICLE, *sorted((FOLDER / "documents").glob("*.txt")))


def read(path: Path) -> Document:
    """Read a document: the article as the program reads it, the others as they are, with the first line as title."""
    if path == ARTICLE:
        return text.read(path, path.name)
    whole = path.read_text(encoding="utf-8").rstrip("\n")
    return Document(path.name, whole.split("\n", 1)[0].split(" ", 1)[0], whole)


def expected(path: Path) -> Path:
    """Return where the expected passages of a document lie."""
    return FOLDER / "passages" / f"{'article' if path == ARTICLE else path.stem}.txt"


def shown(document: Document) -> str:
    """Return the passages of a document in the form of the golden files."""
    lines = []
    for passage in chunk.passages(document):
        lines.append(f"[{passage.start}-{passage.end}] {' > '.join(passage.headings) or '-'}")
        if passage.lead is not None:
            lines.append(f"  … {document.text[slice(*passage.lead)]}")
        lines += [f"  {document.text[start:end]}".replace("\n", "⏎") for start, end in passage.sentences]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    for source in SOURCES:
        expected(source).parent.mkdir(exist_ok=True)
        expected(source).write_text(shown(read(source)), encoding="utf-8")
