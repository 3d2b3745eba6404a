"""The folder of a run: what lies in it, and how it is read and written."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval import dataset
from eval.answers import from_line, to_line
from eval.errors import RunError
from eval.manifest import Manifest
from eval.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run on disk, complete in itself: it can be scored where neither index nor question set exists any more.

    ``manifest.json`` says what it was made with, ``dataset.jsonl`` is the question set as it was read,
    ``answers.jsonl`` holds one Answer a case in its order, ``documents.jsonl`` the cited documents. While it runs,
    the answers are in ``journal.jsonl``, in the order in which they came.
    """

    path: Path

    @property
    def manifest(self) -> Path:
        """What the run was made with."""
        return self.path / "manifest.json"

    @property
    def dataset(self) -> Path:
        """The question set as it was read."""
        return self.path / "dataset.jsonl"

    @property
    def answers(self) -> Path:
        """One Answer a case; there once the run has ended."""
        return self.path / "answers.jsonl"

    @property
    def journal(self) -> Path:
        """The answers so far; there while the run has not ended."""
        return self.path / "journal.jsonl"

    @property
    def documents(self) -> Path:
        """The text of the cited documents."""
        return self.path / "documents.jsonl"

    @property
    def started(self) -> bool:
        """Whether there is a run in the folder, whole or not."""
        unfinished = self.journal.exists() and self.journal.stat().st_size > 0
        return unfinished or self.manifest.exists() or self.answers.exists()

    def read_manifest(self) -> Manifest:
        """Return what the run was made with; raises RunError."""
        try:
            return Manifest.from_json(json.loads(self.manifest.read_bytes()))
        except FileNotFoundError:
            raise RunError(f"{self.path} 不是评测批次（没有 manifest.json），请先运行 python -m eval run") from None
        except OSError as error:
            raise RunError(f"无法读取 {self.manifest}（{error.strerror}）") from None
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(f"{self.manifest} 已损坏（{type(error).__name__}），请换一个文件夹重新运行评测") from None

    def outcomes(self) -> Iterator[Outcome]:
        """Yield every case that was run with its answer, in the order of the question set; raises RunError."""
        self.read_manifest()
        if not self.answers.exists():
            raise RunError(f"{self.path} 没有跑完（没有 answers.jsonl），请用 python -m eval run … --resume 继续")
        documents = {record["id"]: record["text"] for record in self._records(self.documents)}
        cases = iter(dataset.read(self.dataset).cases)
        with self.answers.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    answer = from_line(line)
                except ValueError as error:
                    raise RunError(f"{self.answers} 第 {number} 行已损坏（{error}），请重新运行评测") from None
                case = next((case for case in cases if case.id == answer.id), None)
                if case is None:
                    raise RunError(f"{self.answers} 第 {number} 行：题集里没有用例 {answer.id}，或顺序与题集不同")
                yield Outcome(case, answer, documents)

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace manifest.json."""
        replace(self.manifest, [(json.dumps(manifest.to_json(), ensure_ascii=False, indent=2) + "\n").encode()])

    def write_documents(self, texts: Mapping[str, str]) -> None:
        """Replace documents.jsonl."""
        replace(self.documents, (to_line({"id": doc_id, "text": texts[doc_id]}) for doc_id in sorted(texts)))

    @staticmethod
    def _records(path: Path) -> Iterator[dict[str, Any]]:
        try:
            with path.open("rb") as lines:
                for line in lines:
                    yield json.loads(line)
        except FileNotFoundError:
            raise RunError(f"找不到 {path}，请重新运行评测") from None
        except ValueError:
            raise RunError(f"{path} 已损坏，请重新运行评测") from None


def replace(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file whole: a reader, or a kill, sees the old one or the new one."""
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
