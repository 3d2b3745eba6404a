"""The chat page, in Chinese. The one place that knows Gradio."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI

from assistant.channels import markup
from assistant.channels.cards import Source
from assistant.channels.desk import BusyError
from assistant.channels.shell import Shell
from assistant.errors import QuestionError
from assistant.state.conversations import new_conversation_id
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp

    from assistant.channels.desk import Desk
    from assistant.channels.samples import Topic

TITLE = "政策问答"
DESCRIPTION = "根据政策文件回答问题，每一句都标出原文出处。"
FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
MAX_WAITING = 64
"""Events of the page that may wait; more are turned away."""

# A button with a question in it asks that question.
_ASK_ON_CLICK = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-question]');
  if (button) trigger('ask', {question: button.dataset.question});
});
"""
_EMPTY_HINT = "请先写下想问的问题，或点一个示例问题。"
_FAILED_HINT = "这次没能回答，问题还在输入框里。请稍后再试一次。"


class Page:
    """What happens on the page; a conversation is known by its id and kept at the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, text: str | None, conversation_id: str | None) -> AsyncIterator[tuple[Any, ...]]:
        """Show the question at once, then its answer: (box, transcript, samples, hint, conversation id, asked)."""
        own_id = conversation_id or new_conversation_id()
        if not (text or "").strip():
            yield gr.skip(), gr.skip(), gr.skip(), markup.hint(_EMPTY_HINT), own_id, ""
            return
        question = str(text)
        # The turns lie in a database: reading them must not hold up other people's requests.
        shown = await asyncio.to_thread(self._transcript, own_id, question.strip())
        yield "", shown, gr.HTML(visible=False), "", own_id, question
        try:
            await self._desk.ask(question, own_id)
        except (QuestionError, BusyError) as error:
            shown, samples = await asyncio.to_thread(lambda: (self._transcript(own_id), self._samples(own_id)))
            yield question, shown, samples, markup.hint(str(error)), own_id, ""
            return
        yield gr.skip(), await asyncio.to_thread(self._transcript, own_id), gr.skip(), "", own_id, ""

    async def ask_button(self, event: gr.EventData, conversation_id: str | None) -> AsyncIterator[tuple[Any, ...]]:
        """Ask the question that a pressed button carries."""
        question = getattr(event, "question", None)
        async for update in self.ask(question if isinstance(question, str) else None, conversation_id):
            yield update

    def restore(self, conversation_id: str | None, asked: str) -> tuple[Any, ...]:
        """Show the page as it was before a question that failed, with the question in its box."""
        own_id = conversation_id or new_conversation_id()
        return asked, self._transcript(own_id), self._samples(own_id), markup.hint(_FAILED_HINT), own_id, ""

    def clear(self, conversation_id: str | None) -> tuple[Any, ...]:
        """Forget the conversation and begin a new one."""
        if conversation_id:
            self._desk.forget(conversation_id)
        return "", "", gr.HTML(visible=True), "", new_conversation_id(), ""

    def _samples(self, conversation_id: str) -> gr.HTML:
        return gr.HTML(visible=not self._desk.turns(conversation_id))

    def _transcript(self, conversation_id: str, pending: str | None = None) -> str:
        return markup.conversation(self._desk.turns(conversation_id), self._source, pending)

    def _source(self, doc_id: str) -> Source | None:
        index = self._desk.assistant.index
        with contextlib.suppress(KeyError, KnowledgeError):
            return Source(index.document(doc_id), index.outline(doc_id))
        return None


def build(desk: Desk, samples: Sequence[Topic]) -> gr.Blocks:
    """Lay the page out and connect it."""
    page = Page(desk)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False)
    with blocks:
        conversation_id, asked = gr.State(None), gr.State("")
        _html(markup.introduction(desk.assistant.index.documents), "introduction")
        sample_list = _html(markup.sample_questions(samples), "samples")
        transcript = _html("", "transcript")
        with gr.Column(elem_id="composer"):
            remark = gr.HTML("", elem_id="remark", apply_default_css=False)
            with gr.Row(elem_id="ask-row"):
                question = gr.Textbox(
                    label="您的问题",
                    placeholder="写下您想问的问题",
                    elem_id="question",
                    lines=1,
                    max_lines=5,
                    scale=8,
                    autofocus=True,
                )
                ask = gr.Button("提问", variant="primary", elem_id="ask", scale=1, min_width=88)
                clear = gr.Button("清空", elem_id="clear", scale=1, min_width=72)
        shown = [question, transcript, sample_list, remark, conversation_id, asked]
        common: dict[str, Any] = {"outputs": shown, "api_visibility": "private", "show_progress": "hidden"}
        asking = {**common, "concurrency_limit": None, "trigger_mode": "multiple"}
        for started in (
            gr.on([ask.click, question.submit], page.ask, [question, conversation_id], **asking),
            sample_list.ask(page.ask_button, conversation_id, **asking),
            transcript.ask(page.ask_button, conversation_id, **asking),
        ):
            started.failure(page.restore, [conversation_id, asked], **common)
        clear.click(page.clear, conversation_id, **common)
    blocks.queue(max_size=MAX_WAITING, api_open=False)
    return blocks


def create_page(desk: Desk, samples: Sequence[Topic]) -> tuple[ASGIApp, FastAPI]:
    """Return the page as an ASGI application, and the engine within, whose lifespan its host must run."""
    engine = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    gr.mount_gradio_app(
        engine,
        build(desk, samples),
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
    return Shell(engine, title=TITLE, description=DESCRIPTION), engine


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, js_on_load=_ASK_ON_CLICK, apply_default_css=False)
