"""What the items of a list must be for a question: people for 「哪些人」, papers for 「哪些材料」, bodies for 「哪些部门」."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PEOPLE = r"(?:人(?!力)|人员|者|员|工|生|民|青年|劳动力|妇女|军人|士兵|群体|户|人才|学员|家庭|干部|教师|技师|儿童|子女|老人|人士|人群|对象|居民|职工|企业主)$"
_BODIES = (
    r"(?:部|局|委|厅|署|办|院|会|中心|公司|企业|银行|学校|院校|大学|机构|单位|部门|政府|组织|团体|集团|社区|街道|基地)$"
)
_PAPERS = r"(?:证|书|表|证明|复印件|照片|合同|凭证|发票|册|卡|簿|原件|材料|协议|名单|清单|报告|流水|章程|执照|回执|方案|计划|记录|承诺)(?:[（(][^）)]*[）)]|原件|复印件|各?[一二两三四五\d]+份)*$"
_TRAINING = r"(?:培训|课程|训练|研修|班|教育)$"
# What is asked for, and how the items that answer it end.
_TYPES = tuple(
    (re.compile(asked), re.compile(items))
    for asked, items in (
        (r"人|[\u4e00-\u9fff]{0,4}(?:人员|群体|人群|劳动者|群众)|对象", _PEOPLE),
        (r"[\u4e00-\u9fff]{0,4}(?:部门|单位|机构|机关)|部委", _BODIES),
        (r"材料|证件|资料|手续", _PAPERS),
        (r"(?:[\u4e00-\u9fff]{0,6})培训", _TRAINING),
    )
)


_NUMBER = re.compile(r"\d[多余]?[万千百]?(?:人次?|名|位)$")  # 3600万人 is how many, not who


def share(noun: str, items: Sequence[str]) -> float | None:
    """Return the share of items that are of the kind a noun names; None where any kind of item would do."""
    told = next((pattern for asked, pattern in _TYPES if asked.fullmatch(noun)), None)
    if told is None:
        return None
    fits = [told.search(item.strip()) is not None and _NUMBER.search(item) is None for item in items]
    return sum(fits) / len(items)
