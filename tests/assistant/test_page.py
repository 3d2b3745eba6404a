"""Questions about the page itself: its title, when and by whom it was published."""

from __future__ import annotations

import pytest

from assistant import page
from assistant.answer import Question, Status
from assistant.service import Assistant
from assistant.understand import understand
from knowledge.document import Document

TEXT = "关于节水的通知\n\n发布时间：2021-03-05\n\n来源：青川县水利局\n\n各单位应当节约用水。"
DOCUMENT = Document("n", "关于节水的通知", TEXT, published="2021-03-05", issuer="青川县水利局")


def told(question: str, document: Document = DOCUMENT) -> tuple[Status, list[str], list[str]]:
    draft = page.answer(understand(question), [document])
    assert draft is not None
    shown = [statement.text for statement in draft.statements]
    return draft.status, shown, [row.text for statement in draft.statements for row in statement.evidence]


@pytest.mark.parametrize("question", ["文章什么时候发布的？", "这篇文章是哪天发布的?", "本文的发布日期是什么时候？"])
def test_when_it_was_published_is_cited_where_it_says_so(question: str) -> None:
    assert told(question) == (Status.ANSWERED, ["2021-03-05"], ["发布时间：2021-03-05"])


def test_its_title_is_cited_where_it_stands() -> None:
    status, [shown], quotes = told("这篇文章的标题是什么？")
    assert (status, shown.strip("《》"), quotes) == (Status.ANSWERED, "关于节水的通知", ["关于节水的通知"])


def test_its_publisher_is_cited_where_it_is_named() -> None:
    status, shown, quotes = told("这篇文章的来源是哪个单位？")
    assert (status, shown) == (Status.ANSWERED, ["青川县水利局"])
    assert "青川县水利局" in quotes[0]


@pytest.mark.parametrize("written", ["2021年3月5日", "2021年03月05日", "2021.3.5", "2021/03/05"])
def test_a_date_is_found_however_it_is_written(written: str) -> None:
    document = Document("n", "关于节水的通知", f"关于节水的通知\n\n发布时间：{written}", published="2021-03-05")
    status, _, quotes = told("文章什么时候发布的？", document)
    assert status is Status.ANSWERED
    assert written in quotes[0]


@pytest.mark.parametrize("question", ["文章什么时候发布的？", "文章的来源是哪个单位？"])
def test_what_the_page_does_not_say_is_not_found(question: str) -> None:
    bare = Document("n", "关于节水的通知", "关于节水的通知\n\n各单位应当节约用水。")
    assert told(question, bare) == (Status.NOT_FOUND, [], [])


def test_metadata_that_stands_nowhere_in_the_text_is_not_told() -> None:
    """It could not be cited."""
    document = Document("n", "关于节水的通知", "关于节水的通知\n\n各单位应当节约用水。", published="2021-03-05")
    assert told("文章什么时候发布的？", document) == (Status.NOT_FOUND, [], [])


@pytest.mark.parametrize("question", ["补贴标准是多少？", "《节水办法》是什么时候发布的？"])
def test_other_questions_are_left_to_others(question: str) -> None:
    assert page.answer(understand(question), [DOCUMENT]) is None


def test_without_a_document_there_is_no_page() -> None:
    assert page.answer(understand("文章什么时候发布的？"), []) is None


@pytest.mark.parametrize("title", ["a+b(c", "\\d+", "[甲]", "$^", "甲0 乙05"])
def test_signs_of_a_pattern_in_a_title_are_only_signs(title: str) -> None:
    document = Document("n", title, f"{title}\n\n各单位应当节约用水。")
    [shown] = told("这篇文章的标题是什么？", document)[1]
    assert shown.strip("《》") == title


def test_the_bundled_article_tells_its_date_and_title(bundled: Assistant) -> None:
    dated = bundled.ask(Question.of("文章是什么时候发布的？"))
    assert "2022" in dated.answer
    assert "2022-07-14" in dated.citations[0].quote
    titled = bundled.ask(Question.of("这篇文章的标题是什么？"))
    assert "推动职业技能培训高质量发展" in titled.answer
