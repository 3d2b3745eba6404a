"""Limits on numbers and days, worked out by hand."""

from __future__ import annotations

import math

import pytest

from assistant.limits import dates, limits, numbers, windows


@pytest.mark.parametrize(
    ("text", "dimension", "low", "high"),
    [
        ("职工人数在10人以上300人以下", "人", 10, 300),
        ("上年度裁员率不超过5%", "share", -math.inf, 5),
        ("年龄在16周岁以上35周岁以下", "age", 16, 35),
        ("单个企业每年补贴总额不超过20万元", "money", -math.inf, 200_000),
        ("每天见习时间不得超过8小时", "小时", -math.inf, 8),
        ("保费不低于每人每年100元", "money", 100, math.inf),
        ("缴费满1年", "days", 365.25, math.inf),
        ("见习期限为3至12个月", "days", 3 * 365.25 / 12, 365.25),
        ("20个工作日内", "个工作日", -math.inf, 20),
    ],
)
def test_what_a_text_limits(text: str, dimension: str, low: float, high: float) -> None:
    """Both ends are included; years and months are days, 万元 are 元."""
    [limit] = limits(text)
    assert limit.dimension.lstrip("个") == dimension.lstrip("个")
    assert (limit.low, limit.high) == pytest.approx((low, high))


def test_below_does_not_include_its_edge() -> None:
    """Who is 18 is not 不满18周岁."""
    [limit] = limits("不满18周岁的")
    [asked] = numbers("我18岁")
    assert limit.decides(asked) is False
    assert limit.decides(numbers("我17岁")[0]) is True


def test_a_number_that_nothing_limits_decides_nothing() -> None:
    """It is a fact, which other rules compare."""
    assert limits("每户给予补贴8000元") == []


@pytest.mark.parametrize(
    ("text", "asked", "is_so"),
    [
        ("每年9月30日前提出申请", "10月8号", False),
        ("每年9月30日前提出申请", "9月30日", True),
        ("报名时间为4月10日至5月15日", "5月20号", False),
        ("报名时间为4月10日到15日", "4月12日", True),
        ("截止日期为5月30日", "6月", False),
        ("自2024年5月1日起施行", "2024年3月1日", False),
        ("有效期至2027年4月30日", "2026年1月1日", True),
    ],
)
def test_days_in_and_out_of_what_a_text_lets(text: str, asked: str, is_so: bool) -> None:
    """Without a year the day of any year is meant."""
    assert windows(text)[0].decides(dates(asked)[0]) is is_so


def test_a_month_that_is_only_in_part_within_decides_nothing() -> None:
    """The 31st of May is too late, the 1st is not."""
    assert windows("截止日期为5月30日")[0].decides(dates("5月")[0]) is None


def test_days_that_come_back_are_windows() -> None:
    [first, second] = windows("每年1月、7月的1日至20日受理。")
    assert (first.first, first.last) == ((0, 1, 1), (0, 1, 20))
    assert (second.first, second.last) == ((0, 7, 1), (0, 7, 20))
    assert len(windows("每月15日前发放。")) == 12
    assert windows("每月15日发放。") == []
