"""A conversation becomes HTML in which nothing that came from outside is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from assistant.answer import Answer, Citation, Status, Turn
from assistant.channels import markup
from assistant.channels.cards import Source
from assistant.channels.samples import Topic, read_samples
from knowledge.document import Document

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


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_goes_in(text: str) -> None:
    citation = Citation("d", text, 0, len(text), text, (text,))
    document = Document("d", text, text, source=text, issuer=text)
    html = markup.conversation(
        [turn(f"{text}[1]", question=text, citations=(citation,), related=(citation,), suggestions=(text,))],
        lambda _: Source(document, ()),
        pending=text,
    )
    html += markup.introduction([document]) + markup.hint(text) + markup.sample_questions([Topic(text, (text,))])
    seen = Reader(html)
    assert not {"img", "script", "iframe", "b"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert not [value for name, value in seen.attributes if name == "href" and not (value or "").startswith("#")]
    assert seen.words.count(text) >= 8


def test_bullets_become_a_list_and_other_lines_paragraphs() -> None:
    html = markup.conversation([turn("包括：\n- 农民工\n- 下岗失业人员\n以上。\n2.5倍\n1. 甲\n2、乙")], nothing)
    assert "<p>包括：</p><ul><li>农民工</li><li>下岗失业人员</li></ul><p>以上。</p><p>2.5倍</p>" in html
    assert '<ol><li value="1">甲</li><li value="2">乙</li></ol>' in html


def test_a_mark_leads_to_its_citation_and_one_without_a_citation_stays_text() -> None:
    citation = Citation("d", "标题", 0, 2, "原文", ())
    html = markup.conversation([turn("答。[1][2][0]", citations=(citation,))], nothing)
    [target] = re.findall(r'<a class="mark" href="#([^"]+)"', html)
    assert f'id="{target}"' in html
    assert "[2][0]" in html


def test_every_status_is_told_apart_by_name_and_by_class() -> None:
    labels = [markup.LABELS[status] for status in Status if status is not Status.SMALL_TALK]
    assert len(set(labels)) == len(labels)
    for status in Status:
        html = markup.conversation([turn("答", status=status)], nothing)
        assert f"status-{status.value}" in html
        assert markup.LABELS[status] in html


def test_related_passages_are_offered_as_such_and_not_as_evidence() -> None:
    citation = Citation("d", "标题", 0, 2, "原文", ())
    html = markup.conversation([turn("没有。", status=Status.NOT_FOUND, related=(citation,))], nothing)
    assert "相关内容" in html
    assert "依据" not in html
    assert "<mark" not in html


def test_only_web_addresses_become_links() -> None:
    citation = Citation("d", "标题", 0, 2, "原文", ())
    for source, linked in (("https://example.org/a", True), ("data:text/html,x", False), ("/etc/passwd", False)):
        document = Document("d", "标题", "原文", source=source)
        html = markup.conversation([turn("答[1]", citations=(citation,))], lambda _, found=document: Source(found, ()))
        assert ("原文链接" in html) is linked


def test_many_documents_are_folded_away() -> None:
    documents = [Document(str(number), f"文件{number}", "") for number in range(10)]
    html = markup.introduction(documents)
    assert "已收录 10 份文件" in html
    assert "其余 7 份" in html
    assert "还没有收录文件" in markup.introduction([])


def test_the_samples_cover_the_four_topics() -> None:
    topics = read_samples()
    assert [topic.name for topic in topics] == ["资格", "培训类型", "政策沿革", "保障措施"]
    assert all(len(topic.questions) >= 3 for topic in topics)
