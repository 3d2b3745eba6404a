"""The chat page. The one place that knows Gradio.

What the person wants beside the question (which conversation, which language, which document) comes with every event
from the page's script; it came from outside and is checked here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI

from assistant.channels import header, markup
from assistant.channels.cards import Source
from assistant.channels.desk import BusyError
from assistant.channels.messages import Language, Messages, messages, named
from assistant.channels.shell import Shell
from assistant.channels.waiting import Waiting
from assistant.errors import QuestionError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp

    from assistant.answer import Answer, Turn
    from assistant.channels.desk import Desk
    from assistant.channels.home import Home
    from assistant.state.answers import Feedback

FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
MAX_WAITING = 64
"""Events of the page that may wait; more are turned away."""
LOOK_EVERY = 0.15
"""Seconds between two updates of an answer that is being worked out."""
_MAX_ID, _MAX_DOC_ID = 64, 2_000

# The page's script tells these events as ``policy:…``; the engine carries them to the server.
_CARRY = """
for (const name of ['ask', 'halt', 'reopen', 'forget']) document.addEventListener('policy:' + name, () => trigger(name));
document.documentElement.dataset.ready = 'true';
document.dispatchEvent(new Event('policy:ready'));
"""
_BUTTONS = '@children<button type="button" id="ask">${ask}</button><button type="button" id="stop" data-do="stop">${stop}</button>'
_REQUEST = "(text) => window.policy.request(text)"

Update = tuple[Any, Any, Any, Any]
"""What an event changes: question box, transcript, the turn that is being answered, hint."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What comes with an event: the conversation it belongs to, the language shown, the one document to answer from.

    ``is_whole``: the question was offered, and is to be understood by itself.
    """

    conversation_id: str | None
    told: Messages
    doc_id: str | None = None
    is_whole: bool = False

    @classmethod
    def of(cls, text: object) -> Wish:
        """Read what the page's script sent; what cannot be used is left out."""
        wish: Any = None
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            wish = json.loads(text)  # type: ignore[arg-type]  # the type is one of the things checked
        wish = wish if isinstance(wish, dict) else {}
        return cls(
            _text(wish.get("conversation"), _MAX_ID),
            messages(named(wish.get("language")) or Language.SIMPLIFIED),
            _text(wish.get("document"), _MAX_DOC_ID),
            wish.get("whole") is True,
        )


class Page:
    """What happens on the page; a conversation is known by its id and kept at the desk."""

    def __init__(self, desk: Desk, feedback: Feedback) -> None:
        self._desk = desk
        self._feedback = feedback
        self._running: dict[str, Waiting] = {}

    async def ask(self, text: object, wish: object) -> AsyncGenerator[Update]:
        """Show the question at once, then how far its answer is, then the answer."""
        wanted = Wish.of(wish)
        question, told = text if isinstance(text, str) else "", wanted.told
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip(), markup.hint(told("hint.empty"))
            return
        if wanted.doc_id is not None and self._source(wanted.doc_id) is None:
            yield question, gr.skip(), gr.skip(), markup.hint(told("hint.document"))
            return
        if wanted.conversation_id in self._running:
            yield question, gr.skip(), gr.skip(), markup.hint(told("hint.running"))
            return
        own_id = await self._desk.resume(wanted.conversation_id)
        waiting = self._running[own_id] = Waiting()
        try:
            async with contextlib.aclosing(self._answered(question, own_id, wanted, waiting)) as updates:
                async for update in updates:
                    yield update
        finally:  # also where the page was left before the answer came
            waiting.leave()
            del self._running[own_id]

    async def _answered(self, question: str, own_id: str, wanted: Wish, waiting: Waiting) -> AsyncGenerator[Update]:
        told = wanted.told
        try:
            work = self._desk.begin(question, own_id, waiting.hear, wanted.doc_id, is_whole=wanted.is_whole)
        except (QuestionError, BusyError) as error:
            yield question, gr.skip(), "", markup.hint(_reason(error, told))
            return
        work.add_done_callback(waiting.end)
        box: Any = ""  # emptied once, and the hint too: the next question may be written meanwhile, and be told to wait
        try:
            async with contextlib.aclosing(waiting.progress(LOOK_EVERY)) as heard:
                async for progress in heard:
                    turn = markup.pending(question.strip(), progress.step, progress.said, told)
                    yield box, gr.skip(), _conversation(own_id, turn), box
                    box = gr.skip()
            if waiting.has_left and not _is_answered(work):
                turn = markup.stopped(question.strip(), waiting.so_far.said, told)
                yield box, gr.skip(), _conversation(own_id, turn), ""
                return
            await work
        except (QuestionError, BusyError) as error:
            yield question, gr.skip(), "", markup.hint(_reason(error, told))
            return
        finally:
            work.cancel()
        yield box, await asyncio.to_thread(self._transcript, own_id, told), "", ""

    def halt(self, wish: object) -> None:
        """Stop the answer that is being worked out in a conversation."""
        waiting = self._running.get(Wish.of(wish).conversation_id or "")
        if waiting is not None:
            waiting.leave()

    def restore(self, text: object, wish: object) -> Update:
        """Show the page as it was before a question that failed, with the question in its box."""
        wanted = Wish.of(wish)
        question = text if isinstance(text, str) else ""
        shown = self._transcript(wanted.conversation_id or "", wanted.told)
        return question, shown, "", markup.hint(wanted.told("hint.failed"))

    def reopen(self, wish: object) -> Update:
        """Show a conversation of before; of one that is gone say so."""
        wanted = Wish.of(wish)
        own_id = wanted.conversation_id or ""
        shown = self._transcript(own_id, wanted.told)
        if own_id and not shown:
            return gr.skip(), _gone(own_id), "", markup.hint(wanted.told("hint.gone"))
        return gr.skip(), shown, "", ""

    def forget(self, wish: object) -> Update:
        """Drop a conversation, with what the page shows of it."""
        own_id = Wish.of(wish).conversation_id or ""
        if own_id:
            self._desk.forget(own_id)
        return gr.skip(), _gone(own_id), "", ""

    def _transcript(self, conversation_id: str, told: Messages) -> str:
        turns = self._desk.turns(conversation_id) if conversation_id else ()
        return _conversation(conversation_id, markup.conversation(turns, self._stage(turns, told))) if turns else ""

    def _stage(self, turns: Sequence[Turn], told: Messages) -> markup.Stage:
        ratings = self._feedback.latest([turn.answer.id for turn in turns])
        return markup.Stage(told, self._source, ratings=ratings)

    def _source(self, doc_id: str) -> Source | None:
        index = self._desk.assistant.index
        with contextlib.suppress(KeyError, KnowledgeError):
            return Source(index.document(doc_id), index.outline(doc_id))
        return None


def build(page: Page) -> gr.Blocks:
    """Lay the page out and connect it; what it says is filled in by the shell, in the language asked for."""
    blocks = gr.Blocks(analytics_enabled=False)
    with blocks:
        for name in ("bar", "introduction", "samples"):
            gr.HTML("", elem_id=name, js_on_load=None, apply_default_css=False)
        transcript = gr.HTML("", elem_id="transcript", js_on_load=_CARRY, apply_default_css=False)
        live = gr.HTML("", elem_id="live", js_on_load=None, apply_default_css=False)
        with gr.Column(elem_id="composer"):
            remark = gr.HTML("", elem_id="remark", js_on_load=None, apply_default_css=False)
            # The buttons are plain: the engine's own would bring a dozen files more to every first visit.
            with gr.HTML(
                elem_id="ask-row", html_template=_BUTTONS, js_on_load=None, apply_default_css=False, ask="", stop=""
            ):
                question = gr.Textbox(elem_id="question", lines=1, max_lines=5, autofocus=True)
        wish = gr.Textbox(visible=False)
        shown = [question, transcript, live, remark]
        common: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}
        common |= {"queue": True, "trigger_mode": "multiple"}
        request: dict[str, Any] = {"inputs": [question, wish], "outputs": shown, "js": _REQUEST, **common}
        for trigger in (question.submit, transcript.ask):
            trigger(page.ask, **request).failure(page.restore, **{**request, "js": "() => window.policy.asked()"})
        wishing: dict[str, Any] = {"inputs": wish, "js": "() => window.policy.wish()", **common}
        transcript.halt(page.halt, outputs=None, **wishing)
        transcript.reopen(page.reopen, outputs=shown, **wishing)
        transcript.forget(page.forget, outputs=shown, **{**wishing, "js": "() => window.policy.forgotten()"})
    blocks.queue(max_size=MAX_WAITING, api_open=False)
    return blocks


def create_page(desk: Desk, feedback: Feedback, home: Home, ancestors: str = "'none'") -> tuple[ASGIApp, FastAPI]:
    """Return the page as an ASGI application, and the engine within, whose lifespan its host must run.

    ``ancestors`` are the sources of the content security policy that may show the page in a frame.
    """
    engine = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    gr.mount_gradio_app(
        engine,
        build(Page(desk, feedback)),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1b",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Default(primary_hue="blue", neutral_hue="slate", font=FONTS, font_mono=("monospace",)),
    )
    return Shell(engine, lambda told: _layout(home, told), home.title, ancestors), engine


def _layout(home: Home, told: Messages) -> dict[str, dict[str, Any]]:
    """Return what the components say, by their element's id."""
    return {
        "bar": {"value": header.bar(told, chats=True)},
        "introduction": {"value": home.introduction(told)},
        "samples": {"value": home.samples(told)},
        "question": {"label": told("ask.label"), "placeholder": told("ask.placeholder")},
        "ask-row": {"props": {"ask": told("ask.button"), "stop": told("ask.stop")}},
    }


def _reason(error: QuestionError | BusyError, told: Messages) -> str:
    if told.language is Language.SIMPLIFIED:
        return str(error)
    return told("hint.busy" if isinstance(error, BusyError) else "hint.question")


def _is_answered(work: asyncio.Future[Answer]) -> bool:
    return work.done() and not work.cancelled() and work.exception() is None


def _conversation(own_id: str, turns: str) -> str:
    return f'<div class="turns" data-conversation="{escape(own_id)}">{turns}</div>'


def _gone(own_id: str) -> str:
    return f'<div class="turns" data-gone="{escape(own_id)}"></div>'


def _text(value: object, most: int) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= most else None
