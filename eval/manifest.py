"""What a run was made with, so that its figures can be made again."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import subprocess
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DISTRIBUTION = "policy-assistant"


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of work on a run: from a start or a resume to its end; ``finished`` is None after a kill."""

    started: str
    finished: str | None = None
    cases: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The circumstances of a run; ``index`` is None for the default index, ``revision`` outside a Git checkout."""

    dataset: str
    dataset_sha256: str
    cases: int
    limit: int | None
    index: str | None
    jobs: int
    seed: int
    python: str
    packages: dict[str, str]
    revision: str | None
    sessions: tuple[Session, ...] = ()

    @property
    def throughput(self) -> float | None:
        """Cases a second over all sessions that ended."""
        seconds = sum(session.seconds for session in self.sessions)
        return sum(session.cases for session in self.sessions) / seconds if seconds else None

    def ended(self, cases: int, seconds: float) -> Manifest:
        """Return the manifest with its last session closed."""
        last = replace(self.sessions[-1], finished=now(), cases=cases, seconds=round(seconds, 6))
        return replace(self, sessions=(*self.sessions[:-1], last))

    def to_json(self) -> dict[str, Any]:
        """Return the shape of manifest.json."""
        dataset = {"path": self.dataset, "sha256": self.dataset_sha256, "cases": self.cases}
        record = asdict(self)
        del record["dataset_sha256"], record["cases"]
        times = {"started": self.sessions[0].started, "finished": self.sessions[-1].finished} if self.sessions else {}
        return record | {"dataset": dataset} | times

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Manifest:
        """Return the manifest in a manifest.json; raises KeyError or TypeError when it is none."""
        dataset = record["dataset"]
        names = ("limit", "index", "jobs", "seed", "python", "packages", "revision")
        return cls(
            dataset=dataset["path"],
            dataset_sha256=dataset["sha256"],
            cases=dataset["cases"],
            sessions=tuple(Session(**session) for session in record["sessions"]),
            **{name: record[name] for name in names},
        )


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def python_version() -> str:
    """Return the version of the interpreter."""
    return platform.python_version()


def package_versions() -> dict[str, str]:
    """Return the version of this project and of each package it requires at run time."""
    try:
        required = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return {}
    matches = (re.match(r"[\w.-]+", requirement) for requirement in required if "extra ==" not in requirement)
    versions = {}
    for name in [DISTRIBUTION, *sorted(match.group() for match in matches if match)]:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def git_revision() -> str | None:
    """Return the commit of the running code, with ``-dirty`` where it was changed; None outside a checkout."""
    git = shutil.which("git")
    if git is None:
        return None
    command = (git, "--no-optional-locks", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
    try:
        done = subprocess.run(  # noqa: S603  a fixed command
            command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
