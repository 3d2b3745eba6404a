"""The page of an answer: what it shows, that nothing in it is active, and that ids cannot be guessed."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from assistant.answer import Answer, Citation, Status, Turn

Site = Any  # a fixture of conftest.py, which no test can import
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&[1] [领取](javascript:alert(1))"


class Tags(HTMLParser):
    """Collects every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_link_in_a_reply_opens_the_answer_with_its_passage(site: Site) -> None:
    person = site.person("o-page")
    said = site.send(person, person.text("补贴多少？", "page1"))
    link = re.search(r"原文和依据：(http://\S+/a/[\w-]{22})$", said or "")
    assert link is not None
    page = site.client.get(link[1])
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<h2 class="asked">补贴多少？</h2>' in page.text
    assert "培训补贴每人一千元。</mark>" in page.text
    assert "青川县培训补贴办法" in page.text
    assert person.name not in page.text


def test_nothing_on_the_page_is_active_or_comes_from_elsewhere(site: Site) -> None:
    """CASES 38 for this page: in the question, the answer, the title, the quote."""
    citation = Citation("gone", HOSTILE, 0, 3, HOSTILE, (HOSTILE,))
    answer = Answer("hostile", Status.ANSWERED, HOSTILE, (citation,), suggestions=(HOSTILE,))
    site.state.answers.keep(Turn(HOSTILE, answer))
    page = site.client.get("/a/hostile")
    tags = Tags(page.text).found
    assert {tag for tag, _ in tags} & {"img", "iframe", "object", "form", "input"} == set()
    main = [tag for tag, _ in Tags(page.text[page.text.index("<main>") :]).found]
    assert set(main) & {"script", "link", "button"} == set()
    for tag, attributes in tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert (attributes.get("href") or "#").startswith(("#", "../", "?lang="))
        assert tag != "script" or (attributes["src"] or "").startswith("../page/display.js?")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_a_refusal_has_a_page_too(site: Site) -> None:
    near = Citation("办法.txt", "青川县培训补贴办法", 0, 3, "第一条")
    site.state.answers.keep(Turn("湖北?", replace(Answer("near", Status.NOT_FOUND, "没有说明。"), related=(near,))))
    assert "内容最接近的原文" in site.client.get("/a/near").text


@pytest.mark.parametrize("answer_id", ["unknown", "%00", "..%2f..%2fetc", "x" * 500, "%F0%9F%98%80"])
def test_an_unknown_answer_is_a_friendly_404(site: Site, answer_id: str) -> None:
    page = site.client.get(f"/a/{answer_id}")
    assert page.status_code == 404
    assert site.faults() == []
