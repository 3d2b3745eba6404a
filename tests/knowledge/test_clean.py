"""The furniture of a saved page is separated from the article, and nothing of the article is lost."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from knowledge.document import Document

PHONE = "010-678-55601"


def test_the_article_keeps_its_title_and_its_date(article: Document) -> None:
    assert article.title == "湖北:推动职业技能培训高质量发展 为技能型社会建设培养劳动者大军"
    assert article.published == "2022-07-14"


def test_the_article_loses_its_breadcrumb_its_site_header_and_its_counter(article: Document) -> None:
    assert article.text.startswith(article.title)
    for furniture in ("首页 >", "地方新闻", "阅读次数", "电话:\n"):
        assert furniture not in article.text


def test_the_date_line_and_the_contact_block_can_still_be_cited(article: Document) -> None:
    assert "\n发布时间:2022-07-14\n" in article.text
    contact = article.text[article.text.index("联系方式") :]
    assert contact == "\n".join(("联系方式", *article.contact))
    assert article.contact[0] == PHONE
    assert article.contact[1].startswith("地址:总院:北京大兴亦庄开发区")
    assert article.contact[1].endswith("31A-0799")


def test_every_line_of_the_article_below_its_date_is_kept_as_it_was(article: Document, article_path: Path) -> None:
    saved = article_path.read_text(encoding="utf-8")
    body = saved[saved.index("技能是强国之基") :].strip()
    assert body in article.text


def test_a_document_number_between_title_and_date_is_neither_title_nor_lost() -> None:
    page = clean.page("关于做好培训的通知\n人社发〔2022〕5号\n发布日期：2022年1月5日 浏览量:12\n\n正文。", "文件名")
    assert page.title == "关于做好培训的通知"
    assert page.published == "2022-01-05"
    assert page.text == "关于做好培训的通知\n人社发〔2022〕5号\n发布日期：2022年1月5日\n\n正文。"


def test_a_date_at_the_end_of_a_text_makes_no_header_of_what_stands_above_it() -> None:
    text = "关于做好培训的通知\n各市人社局：\n现通知如下。\n某某局\n发布日期：2022年1月1日"
    assert clean.page(text, "文件名").text == text


def test_a_line_of_the_text_that_ends_like_a_counter_is_kept() -> None:
    text = "工作要点\n第一句。\n推动全民阅读\n点击量 5"
    assert clean.page(text, "文件名").text == text


def test_a_site_header_without_a_breadcrumb_goes_and_its_contact_stays() -> None:
    page = clean.page("某某网\n联系电话：027-87651234\n\n标题\n更新时间：2022-03-01\n正文。", "文件名")
    assert page.text == "标题\n更新时间：2022-03-01\n正文。\n\n联系方式\n联系电话：027-87651234"
    assert page.contact == ("联系电话：027-87651234",)


def test_a_date_that_is_in_no_calendar_is_no_date_of_publication() -> None:
    assert clean.page("标题\n发布时间：2022-13-45\n正文。", "文件名").published is None


def test_a_text_without_furniture_is_itself_and_its_first_line_is_its_title() -> None:
    page = clean.page("关于印发方案的通知\n\n正文第一段。", "文件名")
    assert page == clean.Page("关于印发方案的通知\n\n正文第一段。", "关于印发方案的通知", None, ())


def test_a_first_line_too_long_for_a_title_leaves_the_file_name() -> None:
    assert clean.page("很长的一段话" * 30, "文件名").title == "文件名"


def test_characters_no_reader_sees_are_dropped_and_line_ends_unified() -> None:
    assert clean.characters("\ufeff补\u200b贴\x00标\u202e准\ud800\r\n一\r二\u2028三") == "补贴标准\n一\n二\n三"


def test_other_line_ends_do_not_join_lines() -> None:
    assert clean.characters("甲\x0c乙\x0b丙\x85丁\u2029戊") == "甲\n乙\n丙\n丁\n戊"


INVISIBLE = "\x00\x07\x1f\x7f\x9f\u00ad\u200b\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\ud800\udfff"


def visible(text: str) -> str:
    """What a reader sees of a text, without its spaces, said in other words than the cleaner's."""
    return "".join(
        character
        for character in text
        if not character.isspace()
        and unicodedata.category(character) not in {"Cc", "Cs"}
        and character not in INVISIBLE
    )


@given(
    st.text(
        st.characters(exclude_categories=("Cn", "Co", "Cf")) | st.sampled_from([*INVISIBLE, "\n", " ", "　", "。"]),
        max_size=200,
    )
)
@settings(max_examples=300, deadline=None)
def test_no_visible_character_is_lost_or_moved(text: str) -> None:
    assert visible(clean.lines(clean.characters(text))) == visible(text)


BODY = st.lists(
    st.text("技能培训补贴按规定发放，。；：0123456789（）\n 　", min_size=1, max_size=40), min_size=1, max_size=6
)


@given(BODY)
@settings(max_examples=200, deadline=None)
def test_the_body_of_a_page_is_kept_whole_and_in_order(paragraphs: list[str]) -> None:
    """Below the first whole sentence nothing is furniture, whatever it looks like."""
    body = "\n".join(["第一句话到此为止。", *paragraphs])
    page = clean.page(f"关于做好培训的通知\n发布时间：2022-01-05 浏览量:12\n\n{body}", "文件名")
    assert visible(page.text) == visible(f"关于做好培训的通知发布时间：2022-01-05{body}")


def test_every_kind_of_dropped_character_is_counted() -> None:
    assert clean.remarks("a\x00\x07\u200b\u200b\u202e\ud800", "f") == [
        "f：去掉了1 个空字符、1 个控制字符、2 个不可见字符、1 个文字方向符、1 个不成对的代理字符"
    ]


@given(st.text(max_size=100))
@settings(max_examples=300, deadline=None)
def test_what_is_dropped_is_said_and_nothing_else_is(text: str) -> None:
    """The counts of a remark add up to the characters that go; a text that keeps all has none."""
    gone = len(clean._LINE_END.sub("\n", text)) - len(clean.characters(text))
    told = sum(
        int(count)
        for remark in clean.remarks(text.replace("\ufffd", ""), "")
        for count in re.findall(r"(\d+) 个", remark)
    )
    assert told == gone


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean.lines(clean.characters(text))
    assert clean.lines(clean.characters(once)) == once


@pytest.mark.parametrize(
    "text",
    [
        *(character * 200_000 for character in "技a1 \n。《(-:"),
        "a" + " " * 200_000 + "b",
        "阅读次数" + " " * 200_000 + "x",
        "发布时间" + " " * 200_000 + "x",
        "位置" + " " * 200_000 + "首",
        "标题\n" * 50_000,
        "电话" * 100_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_time_is_bounded(text: str, bounded: Callable[..., None]) -> None:
    bounded(10, clean.page, text, "文件名")
