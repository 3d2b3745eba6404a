"""What of a measure is asked for, in everyday words, and the official forms that tell it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question, Status
from assistant.aspect import asked_for
from assistant.service import Assistant
from knowledge import words


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("社保补贴去哪儿申请？", "个人向户籍所在地人力资源社会保障所提出申请。", "补贴按季度发放。"),
        ("想报名的话在哪里报？", "申请人登录“就业通”平台报名。", "报名于5月1日开始。"),
        ("申请见习补贴要带啥？", "报名应当提交身份证和近期照片2张。", "见习期限为3至12个月。"),
        ("认定要走哪几步？", "认定按照个人申报、部门审核、公示的顺序进行。", "本办法所称认定，是指对技能的评价。"),
        ("哪些人能领租房补贴？", "符合下列条件之一的人员，可以申请租房补贴。", "租房补贴每月500元。"),
        ("什么情况下不能领失业金？", "拒不接受介绍的工作的，不再享受失业保险待遇。", "失业保险金按月发放。"),
        ("公益性岗位到底是啥意思？", "本办法所称公益性岗位，是指由政府出资开发的岗位。", "公益性岗位补贴每月1850元。"),
        ("造假骗补贴会怎么处罚？", "虚报冒领的，追回资金，三年内不得申报。", "补贴资金由财政承担。"),
        ("补贴的资金由谁承担？", "所需资金从就业补助资金中列支。", "符合条件的人员可以申请补贴。"),
        ("补贴的钱能干什么用？", "资金只能用于职工生活补助和转岗培训。", "补贴按季度拨付到单位账户。"),
        ("审核通过多久能到账？", "补贴资金于15个工作日内拨付至本人账户。", "审核在5个工作日内完成。"),
    ],
)
def test_the_form_that_tells_what_is_asked_for_is_known(question: str, told: str, other: str) -> None:
    aspect = asked_for(words.normal(question))
    assert aspect is not None
    assert aspect.tells(words.normal(told))
    assert not aspect.tells(words.normal(other))


@pytest.mark.parametrize("question", ["能不能多挣点工钱？", "2018年印发了哪个文件？", "补贴标准是多少？"])
def test_what_asks_for_no_such_aspect_has_none(question: str) -> None:
    aspect = asked_for(words.normal(question))
    assert aspect is None or "不" not in aspect.asked


def test_a_sentence_that_says_none_of_the_words_asked_answers_by_its_form(over: Callable[..., Assistant]) -> None:
    """「去哪办」 has no word in common with 「向…提出申请」."""
    rules = over(
        灵活就业社会保险补贴办法="""灵活就业社会保险补贴办法
第一条 为减轻灵活就业人员缴费负担，制定本办法。
第二条 灵活就业人员的社会保险补贴每人每月最高420元。
第三条 灵活就业人员应当在每季度首月10日前，向常住地街道就业服务站提出申请。
第四条 申请时应当提交身份证、缴费凭证和申请表。
第五条 虚报冒领的，不予补贴，三年内不得再次申请。
"""
    )
    for question, told in (
        ("灵活就业社保补贴去哪儿办？", "常住地街道就业服务站"),
        ("灵活就业社保补贴要带啥？", "缴费凭证"),
        ("什么情况不给灵活就业社保补贴？", "虚报冒领"),
    ):
        answer = rules.ask(Question.of(question))
        assert answer.status is Status.ANSWERED, question
        assert told in answer.answer, question


def test_a_list_that_is_not_of_the_subject_asked_about_is_no_answer(over: Callable[..., Assistant]) -> None:
    rules = over(
        技能补贴办法="""技能补贴办法
第一条 申领技能补贴应当提交下列材料：
（一）本人身份证；
（二）职业资格证书；
（三）技能补贴申请表。
"""
    )
    answer = rules.ask(Question.of("申请创业担保贷款要提交哪些材料？"))
    assert answer.status in {Status.NOT_FOUND, Status.OUT_OF_SCOPE}


def test_a_section_headed_by_what_is_asked_for_tells_it(over: Callable[..., Assistant]) -> None:
    """The sentence under 「见习人员范围」 has no word of 「哪些人可以参加」."""
    aspect = asked_for(words.normal("哪些人可以参加就业见习？"))
    assert aspect is not None
    assert aspect.heads("见习人员范围")
    assert not aspect.heads("见习补贴标准")


def test_a_page_of_short_lines_with_bullets_answers(over: Callable[..., Assistant]) -> None:
    """The last item of a list heads nothing, and no bullet is shown."""
    page = over(
        一图读懂湖东区稳岗返还="""一图读懂湖东区稳岗返还
谁能申请
● 在湖东区注册、经营1年以上的企业
● 不含劳务派遣公司
返多少
★ 大型企业：按30%返还
★ 中小微企业：按60%返还
★ 每家企业最高不超过50万元
要注意
▶ 逾期不再受理
▶ 资金只能用于职工生活补助、转岗培训
"""
    )
    for question, told in (
        ("劳务派遣公司能不能申请稳岗返还？", "不含劳务派遣公司"),
        ("湖东区中小微企业稳岗返还比例是多少？", "60%"),
        ("稳岗返还的钱能干什么用？", "转岗培训"),
    ):
        answer = page.ask(Question.of(question))
        assert answer.status is Status.ANSWERED, question
        assert told in answer.answer, question
        assert answer.answer[0] not in "●★▶", question
    assert "● 不含劳务派遣公司" not in {section.title for section in page.index.outline("一图读懂湖东区稳岗返还")}


@pytest.mark.parametrize(("question", "is_steps"), [("社保卡怎么办？", True), ("错过申请怎么办？", False)])
def test_what_to_do_after_a_mishap_is_no_question_for_steps(question: str, is_steps: bool) -> None:
    aspect = asked_for(words.normal(question))
    assert (aspect is not None and aspect.tells("按照申请、审核、公示的程序")) is is_steps
