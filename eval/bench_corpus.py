"""A large corpus to measure speed on: the articles of law beside the project where they are there, else one made up."""

from __future__ import annotations

import json
import lzma
import random
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge import query, words

DATA = Path(__file__).parents[2] / "shared" / "data" / "statute_questions"
SIZE = 30_000  # documents
QUESTIONS = 200
_MADE_UP = (
    "注意：没有找到法律条文（{}），以下用程序生成的文件测量：文字由随机的词组成，数字不能与用真实文件测得的相比。"
)
_SEED = 20
_WORDS = (25, 75)  # of a document
_TITLES = 3_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """``file`` is a corpus file, ``texts`` are the titles and texts in it, ``questions`` what is asked of it.

    ``warning`` says that it was made up, and what that means for the figures; empty where it was not.
    """

    name: str
    file: Path
    texts: tuple[str, ...]
    questions: tuple[str, ...]
    warning: str = ""


def corpus(folder: Path, size: int = SIZE) -> Corpus:
    """Return the articles of law, or write a corpus of as many documents to a folder."""
    documents, questions = DATA / "documents.jsonl.xz", DATA / "questions.jsonl"
    if documents.is_file() and questions.is_file() and size == SIZE:
        with lzma.open(documents, "rt", encoding="utf-8") as stream:
            rows = [json.loads(line) for line in stream]
        asked = [json.loads(line)["turns"][-1] for line in questions.read_text(encoding="utf-8").splitlines()]
        return _corpus("法律条文", documents, rows, asked)
    file = folder / "made-up.jsonl"
    rows, asked = _made_up(size)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return replace(_corpus("生成的文件", file, rows, asked), warning=_MADE_UP.format(DATA))


def _corpus(name: str, file: Path, rows: list[dict[str, str]], asked: list[str]) -> Corpus:
    return Corpus(name, file, tuple(f"{row['title']}\n{row['text']}" for row in rows), tuple(asked[:QUESTIONS]))


def _made_up(size: int) -> tuple[list[dict[str, str]], list[str]]:
    """Make documents of common words, rarer ones less often (Zipf), with the terms of the project's dictionaries."""
    chance = random.Random(_SEED)  # noqa: S311  # the same corpus every time
    counts = words.frequencies()
    common = [word for word in sorted(counts, key=lambda word: -counts[word]) if len(word) > 1][:20_000]
    weights = [1 / (rank + 10) for rank in range(len(common))]
    terms = [phrase for phrase in query.phrases() if len(phrase) > 1]
    titles = [f"{chance.choice(terms)}{chance.choice(terms)}办法" for _ in range(max(1, size * _TITLES // SIZE))]
    rows = [
        {
            "id": f"b{number}",
            "title": titles[number * len(titles) // size],
            "text": _sentence(chance.choices(common, weights, k=chance.randint(*_WORDS)), chance.choice(terms)),
        }
        for number in range(size)
    ]
    asked = [f"{chance.choice(terms)}{''.join(chance.choices(common, weights, k=3))}怎么办" for _ in range(QUESTIONS)]
    return rows, asked


def _sentence(found: list[str], term: str) -> str:
    parts = ["".join(found[start : start + 6]) for start in range(0, len(found), 6)]
    return f"{term}，{'，'.join(parts)}。"
