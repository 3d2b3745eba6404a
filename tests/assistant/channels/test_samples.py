"""The questions the page offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.answer import Question, Status
from assistant.channels.samples import ENGLISH_PATH, SAMPLES_PATH, fitting, offered, read_samples
from assistant.questions import prepare
from assistant.service import Assistant
from knowledge.build import build
from knowledge.embed import encoder
from knowledge.index import open_index
from knowledge.retrieve import Retriever

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.index import Index

PAGE = "供水问答\n\n供水政策问答\n\n问：水费每吨多少钱？\n答：居民生活用水每吨2.8元。\n\n问：停水找谁？\n答：拨打0999-8812345。\n"


def over(index: Index) -> Assistant:
    return Assistant(index, Retriever(index))


@pytest.mark.parametrize("path", [SAMPLES_PATH, ENGLISH_PATH], ids=["Chinese", "English"])
def test_all_samples_are_answered_from_the_bundled_article(article_index: Index, path: Path) -> None:
    topics = read_samples(path)
    assert len(topics) == 4
    assert offered(topics, over(article_index)) == fitting(topics, over(article_index)) == topics


def test_samples_have_the_same_topics_in_both_languages() -> None:
    assert [topic.name for topic in read_samples(ENGLISH_PATH)] == [topic.name for topic in read_samples()]


def test_other_documents_offer_the_questions_they_pose_and_answer(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    build(tmp_path / "index", [str(tmp_path / "page.txt")], encoder())
    assistant = over(open_index(tmp_path / "index", encoder()))
    (topic,) = offered(read_samples(), assistant)
    assert "水费每吨多少钱？" in topic.questions
    assert all(assistant.ask(Question.of(text)).status is Status.ANSWERED for text in topic.questions)


def test_what_was_prepared_with_the_index_is_offered_by_document(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    build(tmp_path / "index", [str(tmp_path / "page.txt")], encoder())
    index = open_index(tmp_path / "index", encoder())
    prepared = prepare(index, over(index).ask, {})
    (topic,) = offered(read_samples(), Assistant(index, Retriever(index), offered=prepared))
    assert topic.name == "供水问答"
    assert "水费每吨多少钱？" in topic.questions
    assert set(topic.questions) <= {question.text for question in prepared["page.txt"]}
