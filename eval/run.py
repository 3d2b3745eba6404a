"""A question set and an Assistant in, a run folder out."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eval.answers import from_line, to_line
from eval.errors import RunError
from eval.folder import RunFolder
from eval.folder import replace as replace_file
from eval.journal import Journal
from eval.manifest import Manifest, Session, git_revision, masked, now, package_versions, python_version
from eval.outcome import Outcome
from eval.pool import Task, answers
from eval.progress import Accuracy
from eval.verdict import judged_correct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
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
    (manifest,) = run_together(dataset, [(subject, folder)], options, progress)
    return manifest


def run_together(
    dataset: Dataset, runs: Sequence[tuple[Subject, RunFolder]], options: Options, progress: Progress
) -> list[Manifest]:
    """Run several subjects over one question set, case by case, so that all of them meet the same circumstances.

    Who is asked a case first changes from case to case: what one of them leaves in a cache serves each as often.
    """
    manifests = [_manifest(dataset, subject, folder, options) for subject, folder in runs]
    chosen = dataset.cases[: options.limit]
    with ExitStack() as stack:
        journals = [stack.enter_context(_journal(folder)) for _, folder in runs]
        for (_, folder), manifest in zip(runs, manifests, strict=True):
            replace_file(folder.dataset, [dataset.content])
            folder.write_manifest(manifest)
        tasks = list(_tasks(chosen, journals))
        cases = {task.case.id: task.case for task in tasks}
        left = [sum(number in task.subjects for task in tasks) for number in range(len(runs))]
        total = len(chosen) * len(runs)
        started = time.perf_counter()
        with progress(total, total - sum(left), _so_far(chosen, journals)) as advance:
            for number, answer in answers(tasks, [subject for subject, _ in runs], options.jobs):
                journals[number].append(answer.id, to_line(answer.to_json()))
                advance(right=judged_correct(Outcome(cases[answer.id], answer, {})))
        seconds = (time.perf_counter() - started) / len(runs)
        ended = [manifest.ended(count, seconds) for manifest, count in zip(manifests, left, strict=True)]
        for (subject, folder), journal, manifest in zip(runs, journals, ended, strict=True):
            _complete(dataset, subject, folder, journal)
            folder.write_manifest(manifest)
            folder.journal.unlink()
    return ended


def _tasks(cases: Sequence[Case], journals: Sequence[Journal]) -> Iterator[Task]:
    """Yield each case with those subjects that have no answer to it."""
    for at, case in enumerate(cases):
        order = [(at + number) % len(journals) for number in range(len(journals))]
        wanted = tuple(number for number in order if case.id not in journals[number])
        if wanted:
            yield Task(case, wanted)


def _so_far(cases: Sequence[Case], journals: Sequence[Journal]) -> Accuracy:
    """Judge the answers that an earlier session left."""
    accuracy = Accuracy()
    for case in cases:
        for line in (line for journal in journals for line in journal.lines([case.id])):
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
        parameters=dict(subject.parameters()),
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
