"""Lists inside running text: where the items begin and end, what stays whole."""

from __future__ import annotations

import pytest

from assistant.lists import head, listings

CHAIN = ("完善水价机制", "推广节水器具", "加强用水监管")


def only(sentence: str) -> tuple[str, ...]:
    [found] = listings(sentence)
    return found.items


@pytest.mark.parametrize(
    ("sentence", "items"),
    [
        ("提交身份证、营业执照和银行账户信息。", ("身份证", "营业执照", "银行账户信息")),
        ("主要包括甲类企业、乙类企业以及丙类企业。", ("甲类企业", "乙类企业", "丙类企业")),
        ("节水工作坚持政府引导、企业主体、社会参与的原则。", ("政府引导", "企业主体", "社会参与")),
        ("重点领域为农业灌溉、工业用水、城镇生活等领域。", ("农业灌溉", "工业用水", "城镇生活")),
        ("面向农民工、高校毕业生、退役军人等重点群体。", ("农民工", "高校毕业生", "退役军人")),
    ],
)
def test_a_coordination_begins_behind_the_word_that_governs_it_and_ends_before_its_tail(
    sentence: str, items: tuple[str, ...]
) -> None:
    assert only(sentence) == items


def test_two_lists_of_one_sentence_are_two_lists() -> None:
    found = listings("以企业自主培训、市场化培训为主要供给，以院校、机构等为主要载体。")
    assert [(listing.items, listing.after) for listing in found] == [
        (("企业自主培训", "市场化培训"), "为主要供给"),
        (("院校", "机构"), "等为主要载体"),
    ]


def test_the_words_round_a_list_say_what_it_is_a_list_of() -> None:
    [found] = listings("节水工作坚持政府引导、企业主体、社会参与的原则。")
    assert found.before.endswith("坚持")
    assert found.after == "的原则"


@pytest.mark.parametrize(
    "sentence",
    [
        "重点做好三项工作：完善水价机制；推广节水器具；加强用水监管。",
        "重点做好三项工作，即完善水价机制；推广节水器具；加强用水监管。",
        "明确了三项任务，一是完善水价机制，二是推广节水器具，三是加强用水监管。",
        "明确了三项任务：一是完善水价机制；二是推广节水器具；三是加强用水监管。",
        "三项任务：1.完善水价机制；2.推广节水器具；3.加强用水监管。",
        "三项任务：（1）完善水价机制；（2）推广节水器具；（3）加强用水监管。",
    ],
)
def test_chained_clauses_are_taken_apart_without_their_numbers(sentence: str) -> None:
    assert CHAIN in {listing.items for listing in listings(sentence) if listing.chained}


def test_brackets_are_not_cut() -> None:
    found = only("面向农民工（含返乡、留守人员）、高校毕业生、退役军人等群体。")
    assert found == ("农民工（含返乡、留守人员）", "高校毕业生", "退役军人")


def test_a_title_is_not_cut_at_the_mark_inside_it() -> None:
    assert listings("水利部印发《节水、供水管理办法》。") == ()


@pytest.mark.parametrize(
    ("sentence", "whole"),
    [
        ("工业和信息化部、农业农村部、水利部共同推进。", "工业和信息化部"),
        ("人力资源社会保障、教育、工业和信息化等部门参与。", "工业和信息化"),
    ],
)
def test_a_name_with_an_and_inside_stays_whole(sentence: str, whole: str) -> None:
    assert whole in {item for listing in listings(sentence) for item in listing.items}


def test_a_level_is_not_the_end_of_a_list() -> None:
    """等级 is a word of its own, not 等 and a tail."""
    found = only("开展职业资格评价、职业技能等级认定、专项能力考核等工作。")
    assert found[1] == "职业技能等级认定"


@pytest.mark.parametrize(
    "sentence", ["", "。", "本市于2019年3月印发通知。", "补贴标准为每户8000元。", "、、、", "；；", "和"]
)
def test_a_sentence_without_a_list_has_none(sentence: str) -> None:
    assert [listing for listing in listings(sentence) if not listing.chained] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "　提交身份证、 营业执照 和“银行账户”信息。",
        "重点做好三项工作：完善水价机制；推广节水器具；加强用水监管。",
        "以甲、乙为主体，以丙和丁等为重点；戊、己。",
        "ｄｅｆ、½、㎡和İstanbul。",
    ],
)
def test_offsets_lie_in_the_sentence_and_no_item_is_empty(sentence: str) -> None:
    for listing in listings(sentence):
        assert 0 <= listing.start < listing.end <= len(sentence)
        assert all(item.strip() for item in listing.items)
        assert all(item in sentence for item in listing.items)


def test_the_head_of_a_long_item_is_its_first_statement() -> None:
    assert head("完善水价机制，健全阶梯水价，加强水价监测") == "完善水价机制"
    assert head("其一，完善水价机制") == "其一，完善水价机制"


def test_what_is_counted_behind_a_list_ends_it() -> None:
    [found] = [one for one in listings("内容涵盖水价、器具、监管三个方面。") if not one.chained]
    assert found.items == ("水价", "器具", "监管")


def test_not_only_but_also_is_more_than_one_list() -> None:
    assert listings("不仅面向职工、学生，还面向老人、残疾人。") == ()
