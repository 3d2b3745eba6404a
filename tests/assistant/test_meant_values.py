"""Which of the values that documents tell is meant: the one's own, of the year, of the place, of what is counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question, Status
from assistant.service import Assistant


@pytest.fixture(scope="module")
def rules(over: Callable[..., Assistant]) -> Assistant:
    return over(
        柏川市职业技能提升三年计划="""柏川市职业技能提升三年计划
一、主要任务
2022年，开展补贴性培训2.1万人次，新增技师310人；2023年，开展补贴性培训2.6万人次，新增技师390人；2024年，开展补贴性培训3.3万人次，新增技师460人。
二、重点工程
支持柏川技师学院扩建实训楼，2024年6月前投入使用，新增学位1800个。
每年9月开展“匠心月”活动，宣传技能人才事迹。
""",
        柏川市一次性扩岗补助办法="""柏川市一次性扩岗补助办法
第一条 企业招用离校两年内未就业高校毕业生的，可以申请一次性扩岗补助，按每招用一人1200元发放。
第二条 据统计，2023年全市共向620家企业发放扩岗补助540万元。
第三条 企业向所在区公共就业服务机构提出申请。受理地点如下：
河东区：河东区文庙街12号政务大厅2号窗口
河西区：河西区柳荫路5号就业服务大厅
政策咨询可拨打0800-345678，工作日有人接听。
""",
    )


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("柏川市2023年补贴性培训目标是多少？", "2.6万人次", "2.1万"),
        ("2024年柏川新增技师多少人？", "460人", "310"),
        ("柏川技师学院扩建后增加多少学位？", "1800个", "6月"),
        ("匠心月是几月份？", "9月", "6月"),
        ("招一个大学生，扩岗补助给公司多少钱？", "1200元", "540万元"),
        ("全市一共发了多少扩岗补助？", "540万元", "1200元"),
        ("我在河西区，扩岗补助去哪儿申请？", "柳荫路5号", "文庙街"),
        ("扩岗补助打哪个电话问？", "0800-345678", "1200"),
    ],
)
def test_the_value_that_is_meant_is_told(rules: Assistant, question: str, told: str, other: str) -> None:
    answer = rules.ask(Question.of(question))
    assert answer.status is Status.ANSWERED, answer.answer
    assert told in answer.answer
    assert other not in answer.answer


def test_a_year_that_is_not_told_is_not_answered_by_another(rules: Assistant) -> None:
    assert "万人次" not in rules.ask(Question.of("柏川市2026年开展补贴性培训多少人次？")).answer


def test_two_years_are_each_told(rules: Assistant) -> None:
    answer = rules.ask(Question.of("柏川市2022年和2024年补贴性培训目标分别是多少？"))
    assert answer.status is Status.ANSWERED
    assert answer.answer.index("2.1万人次") < answer.answer.index("3.3万人次")
    assert "2.6万" not in answer.answer


CARE = (
    "青川县居民医保公告\n\n住院待遇：乡镇卫生院起付线150元，报销比例90%；县级医院起付线500元，报销比例75%。\n\n"
    "糖尿病门诊用药报销比例60%，每人年度限额600元。\n\n2024年计划新建助餐点80个，到2026年底农村覆盖率达到70%。"
)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("县级医院住院报多少？", "75%"),
        ("糖尿病门诊用药一年能报多少？", "600元"),
        ("县级医院住院起付线多少钱？", "500元"),
        ("农村什么时候覆盖率达到70%？", "2026年"),
    ],
)
def test_of_shares_amounts_and_dates_the_one_meant_is_told(
    over: Callable[..., Assistant], question: str, told: str
) -> None:
    assert told in over(care=CARE).ask(Question.of(question)).answer
