"""The assistant as tools of the Model Context Protocol. The one place that knows the SDK; import it only where it is used."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from assistant.errors import AssistantError
from assistant.state.conversations import new_conversation_id
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from assistant.answer import Citation
    from assistant.channels.desk import Desk
    from assistant.channels.timeline import Timelines
    from knowledge.document import Hit

NAME = "policy-assistant"
MOST_FOUND = 50
MOST_TEXT = 20_000
"""Characters of a document in one result."""
_INSTRUCTIONS = (
    "根据收录的政策文件回答问题。ask_policy 给出附原文依据的回答，文件没有写的会如实说明；引用时请保留 [n] 标记和出处。"
    " Answers questions about Chinese policy documents, each with the passage it rests on; keep the [n] marks."
)
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class Quote(BaseModel):
    """Words of a document: ``document.text[start:end] == quote``."""

    doc_id: str
    title: str
    start: int
    end: int
    quote: str


class Told(BaseModel):
    """An answer; ``[n]`` in it names the n-th citation."""

    status: str = Field(
        description="answered, partial, not_found, out_of_scope, small_talk, refused, clarify or failed"
    )
    answer: str
    citations: list[Quote]
    related: list[Quote] = Field(description="nearest passages, where the documents do not tell")
    suggestions: list[str]
    conversation_id: str


class Passage(BaseModel):
    """A passage that was found."""

    doc_id: str
    title: str
    headings: list[str]
    start: int
    end: int
    text: str
    score: float


class Found(BaseModel):
    """Passages, best first."""

    passages: list[Passage]


class Heading(BaseModel):
    """A heading of a document and where its part lies."""

    title: str
    level: int
    start: int
    end: int


class Text(BaseModel):
    """A document, or a part of its text."""

    id: str
    title: str
    issuer: str | None
    number: str | None
    published: str | None
    characters: int = Field(description="length of the whole text")
    start: int
    text: str
    next_start: int | None = Field(description="where the next part begins; null at the end")
    outline: list[Heading]


class Event(BaseModel):
    """What was issued when."""

    date: str
    precision: str
    title: str
    issuers: list[str]
    citation: Quote


class Timeline(BaseModel):
    """Events in order of time."""

    events: list[Event]


class Tools:
    """What the tools do; ``search`` finds passages: (text, k) -> hits."""

    def __init__(self, desk: Desk, search: Callable[[str, int], Sequence[Hit]], timelines: Timelines) -> None:
        self._desk = desk
        self._search = search
        self._timelines = timelines

    async def ask_policy(
        self,
        question: Annotated[str, Field(description="the question, in everyday words; at most 2,000 characters")],
        conversation_id: Annotated[
            str | None, Field(description="of an earlier answer, for a follow-up such as 那2019年呢？")
        ] = None,
    ) -> Told:
        """按政策文件回答问题，附原文依据。Answer a question from the policy documents, with the passages it rests on."""
        own = await self._desk.resume(conversation_id) if conversation_id else new_conversation_id()
        answer = await _asked(self._desk.ask(question, own))
        return Told(
            status=answer.status.value,
            answer=answer.answer,
            citations=_quotes(answer.citations),
            related=_quotes(answer.related),
            suggestions=list(answer.suggestions),
            conversation_id=own,
        )

    async def search_policy(
        self,
        query: Annotated[str, Field(min_length=1, max_length=2_000, description="words to look for")],
        k: Annotated[int, Field(ge=1, le=MOST_FOUND, description="passages to return")] = 5,
    ) -> Found:
        """检索政策文件的段落。Find passages of the policy documents, best first."""
        hits = await _asked(asyncio.to_thread(self._search, query, k))
        index = self._desk.assistant.index
        titles = {document.id: document.title for document in index.documents}
        return Found(
            passages=[
                Passage(
                    doc_id=hit.passage.doc_id,
                    title=titles.get(hit.passage.doc_id, ""),
                    headings=list(hit.passage.headings),
                    start=hit.passage.start,
                    end=hit.passage.end,
                    text=hit.passage.text,
                    score=round(hit.score, 4),
                )
                for hit in hits
            ]
        )

    async def get_document(
        self,
        doc_id: Annotated[str, Field(description="the doc_id of a citation or a passage")],
        start: Annotated[int, Field(ge=0, description="where to begin, in characters")] = 0,
    ) -> Text:
        """读一份政策文件的全文和目录，长的分段读。Read a document's text and outline, a long one part by part."""
        index = self._desk.assistant.index
        try:
            document, outline = index.document(doc_id), index.outline(doc_id)
        except KeyError:
            raise ToolError("没有这份文件。There is no such document.") from None
        end = min(start + MOST_TEXT, len(document.text))
        return Text(
            id=document.id,
            title=document.title,
            issuer=document.issuer,
            number=document.number,
            published=document.published,
            characters=len(document.text),
            start=start,
            text=document.text[start:end],
            next_start=end if end < len(document.text) else None,
            outline=[Heading(title=p.title, level=p.level, start=p.start, end=p.end) for p in outline],
        )

    async def policy_timeline(
        self,
        year: Annotated[str | None, Field(pattern="^[0-9]{4}$", description="only of this year")] = None,
        issuer: Annotated[str | None, Field(description="only of issuers with this in their name")] = None,
    ) -> Timeline:
        """列出文件所讲的发文，按时间先后，各附出处。List what was issued when, and where the documents tell it."""
        rows = await _asked(asyncio.to_thread(self._timelines.chosen, year, issuer))
        return Timeline(events=[Event.model_validate(row) for row in rows])


def server(tools: Tools, version: str) -> MCPServer[Any]:
    """Return the server with its four tools."""
    made: MCPServer[Any] = MCPServer(
        NAME, title="政策问答", instructions=_INSTRUCTIONS, version=version, subscriptions=False, log_level="WARNING"
    )
    for tool in (tools.ask_policy, tools.search_policy, tools.get_document, tools.policy_timeline):
        made.add_tool(tool, annotations=_READS)
    return made


def manager(made: MCPServer[Any]) -> StreamableHTTPSessionManager:
    """Return what serves it over HTTP; without sessions, so that any worker can answer any request."""
    # Origins and sizes were looked at before: by the same rules as for the rest of the API.
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    made.streamable_http_app(stateless_http=True, json_response=True, transport_security=security)
    return made.session_manager


async def _asked(work: Any) -> Any:
    """Wait for something; what is wrong becomes an error that the model can read."""
    try:
        return await work
    except (AssistantError, KnowledgeError) as error:
        raise ToolError(str(error)) from error


def _quotes(citations: Sequence[Citation]) -> list[Quote]:
    return [Quote.model_validate(citation.to_json()) for citation in citations]
