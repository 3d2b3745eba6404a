"""What a run was made with, so that its figures can be made again."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DISTRIBUTION = "policy-assistant"
_MASK = "******"
_SECRET = re.compile(r"key|secret|token|password|passwd|credential", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_ELSEWHERE = frozenset(("POLICY_DATA_DIR", "POLICY_INDEX", "HOST", "PORT"))  # where, not what


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of work on a run: from a start or a resume to its end; ``finished`` is None after a kill."""

    started: str
    finished: str | None = None
    cases: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The circumstances of a run; ``index`` is None for the default index, ``revision`` outside a Git checkout.

    ``index_manifest`` is what the index says of itself, ``settings`` what was set (secrets masked), ``parameters`` what
    a sweep changed beyond that.
    """

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
    index_manifest: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def throughput(self) -> float | None:
        """Cases a second over all sessions that ended."""
        seconds = sum(session.seconds for session in self.sessions)
        return sum(session.cases for session in self.sessions) / seconds if seconds else None

    def differs(self, other: Manifest) -> str | None:
        """Name what differs of the things that change answers; None where nothing does."""
        if self.index_manifest and self.index_manifest != other.index_manifest:
            return "索引的内容"
        before, after = (
            {name: value for name, value in manifest.settings.items() if name not in _ELSEWHERE}
            for manifest in (self, other)
        )
        if self.settings and before != after:
            names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
            return f"设置 {'、'.join(names)} "
        return "扫描的参数" if self.parameters != other.parameters else None

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
            **{name: record.get(name, {}) for name in ("index_manifest", "settings", "parameters")},
        )


def masked(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings without their secrets: keys, tokens, passwords, and user names in URLs."""
    shown: dict[str, Any] = {}
    for name, value in settings.items():
        if _SECRET.search(name):
            shown[name] = None if value in {None, ""} else _MASK
        else:
            shown[name] = _USER_INFO.sub(_MASK, value) if isinstance(value, str) else value
    return shown


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
