"""Requests to a chat model: words as they come, within deadlines, given up at once when nobody waits any more.

All requests of the process run in one event loop in a thread of its own; whoever answers reads from a queue, so that it
can look up every tenth of a second whether it is still waited for. Before the first words a request is tried again
where that may help, after them never.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.breaker import Breaker
from assistant.errors import Fault, ModelError
from assistant.faults import model_error, translated
from assistant.telemetry import observed

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

_LOG = logging.getLogger(__name__)
_LOOK_EVERY = 0.1
_MOST_CHARACTERS = 24_000
"""Characters of one reply, thinking included; an answer has a few hundred."""
_MOST_WAIT = 5.0
"""Seconds that one try waits for the next; a server that asks for more is not waited for."""
_HELD = 200
_ENDS = "。！？!?.]】］\n"
_BACKOFF = 0.5
_RETRIED = {Fault.UNREACHABLE, Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.BROKEN, Fault.EMPTY}
_HARMLESS = {Fault.REJECTED, Fault.CUT_SHORT, Fault.LEAK, Fault.TOO_LONG}
"""Faults of one request that tell nothing of the next."""
_FINISHED = ("finish_reason", "stop_reason", "done_reason", "stopReason")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and the number of tries after the first."""

    whole: float = 60.0
    first_token: float = 20.0
    retries: int = 2


@dataclass(slots=True)
class Usage:
    """Tokens as the server tells them, 0 where it does not, and how long it took, in seconds."""

    tokens_in: int = 0
    tokens_out: int = 0
    first_token: float = 0.0
    whole: float = 0.0


@dataclass(slots=True)
class _Reply:
    """What has come of a reply so far."""

    usage: Usage
    characters: int = 0
    finish: str = ""
    has_tools: bool = False


@dataclass(slots=True)
class _End:
    """The end of the words: of all of them, or with a fault."""

    error: ModelError | None = None


@dataclass(slots=True)
class Upstream:
    """One chat model. May be used by several threads."""

    limits: Limits = field(default_factory=Limits)
    breaker: Breaker = field(default_factory=Breaker)
    _loop: asyncio.AbstractEventLoop | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def words(
        self,
        chain: Runnable[Any, Any],
        given: object,
        usage: Usage,
        waited: Callable[[], None],
        seconds: float | None = None,
    ) -> Iterator[str]:
        """Yield the words of a reply as they come.

        ``waited`` is called every tenth of a second; what it raises ends the request. Raises ModelError for everything else
        that goes wrong, at the place where the words end. Closing the iterator ends the request.
        """
        if not self.breaker.allows():
            observed("model_refused")
            raise model_error(Fault.CIRCUIT_OPEN)
        heard: queue.SimpleQueue[str | _End] = queue.SimpleQueue()
        work = asyncio.run_coroutine_threadsafe(
            self._pump(chain, given, usage, heard.put, seconds or self.limits.whole), self._running()
        )
        error: ModelError | None = None
        is_over = False
        try:
            looked = time.monotonic()
            while True:
                item: str | _End | None = None
                with contextlib.suppress(queue.Empty):
                    item = heard.get(timeout=_LOOK_EVERY)
                if item is None or time.monotonic() - looked >= _LOOK_EVERY:
                    looked = time.monotonic()
                    waited()
                if item is None:
                    continue
                if isinstance(item, _End):
                    is_over, error = True, item.error
                    break
                yield item
        finally:
            work.cancel()
            self._settle(error, is_over=is_over)
        if error is not None:
            raise error

    def close(self, client: Any = None) -> None:
        """End what runs, close the HTTP client that was used, and the loop with it."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is None:
            return

        async def end() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if client is not None:
                await client.aclose()
            await loop.shutdown_asyncgens()

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)

    def _settle(self, error: ModelError | None, *, is_over: bool) -> None:
        if not is_over:
            self.breaker.abandoned()
        elif error is None or error.fault in _HARMLESS:
            self.breaker.succeeded()
        elif self.breaker.failed(error.retry_after):
            _LOG.error("language model paused after failures in a row; last: %s", error)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_run, args=(self._loop,), name="language-model", daemon=True).start()
            return self._loop

    async def _pump(
        self, chain: Runnable[Any, Any], given: object, usage: Usage, put: Callable[[str | _End], None], seconds: float
    ) -> None:
        """Put the words of a reply, trying again before the first; at last its end."""
        started = time.monotonic()
        deadline = asyncio.get_running_loop().time() + seconds
        for tried in range(self.limits.retries + 1):
            reply = _Reply(usage)
            try:
                async with asyncio.timeout_at(deadline):
                    await self._read(chain, given, reply, put, started)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  every provider's client has errors of its own
                fault = translated(error, started=reply.characters > 0)
            else:
                usage.whole = time.monotonic() - started
                put(_End())
                return
            _told(fault)
            wait = _pause(fault, tried)
            left = deadline - asyncio.get_running_loop().time()
            if reply.characters or tried == self.limits.retries or wait is None or wait >= left:
                put(_End(fault))
                return
            observed("model_retries", kind=fault.fault.value)
            await asyncio.sleep(wait)

    async def _read(
        self, chain: Runnable[Any, Any], given: object, reply: _Reply, put: Callable[[str | _End], None], started: float
    ) -> None:
        stream = chain.astream(given)
        held = ""
        try:
            async with contextlib.aclosing(stream):  # type: ignore[type-var]  # an async generator, by its documentation
                async for text in self._texts(stream, reply):
                    if not reply.characters:
                        reply.usage.first_token = time.monotonic() - started
                    reply.characters += len(text)
                    held += text
                    # Whoever reads is woken where a sentence may have ended, not by each of a thousand tokens a second.
                    if len(held) > _HELD or any(end in text for end in _ENDS):
                        put(held)
                        held = ""
                    if reply.characters > _MOST_CHARACTERS:
                        raise model_error(Fault.TOO_LONG)
        finally:
            if held:
                put(held)
        if not reply.characters:
            raise model_error(Fault.MALFORMED if reply.has_tools else Fault.EMPTY)
        if not reply.finish:
            raise model_error(Fault.BROKEN)
        if reply.finish.lower() in {"length", "max_tokens"}:
            raise model_error(Fault.CUT_SHORT)

    async def _texts(self, stream: AsyncIterator[Any], reply: _Reply) -> AsyncIterator[str]:
        """Yield the text of the chunks that have any; the first has to come in time."""
        limit = asyncio.get_running_loop().time() + self.limits.first_token
        while True:
            try:
                async with asyncio.timeout_at(None if reply.characters else limit):
                    chunk = await anext(stream)
            except StopAsyncIteration:
                return
            _take(chunk, reply)
            text = str(chunk.text)
            if text:
                yield text


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


def _take(chunk: Any, reply: _Reply) -> None:
    """Take what a chunk tells beside its text."""
    told = chunk.usage_metadata
    if told:
        reply.usage.tokens_in = max(reply.usage.tokens_in, int(told.get("input_tokens") or 0))
        reply.usage.tokens_out += int(told.get("output_tokens") or 0)
    for name in _FINISHED:
        reply.finish = str(chunk.response_metadata.get(name) or reply.finish)
    reply.has_tools = reply.has_tools or bool(chunk.tool_call_chunks)


def _told(error: ModelError) -> None:
    observed("model_faults", kind=error.fault.value)
    _LOG.log(logging.ERROR if error.fault is Fault.UNAUTHORIZED else logging.WARNING, "%s", error)


def _pause(error: ModelError, tried: int) -> float | None:
    """Return the seconds to wait before another try, None where there should be none."""
    if error.fault not in _RETRIED:
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= _MOST_WAIT else None
    return _BACKOFF * float(2**tried) * random.uniform(0.5, 1.5)  # noqa: S311  # no secret
