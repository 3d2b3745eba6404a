"""The interface speaks three languages, and says the same in each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from assistant.answer import Status
from assistant.channels.messages import Language, messages, wanted
from assistant.channels.samples import read_samples
from assistant.steps import Step

if TYPE_CHECKING:
    from starlette.types import Scope


def scope(query: str = "", cookie: str = "") -> Scope:
    return {"type": "http", "query_string": query.encode(), "headers": [(b"cookie", cookie.encode())]}


@pytest.mark.parametrize("language", Language)
def test_every_language_has_every_message_with_the_same_places_to_fill_in(language: Language) -> None:
    first, other = messages().texts, messages(language).texts
    assert list(other) == list(first)
    for key, text in first.items():
        assert set(re.findall(r"\{(\w+)\}", other[key])) == set(re.findall(r"\{(\w+)\}", text)), key


@pytest.mark.parametrize("language", Language)
def test_statuses_steps_and_topics_have_a_name_in_every_language(language: Language) -> None:
    told = messages(language)
    assert all(told(f"status.{status.value}") for status in Status if status is not Status.SMALL_TALK)
    assert all(told(f"step.{step.value}") for step in Step)
    assert all(told(f"topic.{topic.name}") for topic in read_samples())


def test_no_simplified_character_is_left_in_traditional_and_no_chinese_in_english() -> None:
    from knowledge.words import simplified

    simple, traditional = messages().texts, messages(Language.TRADITIONAL).texts
    same = [key for key, text in traditional.items() if text == simplified(text) and text != simple[key]]
    assert same == []
    chinese = [key for key, text in messages(Language.ENGLISH).texts.items() if re.search(r"[\u4e00-\u9fff]", text)]
    assert chinese == []


def test_the_address_decides_then_what_was_chosen_before_then_chinese() -> None:
    assert wanted(scope()) is Language.SIMPLIFIED
    assert wanted(scope("lang=en")) is Language.ENGLISH
    assert wanted(scope(cookie="a=b; language=zh-Hant")) is Language.TRADITIONAL
    assert wanted(scope("lang=en", "language=zh-Hant")) is Language.ENGLISH
    for nonsense in ("lang=fr", "lang=../../etc/passwd", "lang=%ff", "lang"):
        assert wanted(scope(nonsense, 'language="<script>"')) is Language.SIMPLIFIED


def test_the_page_comes_in_the_language_asked_for_and_remembers_it(address: str) -> None:
    with httpx.Client(base_url=address) as browser:
        assert "set-cookie" not in browser.get("/").headers
        page = browser.get("/?lang=en")
        assert '<html\n\tlang="en"' in page.text
        assert "Write your question" in page.text
        assert browser.cookies["language"] == "en"
        assert "Write your question" in browser.get("/").text
        assert "Contents" in browser.get("/documents/湖北/培训.txt").text
        assert "寫下您想問的問題" in browser.get("/?lang=zh-Hant").text
