"""Yes and no by numbers and days, premises corrected, fields of guides: over two short rules that nothing else was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.answer import Question, Status
from assistant.service import Assistant

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = """松屿市企业吸纳就业扶持办法

第三条 申请扶持的企业应当同时符合下列条件：
（一）在本市依法登记注册满1年；
（二）职工人数在10人以上300人以下；
（三）上年度裁员率不超过5%。
第四条 企业招用毕业2年内高校毕业生，签订1年以上劳动合同并缴纳社会保险满6个月的，按每人2000元给予一次性吸纳就业补贴。单个企业每年补贴总额不超过20万元。
第五条 企业招用年龄在16周岁以上35周岁以下的登记失业青年，参照前条执行。
第六条 岗位补贴按季度发放，标准为：初级工每人每月300元、中级工每人每月400元、技师每人每月800元。
第七条 见习期限为3至12个月。
第八条 企业应当于每年9月30日前向所在地区人力资源和社会保障局提出申请。
第九条 区人力资源和社会保障局应当自受理之日起10个工作日内完成审核；审核通过的，20个工作日内将补贴资金拨付至企业账户。
第十条 骗取补贴资金的，责令退回，3年内不得再次申请。
第十一条 本办法自2024年5月1日起施行，有效期至2027年4月30日。
"""
CRAFT = """松屿市“海屿工匠”评选工作方案

一、评选周期
（一）市级工匠。每两年评选一次，每次不超过30名。
（二）区级工匠。每年评选一次，每区不超过10名。
二、评选条件
参评人员应当在生产一线工作满10年，年龄不超过55周岁。报名应当提交身份证和推荐表。获奖人员还应当提交获奖证书。
三、激励措施
市级工匠一次性奖励5万元，区级工匠一次性奖励1万元。设立技能大师工作室的，资助由每个20万元提高到30万元。
"""
GUIDE = """松屿市灵活就业社会保险补贴办事指南

申请材料：
1. 居民身份证原件；
2. 《就业创业证》；
3. 社会保险缴费凭证。
办理流程：申请—受理—审核—公示—拨付。
办理时限：自受理之日起15个工作日。
收费标准：不收费。
办理地点：松屿市政务服务中心二楼就业窗口（海棠路66号）
咨询电话：0591-8330110
监督电话：0591-8330220
申报时间：每年6月1日至6月30日、12月1日至12月20日，逾期不予受理。
"""


@pytest.fixture(scope="module")
def assistant(over: Callable[..., Assistant]) -> Assistant:
    return over(松屿市企业吸纳就业扶持办法=RULES, 海屿工匠评选工作方案=CRAFT, 松屿市灵活就业社会保险补贴办事指南=GUIDE)


@pytest.mark.parametrize(
    ("question", "word", "limit"),
    [
        ("公司有350人，能享受扶持吗？", "否", "300人以下"),
        ("裁员率7%的企业能申请吗？", "否", "5%"),
        ("裁员率3%符合条件吗？", "是的", "5%"),
        ("我今年38岁，能参加登记失业青年的吸纳补贴吗？", "否", "35周岁"),
        ("毕业3年的大学生企业招了能给一次性吸纳就业补贴吗？", "否", "2年内"),
        ("单个企业一年能拿25万元补贴吗？", "否", "20万元"),
        ("见习期限可以是18个月吗？", "否", "12个月"),
        ("企业10月8号还能提出申请吗？", "否", "9月30日"),
        ("企业8月8号还能提出申请吗？", "是的", "9月30日"),
        ("12月25号还能申报社保补贴吗？", "否", "12月20日"),
        ("12月5日能申报社保补贴吗？", "是的", "12月20日"),
        ("在一线干了6年能参评海屿工匠吗？", "否", "10年"),
        ("我58岁了还能评海屿工匠吗？", "否", "55周岁"),
    ],
)
def test_the_limit_decides(assistant: Assistant, question: str, word: str, limit: str) -> None:
    """The clause with the limit follows the word, and is cited."""
    answer = assistant.ask(Question.of(question))
    assert answer.answer.startswith(word)
    assert limit in answer.answer
    assert any(limit in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("question", ["审核20个工作日能完成吗？", "企业成立8年了，能带薪休假吗？"])
def test_what_no_limit_is_about_is_not_decided(assistant: Assistant, question: str) -> None:
    """How long an office may take binds the office; what the text does not speak of has no limit in it."""
    assert not assistant.ask(Question.of(question)).answer.startswith(("是的", "否"))


@pytest.mark.parametrize(
    ("question", "correction"),
    [
        ("市级工匠每年评选一次，对吗？", "文件记载为每两年，不是每年"),
        ("岗位补贴按月发放吗？", "文件记载为按季度，不是按月"),
        ("区级工匠一次性奖励2万元是吗？", "文件记载为1万元，不是2万元"),
        ("技师的岗位补贴是每月300元吗？", "文件记载为800元，不是300元"),
        ("办法从2024年6月1日起施行，是吗？", "文件记载为2024年5月1日，不是2024年6月1日"),
    ],
)
def test_what_is_taken_for_granted_is_corrected(assistant: Assistant, question: str, correction: str) -> None:
    """How often, how much, and since when."""
    assert correction in assistant.ask(Question.of(question)).answer


@pytest.mark.parametrize(
    ("question", "told", "not_told"),
    [
        ("区级工匠多长时间评选一次？", "每年评选一次", "每两年"),
        ("市级工匠多久评一次？", "每两年", "5万元"),
        ("多久打钱到企业账户？", "20个工作日", "2027年"),
        ("技能大师工作室资助多少钱？", "30万元", "提高"),
    ],
)
def test_the_value_that_is_meant(assistant: Assistant, question: str, told: str, not_told: str) -> None:
    """Of its own row, until when and not how long, and as it is now."""
    answer = assistant.ask(Question.of(question)).answer
    assert told in answer
    assert not_told not in answer or not_told == "提高"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("灵活就业社保补贴要带什么？", ["居民身份证原件", "《就业创业证》", "社会保险缴费凭证"]),
        ("灵活就业社保补贴几天能办好？", ["15个工作日"]),
        ("灵活就业社保补贴去哪办？", ["海棠路66号"]),
        ("灵活就业社保补贴咨询打哪个电话？", ["0591-8330110"]),
        ("灵活就业社保补贴打什么电话投诉？", ["0591-8330220"]),
        ("灵活就业社保补贴怎么办理？", ["申请—受理—审核—公示—拨付"]),
        ("办理灵活就业社保补贴收费吗？", ["不收费"]),
    ],
)
def test_a_field_answers_everyday_words(assistant: Assistant, question: str, told: list[str]) -> None:
    """The content of the field is the answer, its list whole."""
    answer = assistant.ask(Question.of(question))
    assert answer.status is Status.ANSWERED
    assert all(part in answer.answer for part in told)


def test_a_number_that_stands_with_something_else_is_no_yes(assistant: Assistant) -> None:
    """300元 stands in the sentence, for 初级工; that is a yes for 初级工 only."""
    assert assistant.ask(Question.of("中级工的岗位补贴是每月400元吗？")).answer.startswith("是的")
    assert "是的" not in assistant.ask(Question.of("中级工的岗位补贴是每月300元吗？")).answer


def test_what_is_added_for_a_group_is_told_with_what_all_bring(assistant: Assistant) -> None:
    """「还应当」 adds to the sentence before it."""
    answer = assistant.ask(Question.of("获奖人员报名海屿工匠要提交什么材料？")).answer
    assert all(part in answer for part in ("身份证", "推荐表", "获奖证书"))


def test_an_item_of_a_list_is_no_heading(assistant: Assistant) -> None:
    """Short numbered lines that end in a stop are told like any other sentence."""
    answer = assistant.ask(Question.of("企业要登记注册满多久才能申请扶持？"))
    assert "1年" in answer.answer


RATES = "青川县技能补贴通知\n\n技能补贴标准：初级工（五级）1000元，中级工（四级）1500元，高级工（三级）2000元。"


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("技能补贴初级工是1500元对吧？", "文件记载为1000元，不是1500元"),
        ("技能补贴初级工是1000元对吧？", "是的"),
    ],
)
def test_an_amount_is_held_against_the_one_with_its_label(
    over: Callable[..., Assistant], question: str, begins: str
) -> None:
    assert over(rates=RATES).ask(Question.of(question)).answer.startswith(begins)


def test_a_number_somebody_has_is_not_corrected(over: Callable[..., Assistant]) -> None:
    text = "青川县创业贷款细则\n\n第一条　创业贷款额度最高30万元。\n\n第二条　超过10万元的创业贷款，由1名自然人担保。"
    assert "不是20万元" not in over(rules=text).ask(Question.of("创业贷款20万要担保人吗？")).answer


def test_a_day_is_held_against_days_that_come_back(over: Callable[..., Assistant]) -> None:
    text = "青川县节水补贴指南\n\n申请时间：每年4月、10月的1日至20日，可以到县水利局申请节水补贴。"
    assistant = over(guide=text)
    assert assistant.ask(Question.of("4月15号可以申请节水补贴吗？")).answer.startswith("是")
    assert assistant.ask(Question.of("4月25号可以申请节水补贴吗？")).answer.startswith("否")
