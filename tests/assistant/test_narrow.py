"""Of several values in a sentence, the one that a question means; and values that are told in words."""

from __future__ import annotations

import pytest

from assistant.evidence import Sentence, rank
from assistant.extract import extract
from assistant.understand import understand
from knowledge.query import QueryTerm


def weigh(term: QueryTerm) -> float:
    return term.weight


def told(question: str, *texts: str) -> str:
    query = understand(question)
    units = rank([Sentence("d", "", (), 0, len(text), text, "", 0.0) for text in texts], query.terms, weigh)
    return "".join(statement.text for statement in extract(query, units).statements)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        # the most, where the most is asked for
        ("农机补贴最多能拿多少", "农机补贴按每台3000元发放，同一农户最高不超过2万元。", "2万元"),
        ("农机补贴每台多少元", "农机补贴按每台3000元发放，同一农户最高不超过2万元。", "3000元"),
        # the tier that one's own number is in, of open tiers the narrower
        ("种了15亩，一次性补助多少钱", "种植10亩以上的，一次性补助3万元，30亩以上的补助5万元。", "3万元"),
        ("种了40亩，一次性补助多少钱", "种植10亩以上的，一次性补助3万元，30亩以上的补助5万元。", "5万元"),
        ("82岁的老人津贴多少钱", "70至79周岁老人津贴每月50元，80周岁及以上老人津贴每月120元。", "每月120元"),
        # the one among 分别
        ("二级证书奖励多少钱", "取得一级、二级、三级证书的，分别奖励5000元、3000元、1000元。", "3000元"),
        ("社工师补贴多少钱", "取得助理社工师、社工师、高级社工师证书的，分别补贴100元、200元、300元。", "200元"),
        # a case of its own
        (
            "安置残疾人的岗位补贴每月多少钱",
            "安置就业的，岗位补贴每月500元，其中安置残疾人的，每月900元。",
            "900元",
        ),
        # what somebody earns is no amount that is paid
        ("公寓每月多少钱", "公寓面向月收入不超过4000元的职工，公寓租金每月600元。", "600元"),
    ],
)
def test_the_value_that_is_meant_is_told(question: str, text: str, expected: str) -> None:
    assert expected in told(question, text)
    assert len(told(question, text)) < len(text) - 5


def test_what_a_value_is_replaced_by_is_told() -> None:
    assert "6个月" in told("实习期多长", "将“实习期3个月”修改为“实习期6个月”。")
    assert "每半年评审一次" in told("多久评审一回", "“每年评审一次”修改为“每半年评审一次”。")


def test_yes_or_no_is_decided_by_the_limit_of_ones_own_case() -> None:
    texts = ("申请公寓的人须年满18周岁。", "单身人员申请公寓的，须年满30周岁。")
    assert told("单身25岁能申请公寓吗", *texts).startswith("否")


def test_the_end_of_a_span_is_told_where_the_end_is_asked_for() -> None:
    assert told("集中缴费最晚哪天截止", "2026年度集中缴费期为2025年9月1日至12月25日。") == "12月25日"


def test_a_time_to_apply_in_is_no_time_that_something_is_paid_for() -> None:
    text = "补贴应当在入职后60日内申领，补贴发放期限最长为36个月。"
    assert "36个月" in told("这个补贴能领多久", text)
    assert "60日" not in told("这个补贴能领多久", text)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("参赛报名费用多少钱", "参赛报名不收取任何费用。", "不收取"),
        ("社保补贴退休前能补到什么时候", "社保补贴可延长至退休。", "延长至退休"),
        ("总决赛的地点在哪里", "总决赛地点设在滨江体育馆。", "滨江体育馆"),
        ("二次住院的起付标准多少钱", "二次住院的，起付标准减半。", "减半"),
    ],
)
def test_a_value_is_told_in_words_where_the_text_has_no_number(question: str, text: str, expected: str) -> None:
    assert expected in told(question, text)


def test_words_of_a_sentence_that_has_little_of_the_question_tell_nothing() -> None:
    assert told("游泳馆的门票多少钱", "图书馆免费开放。") == ""


def test_what_asks_is_no_word_that_evidence_must_have() -> None:
    assert [term.word for term in understand("材料审核要几个工作日").terms] == ["材料", "审核"]
    assert "钱" not in {term.word for term in understand("首小时停车多少钱").terms}


def test_households_and_measured_rooms_are_read_as_documents_write_them() -> None:
    assert understand("一家五口补多少").text == "一家五人补多少"
    assert "套房" not in {term.word for term in understand("有两套房能申请吗").terms}
