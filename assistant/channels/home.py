"""The first page: what can be asked, which documents are known, questions they answer. Of the index that serves now."""

from __future__ import annotations

import logging
import threading
import weakref
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from assistant.channels import markup
from assistant.channels.messages import Language
from assistant.channels.samples import Topic, fitting, offered
from assistant.errors import AssistantError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.channels.desk import Assistant, Index
    from assistant.channels.messages import Messages
    from knowledge.document import Document

SHOWN_DOCUMENTS = 4
"""Documents named on the first page, the newest first; the others stand on a page of their own."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents of an index, the newest first, and how many passages each has."""

    documents: Sequence[Document]
    passages: Counter[str]

    @classmethod
    def of(cls, index: Index) -> Shelf:
        """Return the shelf of an index."""
        documents = sorted(index.documents, key=lambda one: one.published or one.written or "", reverse=True)
        return cls(documents, Counter(passage.doc_id for passage in index.passages))


class Home:
    """What the first page shows; when another index serves, it is worked out anew."""

    def __init__(self, assistant: Assistant, topics: Sequence[Topic], english: Sequence[Topic] = ()) -> None:
        """Begin with samples that are known to be answered; ``topics`` are those that come into question.

        ``english`` are those of the English interface, which has the others where these are not answered.
        """
        self._assistant = assistant
        self._lock = threading.Lock()
        self._topics, self._english = topics, english
        self._offered, self._offered_in_english = offered(topics, assistant), fitting(english, assistant)
        self._index: Callable[[], Index | None] = weakref.ref(assistant.index)  # one that was replaced is let go of
        self._shelf = Shelf.of(assistant.index)

    @property
    def topics(self) -> Sequence[Topic]:
        """The samples: questions that are answered, by topic."""
        return self._offered

    def shelf(self) -> Shelf:
        """Return the documents known now."""
        index = self._assistant.index
        with self._lock:
            if self._index() is not index:
                self._index, self._shelf = weakref.ref(index), Shelf.of(index)
                # Every sample is asked, which may take its time; until then those of before are shown.
                threading.Thread(target=self._renew, name="samples", daemon=True).start()
            return self._shelf

    def title(self, doc_id: str) -> str | None:
        """Return the title of a document, or None when there is none of this id."""
        try:
            return self._assistant.index.document(doc_id).title
        except KeyError:
            return None

    def introduction(self, told: Messages) -> str:
        """Return the head of the page: what it is, and which documents it knows."""
        return (
            f'<div class="intro"><p class="lead">{escape(told("home.lead"))}</p><p>{escape(told("home.introduction"))}</p>'
            f"{shelf(self.shelf(), told)}</div>"
        )

    def samples(self, told: Messages) -> str:
        """Return the sample questions by topic, as buttons."""
        if told.language is Language.ENGLISH and self._offered_in_english:
            return sample_questions(self._offered_in_english, told)
        return sample_questions(self._offered, told, told.foreign)

    def _renew(self) -> None:
        try:
            self._offered = offered(self._topics, self._assistant)
            self._offered_in_english = fitting(self._english, self._assistant)
        except (AssistantError, KnowledgeError) as error:
            _LOG.warning("samples not renewed: %s", error)


def shelf(held: Shelf, told: Messages) -> str:
    """Return the newest documents and the way to all of them."""
    documents = held.documents
    if not documents:
        return f'<p class="shelf">{escape(told("home.shelf.empty"))}</p>'
    items = "".join(f"<li>{entry(document, held, told)}</li>" for document in documents[:SHOWN_DOCUMENTS])
    more = ""
    if len(documents) > SHOWN_DOCUMENTS:
        more = f'<p><a href="documents">{escape(told("home.shelf.more", count=len(documents)))}</a></p>'
    title = escape(told("home.shelf", count=len(documents)))
    return f'<div class="shelf"><h2>{title}</h2><ul>{items}</ul>{more}</div>'


def entry(document: Document, held: Shelf, told: Messages, root: str = "") -> str:
    """Return a document as it stands in a list: its title, whence it comes, how long it is."""
    count = held.passages[document.id]
    known = [*markup.facts(document, told), *([told("facts.passages", count=count)] if count else [])]
    address = markup.document_address(document.id, root=root)
    details = "".join(f"<span>{escape(fact)}</span>" for fact in known)
    return f'<a href="{escape(address)}"{told.foreign}>{escape(document.title)}</a><span class="facts">{details}</span>'


def sample_questions(topics: Sequence[Topic], told: Messages, attribute: str = "") -> str:
    """Return questions by topic, as buttons; ``attribute`` tells their language where it is not the page's."""
    if not topics:
        return ""
    groups = "".join(
        f'<section class="topic"><h3>{escape(told.get(f"topic.{topic.name}", topic.name))}</h3><ul{attribute}>'
        + "".join(f"<li>{markup.ask_button(question)}</li>" for question in topic.questions)
        + "</ul></section>"
        for topic in topics
    )
    return (
        f'<section class="samples" aria-label="{escape(told("home.samples.label"))}">'
        f'<h2>{escape(told("home.samples"))}</h2><div class="topics">{groups}</div></section>'
    )
