"""Documents as pages: read with their outline, searched, the cited words marked, asked about alone; nothing hostile runs."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from assistant.channels import document_page, reading
from assistant.channels.home import Shelf
from assistant.channels.messages import messages
from knowledge.document import Document, Section

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "湖北/培训.txt"
TOLD = messages()
Scripted = Any


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def get(address: str, path: str = ID, **query: Any) -> httpx.Response:
    return httpx.get(f"{address}/documents/{quote(path)}", params=query)


def test_a_document_is_shown_whole_with_outline_and_origin(address: str, scripted: Scripted) -> None:
    page = get(address)
    assert page.status_code == 200
    shown = "".join(words(page.text).split())
    for line in scripted.index.article.text.splitlines():
        assert "".join(line.split()) in shown
    assert "2022-07-14 发布" in page.text
    [*links] = re.findall(r'<li class="level-\d"><a href="#(s\d+)"', page.text)
    assert len(links) >= 10
    assert all(f'id="{link}"' in page.text for link in links)


def test_cited_words_are_marked_where_they_stand(address: str, scripted: Scripted) -> None:
    text = scripted.index.article.text
    start = text.index("2018年,国务院")
    page = get(address, mark=f"3:{start}-{start + 9}")
    assert f'<mark class="cited" data-cited="3"><span class="anchor" id="cited-3" tabindex="-1">3</span>{text[start : start + 9]}</mark>' in page.text  # fmt: skip


@pytest.mark.parametrize(
    "mark", ["", "x", "1:5", "1:9-2", "1:0-99999999999", "1:0-999999999", "-1:0-3", "1:٠-٣", "<b>"]
)
def test_a_mark_that_is_none_is_left_out(address: str, mark: str) -> None:
    page = get(address, mark=mark)
    assert page.status_code == 200
    assert "<mark" not in page.text
    assert "<b>" not in page.text


def test_words_are_found_in_either_script_and_width_and_counted(address: str, scripted: Scripted) -> None:
    count = scripted.index.article.text.count("就业")
    assert count > 5
    for wanted in ("就业", "就業", " 就业 "):
        page = get(address, find=wanted)
        assert len(re.findall(r'<mark class="found">', page.text)) == count
        assert f"{count} 处" in page.text
    assert "没有找到「火星」" in get(address, find="火星").text
    assert get(address, find="字" * 101).status_code == 400


def test_finding_gives_places_of_the_text_itself() -> None:
    text = "ＡＢＣ補貼，补贴。abc"
    assert [text[start:end] for start, end in reading.find(text, "补贴")] == ["補貼", "补贴"]
    assert [text[start:end] for start, end in reading.find(text, "abc")] == ["ＡＢＣ", "abc"]
    assert reading.find(text, "  ") == []
    assert reading.find("aaaa", "aa") == [(0, 2), (2, 4)]


def test_overlapping_marks_and_a_heading_within_a_line_are_cut_into_pieces() -> None:
    document = Document("d", "题", "第一条 甲乙丙丁\n\n 戊己 ")
    marks = [reading.Marked("cited", 1, 4, 6), reading.Marked("found", 1, 5, 7), reading.Marked("cited", 2, 7, 12)]
    html = reading.text(document, [Section("第一条", 1, 0, 3)], marks)
    # 甲 is cited, 乙 cited and found, 丙 found; 丁 and what is left of 戊 after the line break belong to citation 2.
    assert words(html) == "第一条 1甲乙丙2丁戊己"
    assert html.startswith('<p><span class="heading-in" id="s0" tabindex="-1">第一条</span> <mark class="cited"')
    assert '<mark class="cited found" data-cited="1"><span id="found-1"></span>乙</mark>' in html
    assert '<p><mark class="cited" data-cited="2">戊</mark>己</p>' in html


def test_a_line_that_is_a_heading_becomes_one_as_deep_as_it_is() -> None:
    text = "第一章\n第二条\n内容"
    sections = [Section("第一章", 1, 0, 3), Section("第二条", 9, 4, 7)]
    html = reading.text(Document("d", "题", text), sections, ())
    assert html == '<h2 id="s0" tabindex="-1">第一章</h2><h6 id="s4" tabindex="-1">第二条</h6><p>内容</p>'


def test_the_panel_gets_the_document_without_a_page_around_it(address: str) -> None:
    panel = get(address, view="panel")
    assert panel.text.startswith('<article class="reading"')
    assert "<h1" not in panel.text
    assert "<script" not in panel.text


def test_a_document_that_is_not_there_is_said_so(address: str) -> None:
    for path in ("nowhere.txt", "../app.py", "%00", "a" * 3_000):
        page = get(address, path)
        assert page.status_code == 404
    assert "没有这份文件" in get(address, "nowhere.txt").text


def test_links_lead_home_however_many_slashes_an_id_has(address: str) -> None:
    page = get(address)
    assert 'src="../../page/display.js' in page.text
    assert '<form class="ask" method="get" action="../../">' in page.text
    for path in re.findall(r'(?:src|href)="(\.\./\.\./page/[^"]+)"', page.text):
        assert httpx.get(f"{address}/documents/{quote(ID)}").url.join(path)
        assert httpx.get(httpx.URL(f"{address}/documents/{quote(ID)}").join(path)).status_code == 200


def test_the_list_names_title_origin_and_passages_and_can_be_searched(address: str, scripted: Scripted) -> None:
    page = httpx.get(f"{address}/documents")
    assert scripted.index.article.title in page.text
    assert f"{len(scripted.index.passages)} 个段落" in page.text
    assert "共 1 份" in httpx.get(f"{address}/documents", params={"find": "高質量 培訓"}).text
    assert "没有符合的文件" in httpx.get(f"{address}/documents", params={"find": "渔业"}).text


def test_a_long_list_is_turned_over_page_by_page() -> None:
    documents = [Document(str(number), f"文件{number:03}", "") for number in range(120)]
    shelf = Shelf(documents, Counter())
    assert [len(re.findall("<li>", document_page._list(shelf, "", page, TOLD))) for page in (1, 2, 3, 99)] == [
        50,
        50,
        20,
        20,
    ]
    assert "第 2 页，共 3 页" in document_page._list(shelf, "", 2, TOLD)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


def test_hostile_titles_texts_and_searches_stay_text(address: str, scripted: Scripted) -> None:
    evil = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
    scripted.index.documents = (Document("d", evil, evil, source="javascript:alert(3)", issuer=evil, addressee=evil),)
    for page in (get(address, "d", find="<img src=x onerror=alert(1)>"), get(address, "d", view="panel"),
                 httpx.get(f"{address}/documents", params={"find": "<img src=x onerror=alert(1)>"})):  # fmt: skip
        tags = Tags(page.text).seen
        assert not [tag for tag, _ in tags if tag == "img"]
        assert not [attrs for _, attrs in tags if any(name.startswith("on") for name, _ in attrs)]
        assert not [attrs for tag, attrs in tags if tag == "script" and "src" not in dict(attrs) and dict(attrs).get("id") != "page-data"]  # fmt: skip
        assert "javascript:" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_pages_may_stand_in_frames_of_the_allowed_origins_alone(
    serve_whole: Callable[..., Any], open_state: Callable[[], Any]
) -> None:
    from assistant.settings import Settings

    origins = "https://www.hubei.gov.cn, http://localhost:8000/"
    with serve_whole(open_state(), Settings(allowed_origins=origins)) as address:
        for path in ("/", "/documents", f"/documents/{quote(ID)}"):
            headers = httpx.get(address + path).headers
            assert "frame-ancestors 'self' https://www.hubei.gov.cn http://localhost:8000" in headers["content-security-policy"]  # fmt: skip
            assert "x-frame-options" not in headers
        for path in ("/api/documents", "/a/unknown"):
            assert httpx.get(address + path).headers["x-frame-options"] == "DENY"
    with serve_whole(open_state(), Settings()) as address:
        headers = httpx.get(address).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "origins",
    ["example.org", "https://a.cn/path", "https://a.cn; script-src *", "*", "javascript:alert(1)", "https://"],
)
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    from assistant.errors import SettingsError
    from assistant.settings import load_settings

    monkeypatch.setenv("POLICY_ALLOWED_ORIGINS", origins)
    with pytest.raises(SettingsError, match="POLICY_ALLOWED_ORIGINS"):
        load_settings()
