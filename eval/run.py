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
from eval.manifest import Manifest, Session, git_revision, masked, now, package_versions, python_version
from eval.outcome import Outcome
from eval.pool import answers
from eval.progress import Accuracy
from eval.verdict import judged_correct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from eval.case import Case
    from eval.dataset import Dataset
    from eval.pool import Subject
    from eval.progress import Advance

    Progress = Callable[[int, int, Accuracy], AbstractContextManager[Advance]]


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

    ``progress(total, done, accuracy)`` opens a display whose value is called after each case. Raises RunError, and
    whatever the subject raises when it cannot be composed.
    """
    manifest = _manifest(dataset, subject, folder, options)
    with _journal(folder) as journal:
        replace_file(folder.dataset, [dataset.content])
        folder.write_manifest(manifest)
        chosen = dataset.cases[: options.limit]
        left = {case.id: case for case in chosen if case.id not in journal}
        accuracy = _so_far(chosen, journal)
        started = time.perf_counter()
        with progress(len(chosen), len(chosen) - len(left), accuracy) as advance:
            for answer in answers(list(left.values()), subject, options.jobs):
                journal.append(answer.id, to_line(answer.to_json()))
                advance(right=judged_correct(Outcome(left[answer.id], answer, {})))
        seconds = time.perf_counter() - started
        _complete(dataset, subject, folder, journal)
        manifest = manifest.ended(len(left), seconds)
        folder.write_manifest(manifest)
        folder.journal.unlink()
    return manifest


def _so_far(cases: Sequence[Case], journal: Journal) -> Accuracy:
    """Judge the answers that an earlier session left."""
    accuracy = Accuracy()
    for case in cases:
        for line in journal.lines([case.id]):
            accuracy.note(right=judged_correct(Outcome(case, from_line(line), {})))
    return accuracy


def _manifest(dataset: Dataset, subject: Subject, folder: RunFolder, options: Options) -> Manifest:
    """Return what this run is made with; refuses to mix it with another one in the same folder."""
    manifest = Manifest(
        dataset=str(dataset.path.resolve()),
        dataset_sha256=dataset.sha256,
        cases=len(dataset.cases),
        limit=options.limit,
        index=None if subject.index is None else str(subject.index.resolve()),
        index_manifest=dict(subject.index_manifest()),
        settings=masked(subject.settings()),
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
    changed = earlier.differs(manifest)
    if changed:
        raise RunError(
            f"{folder.path} 里的批次开始之后，{changed}变了，接着跑会把两种结果混在一起。请用 --out 换一个文件夹"
        )
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
    wanted = {doc_id for case in dataset.cases for doc_id in case.doc_ids}
    for line in journal.lines(order):
        answer = from_line(line)
        wanted.update(source.doc_id for source in (*answer.citations, *answer.related))
    folder.write_documents(subject.texts(wanted))
    replace_file(folder.answers, journal.lines(order))
