"""Saved web pages -> their main text, title and facts, and nothing that is hidden, active or of the site.

``tests/data/pages`` holds pages written by hand in the shapes of government sites and WeChat, ``tests/golden/pages`` the
text each should give.
"""

from __future__ import annotations

import codecs
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.document import Document
from knowledge.errors import SourceError
from knowledge.sources import html
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = Path(__file__).parents[1] / "data" / "pages"
GOLDEN = Path(__file__).parents[1] / "golden" / "pages"
BODY = "<p>各有关单位：</p><p>请做好技能培训工作，现将要求通知如下。</p>"


def page(folder: Path, markup: str | bytes, name: str = "a.html") -> Path:
    path = folder / name
    path.write_bytes(markup if isinstance(markup, bytes) else markup.encode())
    return path


def text_of(folder: Path, markup: str | bytes) -> str:
    return html.read(page(folder, markup), "a").text


@pytest.mark.parametrize("golden", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_a_page_gives_its_golden_text(golden: Path) -> None:
    source = PAGES / f"{golden.stem}.html"
    assert html.read(source, source.name).text + "\n" == golden.read_text(encoding="utf-8")


FACTS = {
    "trs_notice": {
        "title": "青川市人力资源和社会保障局关于做好技能培训补贴工作的通知",
        "issuer": "青川市人力资源和社会保障局",
        "number": "青人社发〔2022〕9号",
        "written": "2022-03-07",
        "published": "2022-03-08",
        "effective": "2022-04-01",
        "expires": "2025-03-31",
        "validity": "现行有效",
        "addressee": "各县（区）人力资源和社会保障局，各有关单位",
    },
    "ucap_opinion": {
        "title": "青川市人民政府关于稳定就业的意见",
        "issuer": "青川市人民政府",
        "number": "青政发〔2021〕6号",
        "written": "2021-05-18",
        "published": "2021-05-20",
        "addressee": "各县、区人民政府，市政府各部门",
    },
    "zoom_measures": {
        "title": "青川市失业保险稳岗措施",
        "published": "2020-02-18",
        "effective": "2020-02-20",
        "expires": "2020-12-31",
    },
    "old_tables": {
        "title": "关于发放冬季取暖补助的通知",
        "issuer": "青川县民政局",
        "written": "2019-11-04",
        "published": "2019-11-05",
        "addressee": "各乡镇人民政府、街道办事处",
    },
    "wechat_article": {"title": "失业补助金怎么领？一文说清", "published": "2021-02-03"},
    "questions_page": {"title": "养老保险常见问题", "published": "2022-06-01"},
}


@pytest.mark.parametrize("name", FACTS)
def test_a_page_tells_its_facts(name: str) -> None:
    document = html.read(PAGES / f"{name}.html", name)
    told = {
        field: getattr(document, field)
        for field in Document.__slots__
        if field not in {"id", "text", "source", "contact", "pages"} and getattr(document, field) is not None
    }
    assert told == FACTS[name]


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_that_stands_on_the_page_can_be_cited(name: str) -> None:
    document = html.read(PAGES / f"{name}.html", name)
    for value in (document.title, document.issuer, document.number, document.published, document.validity):
        assert value is None or value in document.text


def test_a_list_of_links_is_no_document() -> None:
    with pytest.raises(SourceError, match=r"news_list\.html：网页里没有正文"):
        html.read(PAGES / "news_list.html", "a")


class TestWhatIsLeftOut:
    @pytest.mark.parametrize(
        "hidden",
        [
            "<script>alert('坏话')</script>",
            "<style>.a{content:'坏话'}</style>",
            "<!-- 坏话 -->",
            "<p style='display: none'>坏话。</p>",
            "<p style='VISIBILITY:hidden'>坏话。</p>",
            "<p hidden>坏话。</p>",
            "<p style='opacity:0'>坏话。</p>",
            "<p style='font-size: 0px'>坏话。</p>",
            "<p style='position:absolute;left:-9999px'>坏话。</p>",
            "<noscript>坏话</noscript>",
            "<template><p>坏话</p></template>",
            "<iframe src='http://example.org/'>坏话</iframe>",
            "<object data='x'>坏话</object>",
            "<svg><text>坏话</text></svg>",
            "<textarea>坏话</textarea>",
            "<select><option>坏话</option></select>",
            "<img src=x onerror=alert(1) alt='坏话'>",
            "<div class='share'>坏话</div>",
            "<nav><a href=/>坏话</a></nav>",
            "<footer>坏话，版权所有。</footer>",
        ],
    )
    def test_nothing_hidden_active_or_of_the_site_is_kept(self, tmp_path: Path, hidden: str) -> None:
        text = text_of(tmp_path, f"<title>标题</title><div>{BODY}{hidden}<p>请于月底前报送，逾期不候。</p></div>")
        assert text == "标题\n各有关单位：\n请做好技能培训工作，现将要求通知如下。\n请于月底前报送，逾期不候。"

    def test_entities_and_external_references_bring_nothing_in(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret.txt"
        secret.write_text("机密", encoding="utf-8")
        markup = (
            f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "好"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "{secret.as_uri()}">]>'
            f"<title>标题</title>{BODY}<p>&x;&b;</p>"
        )
        assert "机密" not in text_of(tmp_path, markup)

    def test_no_connection_is_ever_opened(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*arguments: object) -> None:
            raise AssertionError("a connection was opened")

        monkeypatch.setattr(socket, "socket", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        markup = (
            '<!DOCTYPE html SYSTEM "http://127.0.0.1:9/x.dtd"><base href="http://127.0.0.1:9/">'
            '<link rel=stylesheet href="http://127.0.0.1:9/a.css"><img src="http://127.0.0.1:9/a.png">'
        )
        assert text_of(tmp_path, f"{markup}<title>标题</title>{BODY}").startswith("标题")

    def test_text_that_is_faint_or_sized_by_its_inner_blocks_is_kept(self, tmp_path: Path) -> None:
        faint = "<section style='font-size:0'><p style='font-size:16px;opacity:0.9;text-indent:-2em'>请于月底前报送。</p></section>"
        assert "请于月底前报送。" in text_of(tmp_path, f"<title>标题</title><div>{BODY}{faint}</div>")


class TestLines:
    @pytest.mark.parametrize(
        ("markup", "lines"),
        [
            ("<p>甲<b>乙</b><a href=x>丙</a>。</p>", ["甲乙丙。"]),
            ("<p>甲。<br>乙。</p>", ["甲。", "乙。"]),
            ("<h2>一、甲</h2><div>乙。<div>丙。</div>丁。</div>", ["一、甲", "乙。", "丙。", "丁。"]),
            ("<ol><li>甲。</li><li>乙。</li></ol>", ["1. 甲。", "2. 乙。"]),
            ("<ol start=4><li>甲。</li></ol>", ["4. 甲。"]),
            ("<ul><li>甲。</li><li>乙。</li></ul>", ["甲。", "乙。"]),
            ("<p>&nbsp;&nbsp;　甲  乙。\n丙</p>", ["甲 乙。 丙"]),
            ("<table><tr><th>类</th><th>元</th></tr><tr><td>甲</td><td>1</td></tr></table>", ["类：甲；元：1"]),
            (
                "<table><tr><td rowspan=2>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>",
                ["甲 | 乙", "甲 | 丙"],
            ),
            ("<table><tr><td><p>甲</p><p>乙</p></td><td></td><td>丙</td></tr></table>", ["甲 乙 |  | 丙"]),
            ("<table><tr><td>甲。</td></tr><tr><td>乙。</td></tr></table>", ["甲。", "乙。"]),
        ],
    )
    def test_a_block_is_a_line_and_a_row_is_a_line(self, tmp_path: Path, markup: str, lines: list[str]) -> None:
        text = text_of(tmp_path, f"<title>标题</title><div id=zoom>{markup}<p>以上事项，请认真执行。</p></div>")
        assert text.split("\n") == ["标题", *lines, "以上事项，请认真执行。"]

    def test_a_lead_above_and_a_signature_below_the_main_block_belong_to_it(self, tmp_path: Path) -> None:
        parts = (
            "<div class=lead>先说结论，补贴照发。</div>",
            f"<div class=text>{BODY * 4}</div>",
            "<div class=sign><p>青川市财政局</p><p>2022年3月7日</p></div>",
        )
        lines = text_of(tmp_path, f"<title>标题</title><div class=box><h1>标题</h1>{''.join(parts)}</div>").split("\n")
        assert (lines[0], lines[1]) == ("标题", "先说结论，补贴照发。")
        assert lines[-2:] == ["青川市财政局", "2022年3月7日"]

    @given(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12),
            min_size=1,
            max_size=12,
        ),
        st.sampled_from(["p", "div", "li", "td", "section", "h3", "b", "span", "font"]),
    )
    @settings(max_examples=80, deadline=None)
    def test_no_character_of_the_content_block_is_lost_or_moved(
        self, tmp_path_factory: pytest.TempPathFactory, words: list[str], tag: str
    ) -> None:
        from html import escape

        inner = "".join(f"<{tag}>{escape(word)}</{tag}>" for word in words)
        if tag == "td":
            inner = f"<table><tr>{inner}</tr></table>"
        marker = "正文从这里开始，到那里结束。"
        text = text_of(
            tmp_path_factory.mktemp("page"),
            f"<title>标题</title><div id=zoom><p>{marker}</p>{inner}<p>{marker}</p></div>",
        )
        between = text.split(marker)[1]
        wanted = "".join("".join(words).split())
        shown = "".join(between.replace(" | ", "").split())
        assert shown == "".join(wanted.replace(" | ", "").split())


class TestTitles:
    @pytest.mark.parametrize(
        ("head", "body", "title"),
        [
            ("<meta name=ArticleTitle content=甲的通知><title>乙</title>", "<h1>丙</h1>", "甲的通知"),
            ("<title>乙_某网站</title>", "<h1>丙的通知</h1>", "丙的通知"),
            ("<title>乙的通知_某网站</title>", "", "乙的通知"),
            ("<title>乙的通知 - 某网站</title>", "", "乙的通知"),
            ("<title>2021-2025年规划的通知</title>", "", "2021-2025年规划的通知"),
            ("<title></title>", "", "a"),
        ],
    )
    def test_the_title_is_the_one_the_page_declares(self, tmp_path: Path, head: str, body: str, title: str) -> None:
        assert html.read(page(tmp_path, f"<head>{head}</head>{body}<div>{BODY}</div>"), "a").title == title

    def test_a_title_that_the_text_repeats_over_lines_stands_once(self, tmp_path: Path) -> None:
        text = text_of(
            tmp_path, f"<title>甲局关于培训的通知</title><div id=zoom><p>甲局</p><p>关于培训的通知</p>{BODY}</div>"
        )
        assert text.startswith("甲局关于培训的通知\n各有关单位：")


class TestEncodings:
    @pytest.mark.parametrize(
        ("declared", "encoding"),
        [
            ("utf-8", "utf-8"),
            ("gb2312", "gb18030"),
            ("GBK", "gbk"),
            ("big5", "big5"),
            ("utf-8", "gbk"),
            ("gb2312", "utf-8"),
            ("x-unknown", "gb18030"),
            ("", "gb18030"),
        ],
    )
    def test_a_page_is_decoded_right_whatever_it_declares(self, tmp_path: Path, declared: str, encoding: str) -> None:
        words = (
            "請做好職業技能培訓工作，現將有關事項通知如下。"
            if encoding == "big5"
            else "请做好职业技能培训工作，现将有关事项通知如下。"
        )
        meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
        assert words in text_of(tmp_path, f"{meta}<title>标题</title><p>{words}</p>".encode(encoding, "ignore"))

    def test_a_byte_order_mark_goes_before_what_is_declared(self, tmp_path: Path) -> None:
        assert "请做好技能培训" in text_of(tmp_path, codecs.BOM_UTF8 + f"<meta charset=gbk>{BODY}".encode())

    def test_a_page_in_no_chinese_encoding_is_rejected_by_name(self, tmp_path: Path) -> None:
        path = page(tmp_path, "<p>직업 능력 개발 훈련에 관한 통지입니다</p>".encode("euc-kr"))
        with pytest.raises(SourceError, match="无法识别文字编码"):
            html.read(path, "a")


class TestBounds:
    @pytest.mark.parametrize(
        "markup",
        [
            "<div>" * 100_000 + "文。",
            "<b>" * 100_000 + "文。",
            "<table><tr><td>" * 20_000,
            "技" * 4_000_000,
            "",
            "<html></html>",
        ],
        ids=["divs", "inline", "tables", "one run", "empty", "no body"],
    )
    def test_what_is_beyond_reading_is_refused_by_name_in_bounded_time(
        self, tmp_path: Path, markup: str, bounded: Callable[..., None]
    ) -> None:
        path = page(tmp_path, markup)
        bounded(5, read_all, [str(path)])
        (failure,) = read_all([str(path)]).failures
        assert failure.source == str(path)

    @pytest.mark.parametrize(
        "markup",
        [
            "<p>一段话，很短。</p>" * 20_000,
            "<table>" + "<tr><td rowspan=9999>甲，乙。</td><td>丙</td></tr>" * 10_000 + "</table>",
            "<table><tr><td>甲，乙。</td><td>丙</td></tr></table>" * 5_000,
            "<ul>" + "<li><a href=x>甲乙丙</a></li>" * 20_000 + "</ul><p>这里是正文，只有一句。</p>",
            "<p>甲，乙。" + " " * 500_000 + "丙。</p><p>丁，戊，己，庚，辛。</p>",
            "<p " + "a=b " * 100_000 + ">甲，乙，丙，丁，戊，己，庚。</p>",
            "<!--" + "x" * 1_000_000 + "--><p>甲，乙，丙，丁，戊，己，庚。</p>",
            "<a x='" * 50_000,
            "&" * 200_000,
            "<" * 200_000,
        ],
        ids=lambda markup: markup[:8],
    )
    def test_time_is_bounded(self, tmp_path: Path, markup: str, bounded: Callable[..., None]) -> None:
        bounded(10, read_all, [str(page(tmp_path, markup))])

    def test_a_page_larger_than_the_limit_is_refused_by_name(self, tmp_path: Path) -> None:
        path = page(tmp_path, b"<p>" + b"a" * html.LARGEST)
        assert "网页超过 8 MB" in read_all([str(path)]).failures[0].reason
