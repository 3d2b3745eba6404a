"""The pages beside the chat: one bar, one style, three languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from assistant.answer import Answer, Citation, Status, Turn
from assistant.channels.messages import Language, messages
from assistant.settings import Settings
from assistant.state.shared import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PASSWORD = "geheim-geheim"
PATHS = ("timeline", "timeline?view=table", "documents", "documents/湖北/培训.txt", "a/kept", "a/unknown", "admin",
         "admin/statistics", "admin/settings")  # fmt: skip
HAN = re.compile(r"[\u4e00-\u9fff]")


class Words(HTMLParser):
    """The words of a page that are not marked as a document's, and the links of its bar."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.own: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and any(name == "header" for name, _ in self.open):
            self.links.append(given["href"] or "")
        if tag not in {"meta", "link", "input", "br"}:
            self.open.append((tag, tag != "html" and "lang" in given))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(foreign or tag in {"script", "title"} for tag, foreign in self.open):
            self.own.append(data.strip())


@pytest.fixture(scope="module")
def browser(serve_whole: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client that is signed in, before a service that holds one answer."""
    state = State()
    citation = Citation("湖北/培训.txt", "题", 0, 4, "职业技能")
    state.answers.keep(Turn("Training?", Answer("kept", Status.ANSWERED, "有培训。[1]", (citation,))))
    settings = Settings.model_validate({"data_dir": tmp_path_factory.mktemp("data"), "admin_password": PASSWORD})
    with serve_whole(state, settings) as address, httpx.Client(base_url=address) as client:
        assert client.post("/admin/sign-in", data={"password": PASSWORD}).status_code == 303
        yield client


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("path", PATHS)
def test_every_page_comes_in_every_language_under_the_same_bar(
    browser: httpx.Client, path: str, language: Language
) -> None:
    told = messages(language)
    page = browser.get(f"/{path}{'&' if '?' in path else '?'}lang={language.value}")
    assert page.status_code == (404 if path.endswith("unknown") else 200)
    assert f'<html lang="{language.tag}">' in page.text
    assert f'aria-current="true">{language.own_name}</a>' in page.text
    for name in ("nav.home", "nav.documents", "nav.timeline", "settings.theme.dark", "settings.size.largest"):
        assert f">{told(name)}</" in page.text
    leading = [page.url.join(link) for link in Words(page.text).links]
    assert [link.path for link in leading[1:4]] == ["/", "/documents", "/timeline"]
    # The languages lead to the same page, with what narrows it.
    for link, other in zip(leading[-3:], Language, strict=True):
        assert link.path == page.url.path
        assert set(page.url.params.remove("lang").multi_items()) <= set(link.params.multi_items())
        assert link.params.get_list("lang") == [other.value]


@pytest.mark.parametrize("path", PATHS)
def test_an_english_page_has_chinese_words_only_where_it_says_so(browser: httpx.Client, path: str) -> None:
    page = browser.get(f"/{path}{'&' if '?' in path else '?'}lang=en")
    assert [text for text in Words(page.text).own if HAN.search(text)] == []
    assert 'lang="zh-CN"' in page.text


def test_a_language_that_was_chosen_on_one_page_is_that_of_the_others(browser: httpx.Client) -> None:
    browser.get("/timeline?lang=zh-Hant")
    for path in PATHS:
        assert '<html lang="zh-Hant">' in browser.get(f"/{path}").text
    browser.get("/admin?lang=zh-Hans")
    assert '<html lang="zh-CN">' in browser.get("/a/kept").text


def test_style_and_scripts_are_there_and_the_policy_lets_nothing_else_in(browser: httpx.Client) -> None:
    for path in PATHS:
        page = browser.get(f"/{path}")
        loaded = re.findall(r'(?:src|href)="([^"]*page/[^"]+)"', page.text)
        assert len(loaded) >= 3
        for link in loaded:
            assert browser.get(page.url.join(link)).status_code == 200
        assert "style-src 'self';" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]


def test_what_was_said_in_one_language_is_shown_in_another() -> None:
    from assistant.channels.admin.saying import Saying, shown

    kept = Saying("progress.reading", {"number": 1, "total": 2, "name": "{甲}.pdf"}).kept()
    assert shown(kept, messages()) == "正在读取 1/2：{甲}.pdf"
    assert shown(kept, messages(Language.ENGLISH)) == "Reading 1 of 2: {甲}.pdf"
    for text in ("正在计算向量", "", "[1, 2]", '["no.such", {}]', "[]", "{}"):
        assert shown(text, messages()) == text


def test_every_setting_has_its_meaning_in_every_language() -> None:
    for language in Language:
        for name in Settings.model_fields:
            assert messages(language)(f"setting.{name}")
