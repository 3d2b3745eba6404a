"""Write the golden files anew; look at the difference before keeping it: ``python tests/golden/write.py``."""

from __future__ import annotations

from pathlib import Path

from knowledge import chunk
from knowledge.document import Document
from knowledge.sources import text

FOLDER = Path(__file__).parent
ARTICLE = FOLDER.parents[1] / "knowledge" / "corpus" / "hubei_vocational_training_2022-07-14.txt"
PASSAGES = FOLDER / "article_passages.tsv"
_SHOWN_CHARACTERS = 16


def passage_rows(document: Document) -> str:
    """Return a line a passage: start, end, headings, and how it begins and ends."""
    rows = [
        "\t".join(
            (
                str(passage.start),
                str(passage.end),
                " > ".join(passage.headings) or "-",
                passage.text[:_SHOWN_CHARACTERS].replace("\n", "⏎"),
                passage.text[-_SHOWN_CHARACTERS:].replace("\n", "⏎"),
            )
        )
        for passage in chunk.passages(document)
    ]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    PASSAGES.write_text(passage_rows(text.read(ARTICLE, ARTICLE.name)), encoding="utf-8")
