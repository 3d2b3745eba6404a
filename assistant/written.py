"""How people write numbers and places in a question -> how documents write them: 2000块, 领100万, 一家五口, 两套房, 到那里申请."""

from __future__ import annotations

import re

# 「2000块」 are 元, and 「领100万」 is an amount; 「到那里申请」 asks where.
_YUAN = re.compile(
    r"(\d(?:[万千百]|(?=块))?)块钱?(?!地|儿)|(?<=[领补给奖拿到贷借罚超过得多了花费交付存投])(\d+(?:\.\d+)?万)(?![元人名个户家吨亩多余次亿千百\d.平台件套])"
)
# 「一家五口」 are 五人, and 「两套房」 are 两套 of 房, not of 套房.
_HOUSEHOLD = re.compile(r"([一二两三四五六七八九十\d])口(?:之家|人家|人|子)?(?![\u4e00-\u9fff]?井|号)")
_MEASURED = re.compile(r"([两二三四五六七八九十\d][套间辆台栋])(?=[房车])")
_WHERE_SLIP = re.compile(r"(?<=[到去在])那(?=里(?!的|有|是|也|就|都)[\u4e00-\u9fff]{0,6}[啊阿呢呀?？]?$)")


def as_written(text: str) -> str:
    """Return a question with its amounts in 元, its households in persons, and 那里 where it asks for 哪里."""
    text = _MEASURED.sub(r"\1 ", _HOUSEHOLD.sub(r"\1人", text))
    return _WHERE_SLIP.sub("哪", _YUAN.sub(lambda told: f"{told[1] or told[2]}元", text))
