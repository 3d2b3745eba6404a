"""What else one might ask: questions about the documents an answer names, which the same documents answer."""

from __future__ import annotations

from assistant.draft import Draft
from assistant.understand import Query
from knowledge.history import events

_MOST = 3


def suggestions(query: Query, draft: Draft) -> tuple[str, ...]:
    """Return up to three questions whose answers stand in the sentences just cited."""
    found: list[str] = []
    cited = dict.fromkeys(sentence.text for statement in draft.statements for sentence in statement.evidence)
    for text in cited:
        for event in events(text):
            if event.date and event.date not in query.text:
                found.append(f"{event.title}是什么时候印发的？")
            if event.issuer and event.issuer not in query.text:
                found.append(f"{event.title}是由谁印发的？")
    return tuple(question for question in dict.fromkeys(found) if question != query.text)[:_MOST]
