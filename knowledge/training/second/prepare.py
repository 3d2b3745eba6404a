"""Training data -> material: cut into passages, ask our own retrieval every question, keep what does not answer it."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tokenizers import Encoding, Tokenizer

from knowledge import words
from knowledge.build import build
from knowledge.document import Document, Passage
from knowledge.embed import Embedder
from knowledge.index import Index, open_index
from knowledge.retrieve import Retriever
from knowledge.training import corpus
from knowledge.training.corpus import Question
from knowledge.training.errors import TrainingDataError
from knowledge.training.material import Bags
from knowledge.training.second.config import SecondConfig
from knowledge.training.second.material import NONE, Material, Row, Running

FOUND, KEPT = 30, 12  # passages retrieved for a question, kept of those that do not answer it
_NEAR = 8
_SHORTEST_REST = 15  # characters that must be left of a passage without its answer
_LONGEST_NAME = 20  # characters
_RUN = 4  # neighbouring texts, each the others' near misses
_CUT = (4, 14)  # words of a question cut out of a text
_DROPPED = 0.4  # of its words
_LEFT_IN = 0.2  # of such questions, whose words stay in the text
_LOG_EVERY = 2_000

Log = Callable[[str], None]


@dataclass
class _Sheet:
    """Material while it grows."""

    tokenizer: Tokenizer
    bodies: list[list[int]] = field(default_factory=list)
    titles: list[list[int]] = field(default_factory=list)
    questions: list[tuple[list[int], int, int, Sequence[int], Sequence[int], tuple[int, int], int, int]] = field(
        default_factory=list
    )

    def encoded(self, text: str) -> Encoding:
        return self.tokenizer.encode(words.simplified(text))

    def passage(self, title: list[int], body: list[int]) -> int:
        self.titles.append(title)
        self.bodies.append(body)
        return len(self.bodies) - 1

    def finished(self) -> Material:
        queries, positive, without, hard, near, span, told, source = zip(*self.questions, strict=True)
        return Material(
            _bags(self.bodies),
            _bags(self.titles),
            _bags(queries),
            np.array(positive, dtype=np.int32),
            np.array(without, dtype=np.int32),
            _table(hard, KEPT),
            _table(near, _NEAR),
            np.array(span, dtype=np.int32),
            np.array(told, dtype=np.int32),
            np.array(source, dtype=np.int32),
        )


def prepare(config: SecondConfig, data: Path, tokenizer: Tokenizer, embedder: Embedder, say: Log) -> Material:
    """Read the sources of a configuration; raises TrainingDataError where they hold nothing to learn from."""
    sheet = _Sheet(tokenizer)
    random = np.random.default_rng([config.seed, 0])
    for number, source in enumerate(config.text):
        _cut_out(sheet, corpus.texts(data / source.file), number, config.made, random)
    asked = {
        number: _sampled(corpus.questions(data / source.file), source.most, random)
        for number, source in enumerate(config.pairs, start=len(config.text))
    }
    if any(asked.values()):
        _ask(sheet, asked, embedder, say)
    if not sheet.questions:
        raise TrainingDataError(f"{data}：没有可用的问题")
    say(f"段落 {len(sheet.bodies)}，问题 {len(sheet.questions)}")
    return sheet.finished()


def running(config: SecondConfig, data: Path, tokenizer: Tokenizer) -> Running:
    """Return the running text of a configuration, without what is too short to guess words of."""
    found = [text for source in config.text for text in corpus.texts(data / source.file)]
    bodies = Bags.of(tokenizer, [words.simplified(text.text) for text in found])
    titles = Bags.of(tokenizer, [words.simplified(text.title) for text in found])
    kept = np.flatnonzero(bodies.lengths >= _CUT[1])
    if not len(kept):
        raise TrainingDataError(f"{data}：没有可用的训练文本")
    return Running(bodies.taken(kept), titles.taken(kept))


def _sampled(rows: list[Question], most: int, random: np.random.Generator) -> list[Question]:
    if not most or len(rows) <= most:
        return rows
    return [rows[row] for row in sorted(random.permutation(len(rows))[:most])]


def _ask(sheet: _Sheet, asked: Mapping[int, Sequence[Question]], embedder: Embedder, say: Log) -> None:
    """Put the texts of all questions into one index, and ask it every question."""
    contexts = {
        words.simplified(row.positive): f"{number}-{place}"
        for number, rows in asked.items()
        for place, row in enumerate(rows)
    }
    with tempfile.TemporaryDirectory() as folder:
        file, path = Path(folder) / "passages.jsonl", Path(folder) / "index"
        file.write_text(
            "".join(
                json.dumps({"id": name, "title": name_of(text), "text": text}, ensure_ascii=False) + "\n"
                for text, name in contexts.items()
            ),
            encoding="utf-8",
        )
        build(path, [str(file)], embedder)
        index = open_index(path, embedder)
        say(f"索引 {len(index.documents)} 份文件，{len(index.passages)} 个段落")
        _mine(sheet, _Pool.of(sheet, index), asked, contexts, say)
        index.vectors.close()


def name_of(text: str) -> str:
    """Return what an encyclopaedia text is about, by its first words, in place of a title it does not have."""
    first = re.split(r"[，,。（(：:；;\n是为在]", text.strip(), maxsplit=1)[0]
    return first[:_LONGEST_NAME]


@dataclass(frozen=True)
class _Pool:
    """The passages of the index that questions are asked of, and the row of each in the material."""

    retriever: Retriever
    passages: Sequence[Passage]
    encoded: Sequence[Encoding]
    rows: Sequence[int]
    place_of: Mapping[str, int]
    of_document: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, sheet: _Sheet, index: Index) -> _Pool:
        encoded = [sheet.encoded(passage.text) for passage in index.passages]
        titles = [sheet.encoded(passage.title).ids for passage in index.passages]
        rows = [sheet.passage(title, found.ids) for title, found in zip(titles, encoded, strict=True)]
        of_document: dict[str, list[int]] = {}
        for place, passage in enumerate(index.passages):
            of_document.setdefault(passage.doc_id, []).append(place)
        place_of = {passage.id: place for place, passage in enumerate(index.passages)}
        return cls(Retriever(index), index.passages, encoded, rows, place_of, of_document)


def _mine(
    sheet: _Sheet, pool: _Pool, asked: Mapping[int, Sequence[Question]], contexts: Mapping[str, str], say: Log
) -> None:
    rows = [(number, row) for number, questions in asked.items() for row in questions]
    for done, (number, row) in enumerate(rows, start=1):
        _add(sheet, pool, number, row, contexts[words.simplified(row.positive)])
        if done % _LOG_EVERY == 0:
            say(f"已检索 {done} 个问题")


def _add(sheet: _Sheet, pool: _Pool, source: int, row: Question, doc_id: str) -> None:
    """Add a question: the best passage of its document that tells the answer, and others that do not."""
    answer, passages = words.simplified(row.answer), pool.passages
    own = pool.of_document.get(doc_id, ())
    hits = [pool.place_of[hit.passage.id] for hit in pool.retriever.search(row.query, FOUND)]
    telling = [place for place in own if answer in passages[place].text]
    ranked = [place for place in hits if place in telling] or telling
    if not ranked:
        return
    positive = ranked[0]
    wrong = [place for place in hits if place not in own and not (answer and answer in passages[place].text)]
    near = [place for place in own if place not in telling]
    rest = _without(passages[positive], answer) if answer else None
    title = sheet.encoded(passages[positive].title).ids
    sheet.questions.append(
        (
            sheet.encoded(row.query).ids,
            pool.rows[positive],
            NONE if rest is None else sheet.passage(title, sheet.encoded(rest).ids),
            [pool.rows[place] for place in wrong[:KEPT]],
            [pool.rows[place] for place in near[:_NEAR]],
            _span(passages[positive].text, pool.encoded[positive], answer),
            int(bool(answer)),
            source,
        )
    )


def _without(passage: Passage, answer: str) -> str | None:
    """Return a passage without the sentences that hold the answer; None where too little is left."""
    parts = [passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences]
    rest = "".join(part for part in parts if answer not in part)
    return rest if len(rest) >= _SHORTEST_REST and answer not in rest else None


def _span(text: str, encoded: Encoding, answer: str) -> tuple[int, int]:
    """Return the first and the last token that hold some of the answer."""
    start = text.find(answer) if answer else NONE
    if start < 0:
        return NONE, NONE
    end = start + len(answer)
    inside = [place for place, (first, last) in enumerate(encoded.offsets) if first < end and last > start]
    return (inside[0], inside[-1]) if inside else (NONE, NONE)


def _cut_out(sheet: _Sheet, texts: Sequence[corpus.Text], source: int, many: int, random: np.random.Generator) -> None:
    """Make questions of words cut out of a text (the inverse cloze task), neighbouring texts being the near misses."""
    runs = random.integers(0, max(1, len(texts) - _RUN), many // _RUN)
    for run in runs:
        made: list[tuple[int, list[int]]] = []
        for text in texts[run : run + _RUN]:
            title = sheet.encoded(text.title).ids
            body = sheet.encoded(_piece(text, random)).ids
            if len(body) < 2 * _CUT[1]:
                continue
            length = int(random.integers(_CUT[0], _CUT[1] + 1))
            start = int(random.integers(0, len(body) - length + 1))
            asked = [token for token in body[start : start + length] if random.random() >= _DROPPED]
            rest = body if random.random() < _LEFT_IN else body[:start] + body[start + length :]
            made.append((sheet.passage(title, rest), asked))
        for place, asked in made:
            near = [other for other, _ in made if other != place]
            sheet.questions.append((asked, place, NONE, [], near, (NONE, NONE), 0, source))


def _piece(text: corpus.Text, random: np.random.Generator) -> str:
    from knowledge import chunk  # noqa: PLC0415  # only what is long is cut

    if len(text.text) <= chunk.LARGEST:
        return text.text
    pieces = chunk.passages(Document("", text.title, text.text[: 8 * chunk.LARGEST]))
    return pieces[int(random.integers(len(pieces)))].text


def _bags(rows: Sequence[Sequence[int]]) -> Bags:
    lengths = [len(row) for row in rows]
    tokens = np.fromiter(_flat(rows), dtype=np.int32, count=sum(lengths))
    return Bags(tokens, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def _flat(rows: Sequence[Sequence[int]]) -> Iterator[int]:
    return (token for row in rows for token in row)


def _table(rows: Sequence[Sequence[int]], width: int) -> Row:
    found = np.full((len(rows), width), NONE, dtype=np.int32)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row[:width]
    return found
