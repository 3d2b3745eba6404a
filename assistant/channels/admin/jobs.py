"""Changes to the index: one at a time for all workers, each in a process of its own, followed by a thread of this one."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.channels.admin.saying import Saying
from assistant.errors import AssistantError
from assistant.state.work import LEASE_SECONDS, WorkState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.channels.admin.intake import Taken
    from assistant.state.work import Work, Works

INCOMING = ".incoming"
"""The folder, in that of the uploads, of files that are not in the index yet."""
_END_SECONDS = 5
_ENDED = Saying("fault.ended").kept()
_LOG = logging.getLogger(__name__)


class WorkingError(AssistantError):
    """Another change is being made."""

    saying = Saying("fault.working")


class Jobs:
    """Starts changes and tells how far the last one is."""

    def __init__(self, works: Works, index: Path, encoder: str | None, uploads: Path) -> None:
        self._works = works
        self._index = index
        self._encoder = encoder
        self.uploads = uploads
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False

    def last(self) -> Work:
        """Return the change that is being made, or the last one that was."""
        return self._works.last()

    def is_running(self) -> bool:
        """Tell whether a change is being made, by whichever worker."""
        return self.last().state is WorkState.RUNNING

    def add(self, taken: Taken, folder: Path) -> None:
        """Take the files of a folder in; those that can be read are then kept among the uploads. Raises WorkingError."""
        report = {
            "refused": [[name, why.kept()] for name, why in taken.refused],
            "files": [file.name for file in taken.files],
        }
        try:
            self._start("add", [str(file) for file in taken.files], report, folder)
        except WorkingError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def remove(self, doc_ids: Sequence[str]) -> None:
        """Take documents out, and their files out of the uploads. Raises WorkingError."""
        self._start("remove", list(doc_ids), {"files": list(doc_ids)})

    def rebuild(self) -> None:
        """Make the index anew from the kept texts and the uploads. Raises WorkingError."""
        files = sorted(path for path in self.uploads.glob("*") if path.is_file() and not path.name.startswith("."))
        self._start("rebuild", [str(file) for file in files], {})

    def close(self) -> None:
        """End what runs: the index stays as it was."""
        self._is_closed = True
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait(_END_SECONDS)

    def _start(self, kind: str, names: list[str], known: dict[str, Any], folder: Path | None = None) -> None:
        token = self._works.claim(kind)
        if token is None:
            raise WorkingError
        task = {"kind": kind, "names": names, "index": str(self._index), "encoder": self._encoder}
        threading.Thread(target=self._follow, args=(token, task, known, folder), name="index-work", daemon=True).start()

    def _follow(self, token: str, task: dict[str, Any], known: dict[str, Any], folder: Path | None) -> None:
        """Run a task to its end and say what came of it, in a thread."""
        stop = threading.Event()
        threading.Thread(target=self._beat, args=(token, stop), daemon=True).start()
        report: dict[str, Any] = {**known, "fault": _ENDED}
        try:
            said = self._run(token, task)
            report = {**known, **said}
            if "fault" not in said:
                self._arrange(task["kind"], report, folder)
        except (OSError, AssistantError) as error:
            _LOG.warning("index work failed: %s", error)
            report = {**known, "fault": Saying("fault.files", {"name": str(error)}).kept()}
        finally:
            stop.set()
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            try:
                self._works.finish(token, WorkState.FAILED if "fault" in report else WorkState.DONE, report)
            except AssistantError as error:
                _LOG.warning("index work: %s", error)

    def _run(self, token: str, task: dict[str, Any]) -> dict[str, Any]:
        """Run the process, passing on how far it is; returns its report, or its fault."""
        # From where this process has the program, whatever folder either was started in.
        command = [sys.executable, "-c", _PROGRAM, str(Path(__file__).parents[3])]
        said: dict[str, Any] = {"fault": _ENDED}
        with subprocess.Popen(  # noqa: S603 - our own program, nothing of a person on its command line
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            self._process = process
            if self._is_closed:
                process.terminate()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.close()
            for line in process.stdout:
                told = json.loads(line)
                if "progress" in told:
                    self._works.tell(token, told["progress"])
                else:
                    said = told.get("report", told)
        return said

    def _beat(self, token: str, stop: threading.Event) -> None:
        while not stop.wait(LEASE_SECONDS / 3):
            try:
                self._works.tell(token)
            except AssistantError as error:
                _LOG.warning("index work: %s", error)

    def _arrange(self, kind: str, report: dict[str, Any], folder: Path | None) -> None:
        """Let the uploads be what the index holds of them."""
        failed = {Path(source).name for source, _ in report["failures"]}
        if kind == "add" and folder is not None:
            for file in folder.iterdir():
                if file.name not in failed:
                    file.replace(self.uploads / file.name)
        if kind == "remove":
            for doc_id in report["files"]:
                if Path(doc_id).name == doc_id:
                    (self.uploads / doc_id).unlink(missing_ok=True)


_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from assistant.channels.admin.task import main; sys.exit(main())"
)
