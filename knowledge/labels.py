"""The labelled head of a government page: 索引号, 发文机关, 成文日期, 标题, 发文字号, 发布日期, 有效性.

A label is followed by a colon or, in a table, by the mark between two cells.
"""

from __future__ import annotations

import re

from knowledge import bodies
from knowledge.dates import iso

CELL = " | "  # between two cells of a row
_FIELDS = {
    "issuer": "发文机关 发文单位 发文机构 发布机构 发布机关 制发机关 制定机关 颁布单位 公布机关 制定单位",
    "number": "发文字号 发文文号 文件文号 文件编号 文号",
    "written": "成文日期 成文时间 发文日期 发文时间 生成日期 签发日期",
    "published": "发布日期 发布时间 公布日期 公开日期 发稿时间",
    "effective": "施行日期 实施日期 生效日期 实施时间 生效时间",
    "expires": "有效期至",
    "addressee": "主送机关 主送单位",
    "validity": "有效性 时效性 时效状态 效力状态 有效状态 是否有效",
    "title": "文件名称 信息名称 标题 名称",
}
_OTHERS = (
    "索引号 主题分类 信息分类 体裁分类 组配分类 服务对象分类 公开方式 公开形式 公开范围 公开时限 信息来源 信息索引号 内容概述 "
    "主题词 关键词 统一编号 废止日期 失效日期 失效时间 公开责任部门 来源 作者 浏览次数 阅读次数 字体 字号 分类"
)


def _pattern(names: str) -> str:
    """Return a pattern of some labels, whose characters may be set apart (文　　号)."""
    return "|".join(r"[ \u3000\u00a0]{0,4}".join(name) for name in sorted(names.split(), key=len, reverse=True))


_ANY = _pattern(" ".join((*_FIELDS.values(), _OTHERS)))
_LABEL = re.compile(rf"[\[【]?(?:{_ANY})[\]】]?[ \u3000]{{0,3}}[:：]?")
_AFTER = r"(?:[ \u3000]{0,3}[:：][ \u3000]{0,3}\|?|[ \u3000]{0,3}\|)[ \u3000]{0,3}"
_BEFORE = r"(?:(?<=[\s|\[【\]】])|^)"
_FIELD = {
    name: re.compile(rf"{_BEFORE}[\[【]?(?:{_pattern(names)})[\]】]?{_AFTER}(?P<value>[^\n|]{{1,120}})", re.MULTILINE)
    for name, names in _FIELDS.items()
}
_NEXT = re.compile(rf"\s{{2,}}|[\s\[【](?:{_ANY})[\]】]?{_AFTER}")
_IN_FORCE = re.compile(
    r"(?:现行|继续|部分)?有效|(?:已|全文|部分|条款)?(?:失效|废止|修改|修订)|尚未(?:生效|施行)|有效|失效|废止|是|否"
)
_YES_NO = {"是": "有效", "否": "失效"}
_NUMBER = re.compile(r".{0,30}\d{1,5}\s?号")


def is_label(cell: str) -> bool:
    """Tell whether a cell of a table is one of the labels."""
    return _LABEL.fullmatch(cell) is not None


def labelled(head: str) -> dict[str, str]:
    """Return what the labels of a head tell, by the names of Document's fields; what fits no form is left out."""
    found: dict[str, str] = {}
    for name, pattern in _FIELD.items():
        for match in pattern.finditer(head):
            value = _value(name, _NEXT.split(match["value"], maxsplit=1)[0].strip())
            if value:
                found[name] = value
                break
    return found


def _value(name: str, told: str) -> str | None:
    if name in {"written", "published", "effective", "expires"}:
        return iso(told)
    if name == "issuer":
        return bodies.joined(bodies.named(told))
    if name == "number":
        return told if _NUMBER.fullmatch(told) else None
    if name == "validity":
        stated = _IN_FORCE.fullmatch(told.strip("【】[]（）() "))
        return _YES_NO.get(stated.group(), stated.group()) if stated else None
    return told if len(told) > 1 else None
