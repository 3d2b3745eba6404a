"""A conversation becomes HTML in which nothing that came from outside is markup."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from assistant.answer import Answer, Citation, Status, Turn
from assistant.channels import home, markup
from assistant.channels.cards import Source
from assistant.channels.messages import Language, messages
from assistant.channels.samples import Topic, read_samples
from assistant.steps import Step
from knowledge.document import Document

TOLD = messages()

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "[点我](javascript:alert(1))",
    "</section></mark><iframe src=//evil.example>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} `",
    "&lt;b&gt; &#60;b&#62;",
]


class Reader(HTMLParser):
    """Collects tags, attributes and text, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)

    def handle_data(self, data: str) -> None:
        self.words += data


def turn(answer: str, *, question: str = "问", **parts: object) -> Turn:
    status = parts.pop("status", Status.ANSWERED)
    return Turn(question, Answer("id", status, answer, **parts))  # type: ignore[arg-type]


def nothing(_: str) -> Source | None:
    return None


NOWHERE = markup.Stage(TOLD, nothing)


def shelf(*documents: Document) -> home.Shelf:
    return home.Shelf(documents, Counter(document.id for document in documents))


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_goes_in(text: str, is_live: bool) -> None:
    citation = Citation(text, text, 0, len(text), text, (text,))
    document = Document(text, text, text, source=text, issuer=text)
    asked = turn(f"{text}[1]", question=text, citations=(citation,), related=(citation,), suggestions=(text,))
    html = markup.conversation([asked], markup.Stage(TOLD, lambda _: Source(document, ()), is_live=is_live))
    html += markup.pending(text, Step.READING, (text, f"- {text}"), TOLD) + markup.stopped(text, (text,), TOLD)
    html += home.shelf(shelf(document), TOLD) + home.sample_questions([Topic(text, (text,))], TOLD) + markup.hint(text)
    seen = Reader(html)
    assert not {"img", "script", "iframe", "b"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    links = [value or "" for name, value in seen.attributes if name == "href"]
    assert links
    assert all(link.startswith(("#", "documents/")) for link in links)
    assert seen.words.count(text) >= 8


def test_bullets_become_a_list_and_other_lines_paragraphs() -> None:
    html = markup.conversation([turn("包括：\n- 农民工\n- 下岗失业人员\n以上。\n2.5倍\n1. 甲\n2、乙")], NOWHERE)
    assert "<p>包括：</p><ul><li>农民工</li><li>下岗失业人员</li></ul><p>以上。</p><p>2.5倍</p>" in html
    assert '<ol><li value="1">甲</li><li value="2">乙</li></ol>' in html


def test_a_mark_leads_to_its_citation_and_one_without_a_citation_stays_text() -> None:
    citation = Citation("d", "标题", 0, 2, "原文", ())
    html = markup.conversation([turn("答。[1][2][0]", citations=(citation,))], NOWHERE)
    assert re.findall(r'<a class="mark" href="([^"]+)"', html) == ["documents/d?mark=1:0-2#cited-1"]
    assert 'data-quote="原文"' in html
    assert "[2][0]" in html


def test_without_a_script_a_mark_leads_to_the_passage_below_and_there_are_no_buttons() -> None:
    citation = Citation("d", "标题", 0, 2, "原文", ())
    said = turn("答。[1]", citations=(citation,), suggestions=("还有呢？",))
    html = markup.conversation([said], markup.Stage(TOLD, nothing, root="../", is_live=False))
    [target] = re.findall(r'<a class="mark" href="#([^"]+)"', html)
    assert f'id="{target}"' in html
    assert "<button" not in html


def test_a_mark_brings_along_the_other_citations_of_its_document_only() -> None:
    cited = (
        Citation("a/甲 1", "甲", 0, 2, "一二"),
        Citation("b", "乙", 5, 9, "三四五六"),
        Citation("a/甲 1", "甲", 7, 8, "七"),
    )
    html = markup.conversation([turn("答[1][2][3]", citations=cited)], NOWHERE)
    assert re.findall(r'<a class="mark" href="([^"]+)"', html) == [
        "documents/a/%E7%94%B2%201?mark=1:0-2&amp;mark=3:7-8#cited-1",
        "documents/b?mark=2:5-9#cited-2",
        "documents/a/%E7%94%B2%201?mark=1:0-2&amp;mark=3:7-8#cited-3",
    ]


def test_what_is_copied_holds_question_answer_and_the_cited_words_with_their_place() -> None:
    citation = Citation("d", "《办法》", 0, 2, "原文。", ("第一章", "第二条"))
    assert markup.plain(turn("答[1]。", question="问？", citations=(citation,)), TOLD) == (
        "问：问？\n\n答：答[1]。\n\n依据：\n[1] 「原文。」\n—— 《办法》 › 第一章 › 第二条"
    )


def test_a_rating_that_was_given_is_shown_as_pressed() -> None:
    html = markup.conversation([turn("答")], markup.Stage(TOLD, nothing, ratings={"id": "down"}))
    assert re.findall(r'data-rate="(\w+)" data-answer="id" aria-pressed="(\w+)"', html) == [
        ("up", "false"),
        ("down", "true"),
    ]


def test_sentences_that_were_said_are_joined_as_they_will_stand_in_the_answer() -> None:
    html = markup.pending("问", Step.CHECKING, ("包括：", "- 甲[1]", "- 乙[2]"), TOLD)
    assert "<p>包括：</p><ul><li>甲[1]</li><li>乙[2]</li></ul>" in html
    assert "<p>一[1]。二[2]。</p>" in markup.pending("问", Step.CHECKING, ("一[1]。", "二[2]。"), TOLD)


def test_a_clarifying_question_offers_its_ways_as_such() -> None:
    asked = turn("您指哪一种？", status=Status.CLARIFY, suggestions=("就业技能培训？",))
    html = markup.conversation([asked], NOWHERE)
    assert TOLD("clarify") in html
    assert 'data-question="就业技能培训？"' in html


def test_what_was_asked_is_not_offered_again() -> None:
    turns = [
        turn("答", question="甲？", suggestions=("乙？", "丙？")),
        turn("答", question="乙？", suggestions=("甲？",)),
    ]
    html = markup.conversation(turns, NOWHERE)
    assert re.findall(r'data-question="([^"]+)"', html) == ["丙？"]


@pytest.mark.parametrize("status", [Status.NOT_FOUND, Status.OUT_OF_SCOPE, Status.REFUSED])
def test_a_refusal_is_explained_in_the_language_of_the_interface(status: Status) -> None:
    english = messages(Language.ENGLISH)
    html = markup.conversation([turn("文件中没有说明。", status=status)], markup.Stage(english, nothing))
    assert english(f"note.{status.value}") in html
    assert "文件中没有说明。" in html


def test_every_status_is_told_apart_by_name_and_by_class() -> None:
    labels = [TOLD(f"status.{status.value}") for status in Status if status is not Status.SMALL_TALK]
    assert len(set(labels)) == len(labels)
    for status in Status:
        html = markup.conversation([turn("答", status=status)], NOWHERE)
        assert f"status-{status.value}" in html
        assert TOLD(f"status.{status.value}") in html


def test_related_passages_are_offered_as_such_and_not_as_evidence() -> None:
    citation = Citation("d", "标题", 0, 2, "原文", ())
    html = markup.conversation([turn("没有。", status=Status.NOT_FOUND, related=(citation,))], NOWHERE)
    assert "相关内容" in html
    assert "依据" not in html
    assert 'class="cited"' not in html
    assert "<mark" not in html


def test_only_web_addresses_become_links() -> None:
    citation = Citation("d", "标题", 0, 2, "原文", ())
    for source, linked in (("https://example.org/a", True), ("data:text/html,x", False), ("/etc/passwd", False)):
        document = Document("d", "标题", "原文", source=source)
        stage = markup.Stage(TOLD, lambda _, found=document: Source(found, ()))
        html = markup.conversation([turn("答[1]", citations=(citation,))], stage)
        assert ("原文链接" in html) is linked


def test_the_newest_documents_are_named_and_the_others_are_one_press_away() -> None:
    documents = [Document(str(number), f"文件{number}", "", published=f"20{number}-01-01") for number in range(10, 20)]
    html = home.shelf(shelf(*documents), TOLD)
    assert "已收录 10 份文件" in html
    assert html.count("<li>") == home.SHOWN_DOCUMENTS
    assert 'href="documents"' in html
    assert "1 个段落" in html
    assert "还没有收录文件" in home.shelf(shelf(), TOLD)


def test_the_samples_cover_the_four_topics() -> None:
    topics = read_samples()
    assert [topic.name for topic in topics] == ["资格", "培训类型", "政策沿革", "保障措施"]
    assert all(len(topic.questions) >= 3 for topic in topics)
