"""Several processes on one address. This one accepts connections and hands each to the next worker in turn.

So every worker gets its share, however long connections last, and none is lost to a worker that is not ready: what the
workers cannot take waits in the system. A worker that dies is started again. Told to stop, this process hands out the
connections that wait, closes the door and then the line to each worker, which ends when it has answered.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import selectors
import signal
import socket
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.channels.drain import GRACE, PAGE_PATIENCE, PATIENCE, the_rest
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import SpawnProcess

READY = b"ready"
_SOON, _LATE = 0.5, 30.0
"""Seconds until a worker that died is started again: at first, and at most where it keeps dying."""
_WELL = 60.0
"""Seconds after which a worker that dies is taken for a new case."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is told: its number, the index it answers from, and the folder that the workers share.

    Worker 0 has what only one may have: the page, and the cleaning of the database.
    """

    number: int
    index: Path
    folder: Path

    @property
    def page_socket(self) -> Path:
        """Where worker 0 serves the page to the others."""
        return self.folder / "page.sock"


class StartError(AssistantError):
    """A worker did not come up; it has said why itself."""


class _Worker:
    """One process and the line to it."""

    def __init__(self, order: Order, work: Callable[[Order, socket.socket], None]) -> None:
        self.order = order
        self._work = work
        self._wait = _SOON
        self.due = 0.0
        self.started = 0.0
        self.is_ready = False
        self.process: SpawnProcess | None = None
        self.line: socket.socket | None = None

    def start(self) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.line.settimeout(0)
        self.process = multiprocessing.get_context("spawn").Process(
            target=self._work, args=(self.order, theirs), name=f"worker-{self.order.number}"
        )
        self.process.start()
        theirs.close()
        self.started, self.due = time.monotonic(), 0.0

    def died(self) -> None:
        """Take down what is left of it and note when it is to be started again."""
        self._wait = _SOON if time.monotonic() - self.started > _WELL else min(self._wait * 2, _LATE)
        self.due = time.monotonic() + self._wait
        self.is_ready = False
        self.let_go()

    def take(self, line: socket.socket) -> bool:
        """Hand a connection over; tell whether the worker has room for it."""
        if not self.is_ready or self.line is None:
            return False
        try:
            socket.send_fds(self.line, [b"c"], [line.fileno()])
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            return False
        return True

    def let_go(self) -> None:
        """Close the line, at which the worker ends."""
        if self.line is not None:
            self.line.close()
            self.line = None


class Supervisor:
    """Runs the workers at a listener until told to stop."""

    def __init__(
        self,
        listener: socket.socket,
        orders: list[Order],
        work: Callable[[Order, socket.socket], None],
        *,
        ready: Callable[[], None],
        gone: Callable[[int], None],
    ) -> None:
        self._listener = listener
        self._workers = [_Worker(order, work) for order in orders]
        self._turn = deque(self._workers)
        self._held: deque[socket.socket] = deque()
        self._ready = ready
        self._gone = gone
        self._is_up = False
        self._stopping = False

    def run(self) -> None:
        """Serve; returns after all workers have ended. Raises StartError where they do not come up at first."""
        wake, waker = socket.socketpair()
        waker.settimeout(0)
        before = {name: signal.signal(name, self._stop) for name in (signal.SIGINT, signal.SIGTERM)}
        woken = signal.set_wakeup_fd(waker.fileno())
        self._listener.settimeout(0)
        try:
            for worker in self._workers:
                worker.start()
            while not self._stopping:
                self._step(wake)
        finally:
            signal.set_wakeup_fd(woken)
            for name, handler in before.items():
                signal.signal(name, handler)
            self._end()
            wake.close()
            waker.close()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _step(self, wake: socket.socket) -> None:
        """Wait until something happens, and see to it."""
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            if not self._held and any(worker.is_ready for worker in self._workers):
                selector.register(self._listener, selectors.EVENT_READ)
            for worker in self._workers:
                if worker.line is not None:
                    selector.register(worker.line, selectors.EVENT_READ)
            events = {key.fileobj for key, _ in selector.select(0.02 if self._held else 0.5)}
        for worker in self._workers:
            if worker.line in events:
                self._hear(worker)
        if self._listener in events:
            self._accept()
        self._hand_out()
        for worker in self._workers:
            if worker.due and worker.due <= time.monotonic():
                worker.start()

    def _hear(self, worker: _Worker) -> None:
        """Take what a worker says: that it is ready, or, by an end of the line, that it is gone."""
        assert worker.line is not None
        assert worker.process is not None
        with contextlib.suppress(ConnectionResetError):
            if worker.line.recv(16) == READY:
                worker.is_ready = True
                if not self._is_up and all(each.is_ready for each in self._workers):
                    self._is_up = True
                    self._ready()
                return
        worker.let_go()
        worker.process.join(PATIENCE)
        if worker.process.exitcode is None:
            worker.process.kill()
            worker.process.join()
        self._gone(worker.process.pid or 0)
        if not self._is_up:
            raise StartError("工作进程没能启动，原因见上。")
        worker.died()
        _LOG.error("worker %d ended with %s and is started again", worker.order.number, worker.process.exitcode)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
            for _ in range(64):  # between two looks at the workers
                self._held.append(self._listener.accept()[0])
                self._hand_out()
                if self._held:
                    return

    def _hand_out(self) -> None:
        """Give what is held to the next workers that take it."""
        while self._held:
            for _ in self._workers:
                self._turn.rotate(-1)
                if self._turn[0].take(self._held[0]):
                    self._held.popleft().close()
                    break
            else:
                return

    def _end(self) -> None:
        """Hand out what waits, close the door, and wait for the workers."""
        self._held.extend(the_rest(self._listener))
        end = time.monotonic() + GRACE
        while self._held and time.monotonic() < end:
            self._hand_out()
            time.sleep(0.01)
        for line in self._held:
            line.close()
        for worker in self._workers:
            worker.let_go()
        end = time.monotonic() + PATIENCE + PAGE_PATIENCE + 3 * GRACE + 2
        for worker in self._workers:
            if worker.process is not None:
                worker.process.join(max(end - time.monotonic(), 0.1))
                if worker.process.exitcode is None:
                    worker.process.kill()
                    worker.process.join()
