"""What is a heading and what is not, and how headings nest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.chunk import outline
from knowledge.outline import read

if TYPE_CHECKING:
    from knowledge.document import Document


def told(text: str) -> list[tuple[int, str]]:
    return [(section.level, section.title) for section in outline(text)]


def test_the_article_has_four_parts_and_ten_sections_under_three_of_them(article: Document) -> None:
    sections = outline(article.text)
    assert [section.title for section in sections if section.level == 1] == [
        "职业技能培训高质量发展具有良好工作基础?",
        "全面深入准确把握新时期职业技能培训高质量发展的总体要求?",
        "为技能型社会建设培养劳动者大军?",
        "联系方式",
    ]
    assert len([section for section in sections if section.level == 2]) == 3 + 3 + 4


def test_a_heading_broken_over_two_lines_is_one_heading_with_both_in_its_span(article: Document) -> None:
    section = next(section for section in outline(article.text) if section.title.startswith("全面深入"))
    assert article.text[section.start : section.end] == "全面深入准确把握\n\n新时期职业技能培训高质量发展的总体要求?"


@pytest.mark.parametrize("gap", ["\n", " "], ids=["lines", "one line"])
def test_headings_nest_as_statutes_and_notices_rank_them(gap: str) -> None:
    text = gap.join(
        ["第一编 总则", "第一章 目的", "第一节 依据", "第一条 为了就业，制定本法。", "第二章 对象", "第二条 本法适用于职工。"]
    )  # fmt: skip
    assert told(text) == [
        (1, "第一编 总则"), (2, "第一章 目的"), (3, "第一节 依据"), (4, "第一条"), (2, "第二章 对象"), (3, "第二条"),
    ]  # fmt: skip


def test_other_marks_nest_in_the_order_they_appear() -> None:
    under = "甲方负责。乙方协助。"
    text = f"1.对象\n{under}\n（一）条件\n{under}\n（二）材料\n{under}\n2.标准\n{under}\n（一）金额\n{under}"
    assert told(text) == [(1, "1.对象"), (2, "（一）条件"), (2, "（二）材料"), (1, "2.标准"), (2, "（一）金额")]


def test_numbers_that_run_on_over_several_parts_stay_below_them() -> None:
    text = "一、扶持企业 1.减免房租。国有房屋免收。 2.返还保费。按比例返还。 二、稳定就业 3.发放补助。按人发放。 4.组织培训。按期组织。"
    assert told(text) == [
        (1, "一、扶持企业"), (2, "1.减免房租"), (2, "2.返还保费"), (1, "二、稳定就业"), (2, "3.发放补助"), (2, "4.组织培训"),
    ]  # fmt: skip


def test_a_heading_inside_running_text_is_the_short_phrase_behind_its_mark() -> None:
    text = "通知如下： 一、切实加强宣传引导。广泛深入宣传。让群众知晓。 二、加大支持力度 各地要落实。"
    assert told(text) == [(1, "一、切实加强宣传引导"), (1, "二、加大支持力度")]


def test_a_part_that_goes_on_in_a_sentence_is_headed_by_its_mark() -> None:
    text = "通知如下： 一、自2020年2月起，免征单位缴费部分，期限不超过5个月。 二、受影响的企业，可申请缓缴。 三、各省要落实。"
    assert told(text) == [(1, "一、"), (1, "二、"), (1, "三、")]


@pytest.mark.parametrize(
    "text",
    [
        "提交下列材料\n(一)身份证\n(二)毕业证\n(三)申请表",
        "应当提交：（一）身份证；（二）毕业证；（三）申请表。",
        "有下列情形之一的：\n1.重新就业的；\n2.移居境外的。",
        "课程如下：\n● 电工\n● 焊工",
        "依照本法第五十三条第（二）项和第三章的规定，适用第十二条。",
        "占3.5%。2.5万人参加。 第一、第二产业发展。",
        "他问：怎么办？没有人答：好。",
        "他们都在想：怎么办？其实答案很简单。",
    ],
)
def test_items_of_a_list_and_references_are_no_headings(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一条【立法目的】为了就业，制定本法。", "第一条【立法目的】"),
        ("第二条 适用范围\n本办法适用于本市。", "第二条 适用范围"),
        ("第二条 适用范围 本办法适用于本市。", "第二条 适用范围"),
        ("第十二条 申请人应当提交材料。", "第十二条"),
        ("第十二条　申请人应当提交材料。", "第十二条"),
        ("第十二条之一 申请人应当提交材料。", "第十二条之一"),
        ("第六章　附　则\n本办法自印发之日起施行。", "第六章　附　则"),
    ],
)
def test_an_article_is_known_by_its_number_and_its_name_where_it_has_one(text: str, expected: str) -> None:
    assert told(text) == [(1, expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("问：怎样申请？\n答：网上申请。\n问：多久办结？\n答：10日。", ["问：怎样申请？", "问：多久办结？"]),
        ("Q1：怎样申请？ A1：网上申请。 Q2：多久办结？ A2：10日。", ["Q1：怎样申请？", "Q2：多久办结？"]),
        ("1.怎样申请？答：带上：1.身份证；2.照片。\n2.多久办结？答：10日。", ["1.怎样申请？", "2.多久办结？"]),
        (
            "1、问：怎样申请？\n答：网上申请。\n2、问：多久办结？\n答：10日。",
            ["1、问：怎样申请？", "2、问：多久办结？"],
        ),
        ("怎样申请？\n网上申请。\n多久办结？\n10日。", ["怎样申请？", "多久办结？"]),
        ("一、怎样申请？\n网上申请。\n二、办结时限\n10日。", ["一、怎样申请？", "二、办结时限"]),
    ],
)
def test_questions_are_headings_beside_each_other(text: str, expected: list[str]) -> None:
    assert told(text) == [(1, title) for title in expected]


def test_a_table_of_contents_heads_nothing() -> None:
    text = (
        "条例\n目 录\n第一章 总则\n第二章 附则\n第一章 总则\n第一条 为了就业。\n第二章 附则\n第二条 自印发之日起施行。"
    )
    assert [title for _, title in told(text)] == ["第一章 总则", "第一条", "第二章 附则", "第二条"]


def test_a_reference_to_an_annex_is_no_annex() -> None:
    assert told("应当具备条件（见附件1）。 附件2的要求同样适用。 按照附件3办理。") == []


def test_a_list_knows_what_leads_in_and_where_it_ends() -> None:
    text = "第一条 有下列情形之一的：\n（一）甲；\n（二）乙。\n另有规定的除外。"
    [found] = read(text).lists
    assert found.lead is not None
    assert text[slice(*found.lead)] == "有下列情形之一的："
    assert [text[start : start + 4] for start in found.starts] == ["（一）甲", "（二）乙"]
    assert text[: found.end].endswith("（二）乙。")


def test_a_title_that_asks_is_no_question_of_a_page_of_questions() -> None:
    assert told("互联网怎样帮助培训？\n线上课程很多。\n学员很满意。") == []


def test_the_heading_of_a_bulleted_part_is_its_line() -> None:
    text = "■ 招生对象\n本市劳动者。\n■ 报名材料\n● 身份证\n● 照片\n■ 报名时间\n三月。"
    assert told(text) == [(1, "■ 招生对象"), (1, "■ 报名材料"), (1, "■ 报名时间")]
