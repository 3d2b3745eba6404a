"""``/timeline`` over a real server: the picture, the table, the filters, and what hostile documents cannot do."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from assistant.channels import timeline_page
from knowledge.catalogue import Catalogue, describe

if TYPE_CHECKING:
    from knowledge.document import Document

Scripted = Any  # the fixture of conftest.py, which no test can import
HOSTILE = '<img src=x onerror="alert(1)">\'"</details><script>alert(2)</script>'


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def opened(address: str, **asked: str) -> str:
    response = httpx.get(f"{address}/timeline", params=asked)
    assert response.status_code == 200
    return response.text


def shelve(assistant: Scripted, *documents: Document) -> None:
    """Let another index serve."""
    assistant.index = type(assistant.index)()
    assistant.index.documents = documents
    assistant.index.catalogue = Catalogue().following([describe(document) for document in documents])


def test_each_event_of_the_article_opens_the_words_that_tell_it(address: str) -> None:
    html = opened(address)
    assert html.count('<li class="event') == 6
    first = html[html.index('id="e1"') : html.index('id="e2"')]
    assert "新时期产业工人队伍建设改革方案" in first
    assert '<span class="who">中共中央、国务院</span>' in first
    assert "<mark>2017年,中共中央、国务院印发《新时期产业工人队伍建设改革方案》。</mark>2018年" in first
    assert "政策体系不断健全" in first  # the heading it stands under
    assert '<time datetime="2022-07-14">2022 年 7 月 14 日</time>' in html


def test_the_overview_has_a_dot_an_event_under_its_year(address: str) -> None:
    html = opened(address)
    assert [tag["href"] for tag in Tags(html).named("a") if tag.get("class") == "dot"] == [
        f"#e{number}" for number in range(1, 7)
    ]
    assert html.count('class="year">') == 5  # 2018 has two
    assert html.count('<li class="none">') == 1  # 2020


def test_it_is_narrowed_to_a_year_and_to_a_body_and_says_so(address: str) -> None:
    html = opened(address, year="2018", issuer="国务院办公厅")
    assert html.count('<li class="event') == 1
    assert "1 条（全部 6 条）" in html
    assert [tag["value"] for tag in Tags(html).named("option") if "selected" in tag] == ["2018", "国务院办公厅"]
    assert "没有这样的日期" in opened(address, year="1999")
    assert "没有这样的日期" in opened(address, issuer=HOSTILE)


def test_the_same_stands_in_a_table(address: str) -> None:
    html = opened(address, view="table")
    tags = Tags(html)
    assert [tag.get("scope") for tag in tags.named("th")] == ["col"] * 4 + ["row"] * 6
    assert html.count("<mark>") == 6
    assert 'href="timeline?year=2018&amp;view=table"' not in html
    assert opened(address, year="2018", view="table").count('scope="row"') == 2


def test_nothing_of_a_document_becomes_markup(address: str, scripted: Scripted) -> None:
    text = f"2023年,甲部印发《{HOSTILE}办法》。\n2023年5月3日,乙部印发《子规定》。{HOSTILE}"
    shelve(
        scripted,
        replace(scripted.index.article, id="a", title=HOSTILE, text=text, issuer=HOSTILE, published="2020-01-02"),
    )
    for view in ("", "table"):
        tags = Tags(opened(address, view=view, issuer=HOSTILE, year=HOSTILE))
        for scripts in (tags.named("script"), Tags(opened(address, view=view)).named("script")):
            assert [str(tag["src"]).partition("?")[0] for tag in scripts] == ["page/display.js", "page/timeline.js"]
        assert tags.named("img") == Tags(opened(address, view=view)).named("img") == []
        assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]


def test_our_own_style_and_scripts_are_allowed_and_nothing_else_is(address: str) -> None:
    response = httpx.get(f"{address}/timeline")
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"\sstyle=", response.text)
    assert not re.search(r"(?:src|href)=\"?(?:https?:)?//", response.text)


def test_many_events_are_turned_over_page_by_page(
    address: str, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline_page, "PAGE_EVENTS", 10)
    text = "".join(
        f"{year}年,甲部印发《第{year}{n}号办法》。\n"
        for year in (1950, 2001, 2002)
        for n in range(9 if year == 2001 else 4)
    )
    shelve(scripted, replace(scripted.index.article, id="a", title="甲", text=text, published=None))
    html = opened(address)  # 17 events: the last one of 2001's nine is number 13
    assert html.count('<li class="event') == 10
    assert 'href="timeline?page=2"' in html
    assert "50 年间没有" in html
    assert 'class="many" href="timeline?year=2001" aria-label="2001 年，9 条">9</a>' in html
    assert 'href="timeline?page=2#e14"' in html
    assert opened(address, page="2").count('<li class="event') == 7
    assert opened(address, page="900").count('<li class="event') == 7
    assert httpx.get(f"{address}/timeline", params={"page": "x"}).status_code == 400


def test_an_index_without_dates_says_so(address: str, scripted: Scripted) -> None:
    shelve(scripted)
    assert "还没有可以排列的日期" in opened(address)
