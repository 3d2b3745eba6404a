"""The first page tells of the index that serves now, and offers questions that it answers."""

from __future__ import annotations

import time
from typing import Any

from assistant.answer import Answer, Question, Status
from assistant.channels.home import Home
from assistant.channels.messages import Language, messages
from assistant.channels.samples import Topic
from knowledge.document import Document

Scripted = Any
TOPICS = (Topic("资格", ("甲？", "乙？")), Topic("自己的", ("丙？",)))


def refuse(question: Question) -> Answer:
    return Answer("a", Status.NOT_FOUND, "没有", question=question.text)


def test_samples_stand_under_their_topics_in_the_language_of_the_interface(scripted: Scripted) -> None:
    html = Home(scripted, TOPICS).samples(messages(Language.ENGLISH))
    assert "<h3>Eligibility</h3>" in html
    assert "<h3>自己的</h3>" in html
    assert html.count("data-question") == 3


def test_the_english_interface_has_questions_of_its_own_where_they_are_answered(scripted: Scripted) -> None:
    english = (Topic("资格", ("Who?",)),)
    home = Home(scripted, TOPICS, english)
    assert 'data-question="Who?"' in home.samples(messages(Language.ENGLISH))
    assert 'lang="zh-CN"' not in home.samples(messages(Language.ENGLISH))
    assert "Who?" not in home.samples(messages(Language.TRADITIONAL))
    scripted.reply = lambda question: refuse(question) if question.text == "Who?" else Answer("a", Status.ANSWERED, "")
    home._renew()
    assert 'lang="zh-CN"' in home.samples(messages(Language.ENGLISH))


def test_another_index_brings_its_own_documents_at_once_and_its_own_samples_soon(scripted: Scripted) -> None:
    home = Home(scripted, TOPICS)
    told = messages()
    assert scripted.index.article.title in home.introduction(told)

    class Renewed(type(scripted.index)):  # type: ignore[misc]
        """Another generation."""

    following = Renewed()
    following.documents = (Document("新", "新文件", "新的内容。", published="2025-01-01"), following.article)
    scripted.index, scripted.reply = following, refuse
    introduction = home.introduction(told)
    assert introduction.index("新文件") < introduction.index(following.article.title)  # the newest first
    assert home.title("新") == "新文件"
    assert home.title("旧") is None
    deadline = time.monotonic() + 5
    while home.topics and time.monotonic() < deadline:
        time.sleep(0.01)
    assert home.samples(told) == ""  # it answers none of them


def test_renewing_the_samples_does_not_fail_with_the_assistant(scripted: Scripted) -> None:
    from assistant.errors import AssistantError

    def broken(question: Question) -> Answer:
        raise AssistantError("故障")

    home = Home(scripted, TOPICS)
    scripted.reply = broken
    home._renew()
    assert len(home.topics) == 2
