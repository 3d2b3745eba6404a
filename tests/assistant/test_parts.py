"""A question with several parts is answered part by part, and says which part the documents do not tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question, Status
from assistant.parts import parts
from assistant.service import Assistant

GUIDE = (
    "申报指南\n\n创业补贴每户8000元，由人社局负责发放。\n\n见习补贴每人每月1500元，由就业中心负责发放。\n\n"
    "申请创业补贴应当提交身份证、营业执照和申请表。"
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("创业补贴和见习补贴分别是多少？", ["创业补贴是多少？", "见习补贴是多少？"]),
        ("创业补贴、见习补贴以及技能补贴的标准分别是多少？", ["创业补贴的标准是多少？", "见习补贴的标准是多少？", "技能补贴的标准是多少？"]),
        ("《甲和乙办法》和《丙办法》分别是谁印发的？", ["《甲和乙办法》是谁印发的？", "《丙办法》是谁印发的？"]),
        ("2018年和2019年分别印发了什么文件？", ["2018年印发了什么文件？", "2019年印发了什么文件？"]),
        ("培训体系里，企业和院校各自是什么角色？", ["培训体系里，企业是什么角色？", "培训体系里，院校是什么角色？"]),
        ("创业补贴有多少，怎么申请？", ["创业补贴有多少？", "怎么申请？"]),
        ("创业补贴有多少？找谁申请？", ["创业补贴有多少？", "找谁申请？"]),
        ("什么时候截止、去哪里办？", ["什么时候截止？", "去哪里办？"]),
        ("农民工能领多少补贴，大学生呢？", ["农民工能领多少补贴？", "大学生能领多少补贴？"]),
        ("清江市技师和高级技师补贴分别是多少", ["清江市技师补贴是多少？", "清江市高级技师补贴是多少？"]),
        ("云岭市2019年和2021年各发了多少补贴", ["云岭市2019年发了多少补贴？", "云岭市2021年发了多少补贴？"]),
        ("灵活就业补贴比例，困难人员跟毕业生有什么不一样？", ["灵活就业补贴比例，困难人员是多少？", "灵活就业补贴比例，毕业生是多少？"]),
        ("中级工补贴标准2017年、2019年对比", ["2017年中级工补贴标准是多少？", "2019年中级工补贴标准是多少？"]),
        ("手机上能办吗？现场去哪里办？", ["手机上能办吗？", "现场去哪里办？"]),
    ],
)  # fmt: skip
def test_what_a_question_consists_of(question: str, expected: list[str]) -> None:
    assert [part.text for part in parts(question)] == expected


@pytest.mark.parametrize(
    "question",
    [
        "创业补贴是多少？",
        "三类培训分别是什么？",
        "几个人合伙创业，贷款上限是多少？",  # 几个人 asks nothing
        "没有营业执照的，怎么申请？",
        "《甲，怎么办》是谁印发的？",
        "甲和乙分别多少",  # single letters are no subjects
        "",
        "？？",
    ],
)
def test_a_question_that_asks_one_thing_is_one(question: str) -> None:
    assert [part.text for part in parts(question)] == [question]


def test_no_more_than_four_parts() -> None:
    assert len(parts("甲类补贴、乙类补贴、丙类补贴、丁类补贴和戊类补贴分别是多少？")) == 4


def test_each_part_is_answered_and_cited(over: Callable[..., Assistant]) -> None:
    answer = over(指南=GUIDE).ask(Question.of("创业补贴和见习补贴分别是多少元？"))
    assert answer.status is Status.ANSWERED
    assert answer.answer == "创业补贴：每户8000元[1]。见习补贴：每人每月1500元[2]。"


def test_what_one_part_is_not_told_of_is_said(over: Callable[..., Assistant]) -> None:
    answer = over(指南=GUIDE).ask(Question.of("创业补贴和技师津贴分别是多少元？"))
    assert answer.status is Status.PARTIAL
    assert answer.answer == "创业补贴：每户8000元[1]。文件没有说明：技师津贴。"


def test_a_later_part_takes_its_subject_from_the_first(over: Callable[..., Assistant]) -> None:
    answer = over(指南=GUIDE).ask(Question.of("创业补贴是多少元？需要提交什么材料？"))
    assert answer.status is Status.ANSWERED
    assert "8000元" in answer.answer
    assert "身份证" in answer.answer


def test_where_no_part_is_told_nothing_is(over: Callable[..., Assistant]) -> None:
    answer = over(指南=GUIDE).ask(Question.of("技师津贴和高温津贴分别是多少元？"))
    assert answer.status is Status.NOT_FOUND


def test_one_sentence_that_tells_of_all_is_shown_once(over: Callable[..., Assistant]) -> None:
    text = "构建以企业为主体、院校为基础、政府推动与社会支持相结合的职业技能培训体系，聚焦劳动者技能素质的全面提升。"
    answer = over(意见="意见\n\n" + text).ask(Question.of("培训体系里，企业和院校分别是什么角色？"))
    assert answer.answer.count("企业为主体") == 1


def test_a_year_that_the_evidence_lacks_is_no_label(over: Callable[..., Assistant]) -> None:
    answer = over(指南=GUIDE).ask(Question.of("2019年创业补贴和2019年见习补贴分别是多少元？"))
    assert "2019" not in answer.answer.replace("文件没有说明：2019年", "")


def test_what_hangs_on_a_part_that_is_not_told_is_not_taken_from_elsewhere(over: Callable[..., Assistant]) -> None:
    answer = over(指南=GUIDE, 通知="通知\n\n失业登记在10个工作日内答复。").ask(
        Question.of("创业补贴有异议去哪里投诉、多久答复？")
    )
    assert "10个工作日" not in answer.answer


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("高级工和技师在清江市各补多少？", ["在清江市高级工补多少？", "在清江市技师补多少？"]),
        ("大学生和农民工每月最高各多少", ["大学生每月最高各多少？", "农民工每月最高各多少？"]),
        ("大学生和农民工的养老补贴差多少", ["大学生的养老补贴是多少？", "农民工的养老补贴是多少？"]),
    ],
)
def test_what_is_said_for_all_of_several_is_said_of_each(question: str, asked: list[str]) -> None:
    assert [part.text.replace("各", "") for part in parts(question)] == [text.replace("各", "") for text in asked]
