"""A question set and an Assistant in, a run folder out."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eval.answers import from_line, to_line
from eval.errors import RunError
from eval.folder import RunFolder
from eval.folder import replace as replace_file
from eval.journal import Journal
from eval.manifest import Manifest, Session, git_revision, now, package_versions, python_version
from eval.pool import answers

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from eval.dataset import Dataset
    from eval.pool import Subject

    Progress = Callable[[int, int], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is made; none of it changes an answer. ``limit`` takes the first so many cases."""

    jobs: int = 1
    limit: int | None = None
    resume: bool = False
    seed: int = 0


def run(
    dataset: Dataset,
    subject: Subject,
    folder: RunFolder,
    options: Options,
    progress: Progress,
) -> Manifest:
    """Ask every case that has no answer yet, and leave a complete run folder.

    ``progress(total, done)`` opens a display whose value is called after each case. Raises RunError, and whatever
    the subject raises when it cannot be composed.
    """
    manifest = _manifest(dataset, subject, folder, options)
    subject.texts(())
    with _journal(folder) as journal:
        replace_file(folder.dataset, [dataset.content])
        folder.write_manifest(manifest)
        chosen = dataset.cases[: options.limit]
        left = [case for case in chosen if case.id not in journal]
        started = time.perf_counter()
        with progress(len(chosen), len(chosen) - len(left)) as advance:
            for answer in answers(left, subject, options.jobs):
                journal.append(answer.id, to_line(answer.to_json()))
                advance()
        seconds = time.perf_counter() - started
        _complete(dataset, subject, folder, journal)
        manifest = manifest.ended(len(left), seconds)
        folder.write_manifest(manifest)
        folder.journal.unlink()
    return manifest


def _manifest(dataset: Dataset, subject: Subject, folder: RunFolder, options: Options) -> Manifest:
    """Return what this run is made with; refuses to mix it with another one in the same folder."""
    manifest = Manifest(
        dataset=str(dataset.path.resolve()),
        dataset_sha256=dataset.sha256,
        cases=len(dataset.cases),
        limit=options.limit,
        index=None if subject.index is None else str(subject.index.resolve()),
        jobs=options.jobs,
        seed=options.seed,
        python=python_version(),
        packages=package_versions(),
        revision=git_revision(),
        sessions=(Session(now()),),
    )
    if not folder.started:
        return manifest
    if not options.resume:
        raise RunError(f"{folder.path} 里已有一个评测批次。要继续它请加 --resume，要重新评测请用 --out 换一个文件夹")
    earlier = folder.read_manifest()
    if earlier.dataset_sha256 != manifest.dataset_sha256:
        raise RunError(
            f"{folder.path} 里的批次用的是另一份题集（{earlier.dataset}），不能接着跑，请用 --out 换一个文件夹"
        )
    if earlier.index != manifest.index:
        raise RunError(f"{folder.path} 里的批次用的是另一个索引（{earlier.index or '默认索引'}），请用同一个 --index")
    return replace(manifest, sessions=(*earlier.sessions, *manifest.sessions))


def _journal(folder: RunFolder) -> Journal:
    """Open the journal of the folder, making both where needed; the answers of a finished run become it again."""
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        if folder.answers.exists() and not folder.journal.exists():
            folder.answers.rename(folder.journal)
        return Journal(folder.journal)
    except OSError as error:
        raise RunError(f"无法写入 {folder.path}（{error.strerror}），请用 --out 换一个可写的文件夹") from None


def _complete(dataset: Dataset, subject: Subject, folder: RunFolder, journal: Journal) -> None:
    """Write the cited documents and the answers in the order of the question set."""
    order = [case.id for case in dataset.cases]
    cited = {citation.doc_id for line in journal.lines(order) for citation in from_line(line).citations}
    folder.write_documents(subject.texts(cited))
    replace_file(folder.answers, journal.lines(order))
