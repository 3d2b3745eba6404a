"""What every bot does with a message, whatever platform it comes from.

A message is taken once (``state.inbox``), answered in a thread, and its reply stored (``state.outbox``) in one
transaction. The request that brought it waits a few seconds for the reply and carries it; what comes later is pushed,
or goes with the person's next message. So a platform that asks again, a second question meanwhile, another worker and a
restart are all the same case: whoever comes finds the message, and its reply if there is one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.channels.chat_text import PART_BYTES
from assistant.channels.outgoing import Outcome
from assistant.state.database import now
from assistant.state.errors import StateError
from assistant.state.inbox import Claim, Message

if TYPE_CHECKING:
    from assistant.channels.outgoing import Sender
    from assistant.channels.replies import Replies, Reply
    from assistant.state.outbox import Parcel
    from assistant.state.shared import State

T = TypeVar("T")
MORE = "（还有内容没有发完，回复“继续”查看）"
_LOG = logging.getLogger(__name__)
_ATTEMPTS = 3
"""Times that a message is tried whose worker dies over it."""
MOST_WAITING = 2_000
"""Messages without a reply that one worker takes on; whoever comes then is asked to come back."""
_STATE_THREADS = 8
_PUSH_TRIES = 3
_PUSH_BATCH = 5


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. ``hold``: how long a request waits for its reply, of the 5 s that the platforms do."""

    hold: float = 4.0
    lease: float = 8.0
    beat: float = 2.0
    look: float = 0.1
    push: float = 0.5
    again: float = 5.0


class Bot:
    """One channel in one worker. ``sender`` pushes what comes late; without one it waits for the next message.

    ``polled``: the platform asks for the reply again and again instead, and takes so many bytes.
    """

    def __init__(
        self,
        channel: str,
        state: State,
        replies: Replies,
        *,
        sender: Sender | None = None,
        timing: Timing | None = None,
        threads: int = 8,
        polled: int = 0,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.channel = channel
        self._state = state
        self._replies = replies
        self._sender = sender
        self._polled = polled
        self._most_waiting = most_waiting
        self._timing = timing or Timing()
        self._inbox = state.inbox(channel, lease=self._timing.lease)
        self._outbox = state.outbox(channel)
        self._answers = ThreadPoolExecutor(threads, thread_name_prefix=f"{channel}-answer")
        self._quick = ThreadPoolExecutor(_STATE_THREADS, thread_name_prefix=f"{channel}-state")
        self._ready: dict[str, asyncio.Event] = {}
        self._elsewhere: dict[str, asyncio.Event] = {}
        self._work: asyncio.Event | None = None
        self._is_over = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to renew leases, to take over what other workers left, and to push; call in the serving loop."""
        self._work = asyncio.Event()
        loops = [self._every(self._timing.beat, self._beat), self._every(self._timing.look, self._look)]
        if self._sender is not None:
            loops.append(self._push_forever())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """Stop; what is not finished is another worker's, or the next start's."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._answers.shutdown(wait=False, cancel_futures=True)
        with contextlib.suppress(StateError):
            await self._run(self._inbox.release)
        self._is_over = True  # what still runs in a thread is no longer this worker's to store
        self._quick.shutdown(wait=True)

    async def receive(
        self, message: Message, arrived: float, has_left: Callable[[], Awaitable[bool]] | None = None
    ) -> str | None:
        """Take a message and return what its response says; None when there is nothing to say yet.

        ``arrived`` is the time of the event loop at which the request came. ``has_left`` tells whether the platform has
        closed the connection, so that nothing is thought delivered that nobody reads. Raises StateError.
        """
        deadline = arrived + self._timing.hold
        await self._take_on(message, deadline)
        await self._finished(message.key, deadline)
        if has_left is not None and await has_left():
            return None
        text = await self._run(self._outbox.take, message.sender, message.key, PART_BYTES, MORE)
        if self._work is not None:
            self._work.set()
        return text

    async def reply_to(self, message: Message, arrived: float, hold: float) -> str | None:
        """Take a message and return its own reply once it is ready, within ``hold`` seconds; None while it is not."""
        deadline = arrived + hold
        await self._take_on(message, deadline)
        await self._finished(message.key, deadline)
        return await self.poll(message.key)

    async def poll(self, key: str) -> str | None:
        """Return the reply to a message, as often as it is asked for; None while there is none."""
        return await self._run(self._inbox.reply, key)

    async def age(self, key: str) -> float | None:
        """Return the seconds since a message came; None for one that never did."""
        return await self._run(self._inbox.age, key)

    async def _take_on(self, message: Message, deadline: float) -> None:
        left = deadline - asyncio.get_running_loop().time()
        is_new, at_once = await self._run(self._claim, message, now() + left)
        if is_new:
            await self._begin(Claim(message, 1), at_once)

    def _claim(self, message: Message, awaited_until: float) -> tuple[bool, Reply | None]:
        """Take a message; the reply is given where it takes no looking up."""
        is_new = self._inbox.claim(message, awaited_until)
        return is_new, self._replies.at_once(message) if is_new else None

    async def _begin(self, claim: Claim, at_once: Reply | None) -> None:
        """Have a question answered, or say at once what there is to say."""
        key, started = claim.message.key, time.monotonic()
        if at_once is None and claim.attempt > _ATTEMPTS:
            at_once = self._replies.apology()
        if at_once is None and len(self._ready) >= self._most_waiting:
            at_once = self._replies.too_many()
        if at_once is not None:
            await self._run(self._finish, claim, started, at_once)
            self._tell(key)
            return
        self._ready.setdefault(key, asyncio.Event())
        done = partial(asyncio.get_running_loop().call_soon_threadsafe, self._tell, key)
        future = self._answers.submit(self._answer, claim, started)
        future.add_done_callback(partial(self._close, claim, started, done))

    def _answer(self, claim: Claim, started: float) -> None:
        reply = self._replies.answer(claim.message)
        if not self._is_over:
            self._finish(claim, started, reply)

    def _close(self, claim: Claim, started: float, done: Callable[[], object], future: Future[None]) -> None:
        """Say something in place of an answer that failed; runs in the thread that tried."""
        if future.cancelled() or self._is_over:
            return  # the message is released
        error = future.exception()
        if error is not None:
            _LOG.error("回答 %s 的问题时出错", self.channel, exc_info=error)
            with contextlib.suppress(StateError):  # then the lease ends, and another try is made
                self._finish(claim, started, self._replies.apology())
        with contextlib.suppress(RuntimeError):  # the loop has ended
            done()

    def _finish(self, claim: Claim, started: float, reply: Reply) -> None:
        """Store a reply with everything that belongs to it, unless the message has become another worker's."""
        message = claim.message
        is_late = claim.late or time.monotonic() - started > self._timing.hold
        kept = reply.whole(self._polled) if self._polled else None
        with self._state.database.transaction() as connection:
            awaited_until = self._inbox.finish_within(connection, message.key, kept)
            if awaited_until is None:
                return
            self._replies.keep_within(connection, message, reply)
            if not self._polled:
                room = PART_BYTES - len(f"\n\n{MORE}".encode())
                texts = reply.parts(room, question=message.text if is_late else None)
                due = max(awaited_until, now())
                may_push = self._sender is not None
                self._outbox.put_within(connection, message.sender, message.key, texts, may_push=may_push, due=due)

    def _tell(self, key: str) -> None:
        event = self._ready.pop(key, None)
        if event is not None:
            event.set()
        if self._work is not None:
            self._work.set()

    async def _finished(self, key: str, deadline: float) -> None:
        """Wait until the reply to a message is ready, here or at another worker, or the deadline is there."""
        event = self._ready.get(key)
        if event is None:
            if key in await self._run(self._inbox.done, [key]):
                return
            event = self._elsewhere.setdefault(key, asyncio.Event())
        left = deadline - asyncio.get_running_loop().time()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), max(left, 0))

    async def _look(self) -> None:
        """See whether another worker has finished what requests here wait for."""
        if self._elsewhere:
            for key in await self._run(self._inbox.done, list(self._elsewhere)):
                self._elsewhere.pop(key).set()

    async def _beat(self) -> None:
        await self._run(self._inbox.renew)
        for claim in await self._run(self._inbox.recover, 20):
            await self._begin(claim, await self._run(self._replies.at_once, claim.message))

    async def _push_forever(self) -> None:
        while True:
            await self._guarded(self._push_due)
            if self._work is not None:
                self._work.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._work.wait(), self._timing.push)
            await asyncio.sleep(0.02)  # a burst of replies is one round

    async def _push_due(self) -> None:
        """Push what is due, one person at a time in order, several people at once."""
        if await self._run(self._state.limits.is_paused, self._pause):
            # Nobody is woken at midnight, when the next day's calls begin: it goes with the next message.
            while parcels := await self._run(self._outbox.collect, _PUSH_BATCH):
                await self._run(self._outbox.keep, parcels)
            return
        running: set[asyncio.Task[None]] = set()
        try:
            while parcels := await self._run(self._outbox.collect, _PUSH_BATCH):
                running.add(asyncio.create_task(self._guarded(partial(self._push, parcels))))
                if len(running) >= _PUSH_BATCH:
                    _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if running:
                await asyncio.wait(running)

    async def _push(self, parcels: Sequence[Parcel]) -> None:
        assert self._sender is not None
        for number, parcel in enumerate(parcels):
            outcome = await self._sender.send(parcel.receiver, parcel.text)
            if outcome is Outcome.SENT:
                await self._run(self._outbox.sent, parcel)
                continue
            if outcome is Outcome.SPENT:
                await self._run(self._state.limits.pause, self._pause, _next_day(now()))
            if outcome is Outcome.LATER and parcel.attempts < _PUSH_TRIES:
                await self._run(self._outbox.postpone, parcels[number:], self._timing.again * parcel.attempts)
            else:
                await self._run(self._outbox.keep, parcels[number:])
            return

    @property
    def _pause(self) -> str:
        return f"push:{self.channel}"

    async def _every(self, seconds: float, action: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._guarded(action)
            await asyncio.sleep(seconds)

    async def _guarded(self, action: Callable[[], Awaitable[None]]) -> None:
        """Run one round; a database that is away for a while ends no loop."""
        try:
            await action()
        except StateError as error:
            _LOG.warning("%s", error)
            await asyncio.sleep(1)

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._quick, partial(work, *arguments))


def _next_day(moment: float) -> float:
    """Return the time at which the platforms' day ends: midnight in Beijing (UTC+8)."""
    day, offset = 86_400, 8 * 3_600
    return ((moment + offset) // day + 1) * day - offset
