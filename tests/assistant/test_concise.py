"""A long sentence is shown from where it begins to answer."""

from __future__ import annotations

import pytest

from assistant.concise import concise
from assistant.understand import understand

TOLD = "对进口的原料免征关税，对已经缴纳的税款予以退还，具体办法由海关另行公布并且及时解释说明"


@pytest.mark.parametrize(
    "lead",
    [
        "记者从财政厅了解到，",
        "据财政厅介绍，",
        "财政厅厅长李明表示，",
        "同时，",
        "根据省政府有关通知要求，",
        "为及早恢复生产，",
        "为了减轻企业负担，",
        "王小明）记者1日从财政厅获悉，",
        "新华社南京2月8日电（记者王小明）",
        "据悉，为支持复工，",
    ],
)
def test_what_leads_in_is_left_out(lead: str) -> None:
    assert concise(understand("进口原料有哪些优惠？"), lead + TOLD) == TOLD


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("进口原料有哪些优惠？", "为企业提供服务，"),  # whom it serves, not what for
        ("进口原料有哪些优惠？", "自2024年起，"),
        ("为什么对原料免征关税？", "为及早恢复生产，"),  # the purpose is what is asked for
        ("免征关税的目的是什么？", "为了减轻企业负担，"),
        ("谁表示对原料免征关税？", "财政厅厅长李明表示，"),
        ("根据什么免征关税？", "根据省政府有关通知要求，"),
    ],
)
def test_what_may_be_asked_for_stays(question: str, lead: str) -> None:
    assert concise(understand(question), lead + TOLD).startswith(lead)


def test_what_the_question_says_already_is_left_out_before_what_is_new() -> None:
    text = "全省扩大了核酸检测的应用范围，将发热门诊就诊患者和密切接触者纳入检测范围，并且每周公布一次检测的结果。"
    assert concise(understand("全省扩大了核酸检测应用范围，增加了哪些人群？"), text).startswith("将发热门诊")


def test_the_name_of_what_is_explained_stays() -> None:
    text = "建立质量评估监管机制，健全以培训合格率为重点的绩效评估体系，对培训机构和培训过程进行全方位的监管工作。"
    assert concise(understand("建立质量评估监管机制是什么？"), text) == text


@pytest.mark.parametrize("text", ["", "，", "记者获悉，", "同时，免税。", "为了，" * 30])
def test_something_is_always_left(text: str) -> None:
    assert concise(understand("有哪些优惠？"), text) == text


def test_what_all_is_to_serve_goes_at_the_end() -> None:
    text = "凡在本县注册的企业可以缓缴水费三个月并且免收滞纳金，按月报送缓缴名单，切实减轻企业负担。"
    assert concise(understand("企业缓缴水费可以缓几个月"), text) == text.removesuffix("，切实减轻企业负担。")
    assert concise(understand("缓缴水费如何减轻企业负担？"), text) == text
