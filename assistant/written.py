"""How people write numbers and places in a question -> how documents write them: 2000块, 领100万, 一家五口, 两套房, 到那里申请, 分几类."""

from __future__ import annotations

import re

# 「2000块」 are 元, and 「领100万」 is an amount; 「到那里申请」 asks where.
_YUAN = re.compile(
    r"(\d(?:[万千百]|(?=块))?)块钱?(?!地|儿)|(?<=[领补给奖拿到贷借罚超过得多了花费交付存投款])(\d+(?:\.\d+)?万)(?![元人名个户家吨亩多余次亿千百\d.平台件套])"
)
# 「一家五口」 are 五人, and 「两套房」 are 两套 of 房, not of 套房.
_HOUSEHOLD = re.compile(r"([一二两三四五六七八九十\d])口(?:之家|人家|人|子)?(?![\u4e00-\u9fff]?井|号)")
_MEASURED = re.compile(r"([两二三四五六七八九十\d][套间辆台栋])(?=[房车])")
_WHERE_SLIP = re.compile(r"(?<=[到去在])那(?=里(?!的|有|是|也|就|都)[\u4e00-\u9fff]{0,6}[啊阿呢呀?？]?$)")
# 「有哪几种培训」 and 「培训分几类」 ask for sorts of training, of which people, papers and cases are none.
_SORTS_OF = re.compile(
    r"(?:^|(?:都|一共|总共|主要)?有|(?<=[，,]))(?:哪几|几)[种类]的?"
    r"((?!人|群体|情[形况]|单位|企业|方式|方法|形式|材料|证|条件|群众)[\u4e00-\u9fff“”]{2,12}?)(?=(?:呢|呀|啊|吗)?[?？。]*$)"
)
_PARTED = re.compile(r"(?:可以?)?分(?:为|成|作)?(?:哪)?几[种类个](形式|类型|方式|类别|类|种)?")
_COUNTED = re.compile(
    r"(?<![一二三四五六七八九十])([两二三四五六七八九十])大(?!以来|报告|召开|精神|代表|之)(?=[\u4e00-\u9fff]{2})"
)  # 三大属性


def as_written(text: str) -> str:
    """Return a question with its amounts in 元, its households in persons, 那里 where it asks for 哪里, and sorts as 种类."""
    text = _PARTED.sub(lambda told: f"有哪些{told[1] if len(told[1] or '') > 1 else '种类'}", text)
    text = _COUNTED.sub(r"\1个", _SORTS_OF.sub(r"\1有哪些种类", text))
    text = _MEASURED.sub(r"\1 ", _HOUSEHOLD.sub(r"\1人", text))
    return _WHERE_SLIP.sub("哪", _YUAN.sub(lambda told: f"{told[1] or told[2]}元", text))
