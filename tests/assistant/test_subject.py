"""What a question is about, and how a new part takes the place of the old one of its kind."""

from __future__ import annotations

import pytest

from assistant.exchange import exchanged, place_of
from assistant.subject import names_none, subject

PLACES = {"望湖市": "望湖市", "望湖": "望湖市", "青沅市": "青沅市", "青沅": "青沅市"}


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("望湖市培训补贴审核要多久？", "望湖市培训补贴"),
        ("望湖灵活就业社保补贴每季度几号之前申请", "望湖灵活就业社保补贴"),
        ("失业保险金每月多少钱？", "失业保险金"),
        ("谁印发了《节水行动方案》？", "《节水行动方案》"),
        ("企业要不要自己申请稳岗返还？", "稳岗返还"),  # that a firm asks tells little
        ("要带什么材料", ""),
    ],
)
def test_what_a_question_is_about(question: str, about: str) -> None:
    assert subject(question, PLACES) == about


@pytest.mark.parametrize("question", ["要带什么材料？", "多久能到账", "在哪儿办", "咨询电话是多少", "截止时间呢"])
def test_what_only_asks_names_no_subject(question: str) -> None:
    assert names_none(question)


@pytest.mark.parametrize("question", ["失业保险金怎么申领？", "明天会下雨吗", "2019年呢", ""])
def test_what_names_something_of_its_own_does(question: str) -> None:
    assert not names_none(question)


@pytest.mark.parametrize(
    ("before", "new", "expected"),
    [
        ("望湖市的社保补贴给多少？", "青沅", "青沅的社保补贴给多少？"),
        ("望湖市技师培训补贴多少", "高级技师", "望湖市高级技师培训补贴多少"),
        ("2024年中小微企业返还多少？", "大型企业", "2024年大型企业返还多少？"),
        ("个人担保贷款最高多少？", "小微企业", "小微企业担保贷款最高多少？"),
        ("养老护理员补贴上浮多少", "茶艺师", "茶艺师补贴上浮多少"),
        ("网上申报时间是哪天", "公示", "网上公示时间是哪天"),
        ("第一期是什么班？", "第二期", "第二期是什么班？"),
        ("缴满5年的，最长领多久？", "缴了10年以上的", "缴了10年以上的最长领多久？"),
        ("补贴标准是多少？", "电话", None),  # nothing of its kind is there
    ],
)
def test_a_part_takes_the_place_of_what_is_of_its_kind(before: str, new: str, expected: str | None) -> None:
    assert exchanged(before, new, PLACES) == expected


def test_a_place_is_known_by_the_documents_by_the_dictionary_or_by_its_ending() -> None:
    assert [place_of(text, PLACES) for text in ("望湖能领吗", "江西省呢", "澄溪县呢", "小微企业呢")] == [
        "望湖",
        "江西省",
        "澄溪县",
        "",
    ]
