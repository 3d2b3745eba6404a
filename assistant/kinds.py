"""What kind of answer a question wants: a time, a number, a list … and of which type of value.

The patterns are those of the language (how Chinese asks for a time, a number, a list), not of any document.
"""

from __future__ import annotations

import enum
import re

from knowledge.values import CLASSIFIERS, ValueType


class Kind(enum.StrEnum):
    """What a question asks for."""

    WHEN = "when"
    WHO = "who"
    COUNT = "count"
    VALUE = "value"
    LIST = "list"
    CHRONOLOGY = "chronology"
    ORDER = "order"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    WHAT = "what"
    YES_NO = "yes_no"
    STATEMENT = "statement"


_UNIT = "|".join(sorted(set(CLASSIFIERS), key=len, reverse=True))
_HOW_MANY = r"(?:多少|(?<!哪)几)"
_KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.CHRONOLOGY, r"时间顺序|时间先后|按时间|按年份|先后顺序|沿革|发展历程|历程|演变|大事记|时间线|一步步"),
    (
        Kind.ORDER,
        r"最早|最先|最晚(?!.{0,4}(?:多久|什么时候|啥时候|何时|几[天月号]|哪天|到|得))|最新|最近(?:的|一|出)|哪(?:个|份|一个|项|部)?(?:更|比较)?(?:先|早|晚|后)|谁(?:先|早|在前)|先有.{2,40}还是先?有|孰先|在先|在前面|更早",
    ),
    (
        Kind.WHEN,
        r"什么时[候间]|啥时[候间]?|何时|哪年|哪一?天|哪一年|哪个?月|哪几年|几几年|哪年哪月|几月|何年|年份|日期|几[号日](?!楼|线|院)|(?:发布|印发|成文|施行|生效|出台|开始|结束|截止|起止)(?:的)?(?:具体)?时间",
    ),
    (Kind.WHY, r"为什么|为何|为啥|原因|缘由|怎么会|凭什么|咋会"),
    (
        Kind.WHERE,
        r"哪里|哪儿|在哪(?!个|些|几|种|类|年|天|方|项|份|位)|去哪(?!个|些)|什么地方|(?<!如)何处|啥地方|地址|地点|位置",
    ),
    (
        Kind.COUNT,
        rf"{_HOW_MANY}(?!乎)|多[大高长久远重]|百分之[几多]|占比|比例|[数人金]额|(?:人|次|总|份|家|天)数|规模有|期限|时长|学费|价格(?!.*哪些)|年龄",
    ),
    (
        Kind.LIST,
        r"哪[些几]|有何(?!不)(?=[\u4e00-\u9fff])|哪一?(?:[种类项支只方条]|方面)|哪[三四五六七八九十两]|(?:有|包括|包含|分为|分成|涉及|涵盖|覆盖)(?:了)?(?:什么|啥|谁)|都有(?:什么|谁|啥)|分别|列出|列举|几[个类种项](?:是)?(?:什么|啥)|什么(?:文件|政策|措施|举措|人群|条件|材料|内容|部门|单位|机构|载体|形式|类型|指标|方面|制度|机制|意见|方案|规划|计划|通知|人(?!$))|哪(?:份|个|部|项|条)(?:国家)?(?:文件|政策|意见|方案|规划|计划|通知|办法)",
    ),
    (
        Kind.WHO,
        r"谁|何人|哪个?(?:部门|单位|机构|机关|部委|省|市|地方|单位)|什么(?:部门|单位|机构|机关|部委)|发文(?:机关|单位|部门)|印发(?:机关|单位|部门)|哪家|主办方",
    ),
    (Kind.HOW, r"怎么|怎样|如何|咋(?!会)|用什么(?:办法|方法|方式)|靠什么|通过什么"),
    (
        Kind.WHAT,
        r"是什么|是(?:个|种|一[个种])(?:什么|啥)|指什么|什么是|什么叫|叫什么|何谓|啥是|啥叫|是啥|什么意思|含义|定义|指的是|是指|何为",
    ),
)
_YES_NO = re.compile(
    r"(?:[吗嘛]|(?<![什怎多])么)\s*[?？。!！]*$|是否|是不是|有没有|有无|能不能|可不可以|能否|可否|会不会|算不算|属不属于|在不在|给不给|要不要|管不管|行不行|[对没]错吧|对吗|对不对"
    r"|没[?？]*$|(?<!要|用|能)不[?？]*$|吧[?？。]*$"
)
QUESTION_WORD = re.compile(
    r"什么时候|什么时间|什么样|什么|(?<=有)何(?!时)|何种|何等|哪一年|哪一天|哪[些几年天个类种项份位里儿]?|谁|多少|几|多[大高长久]|怎么样?|怎样|如何|为什么|为何|为啥|何时|啥时候|啥|咋"
)


# 「材料有几种，分别是啥」 is answered by the list.
_COUNTED_AND_NAMED = re.compile(
    rf"{_HOW_MANY}[\u4e00-\u9fff]{{1,3}}.{{0,8}}(?:分别|各|都)(?:是|有|叫|指)?(?:什么|哪|啥|谁)|(?:分|走|要|哪)(?:为|成)?几个?步"
)


# 「期限上涵盖哪些时间」 names a number, and asks for several.
_WHICH = re.compile(r"[^，,。；;？?]{0,6}哪(?:些|几)")


def kind_of(text: str) -> tuple[Kind, bool]:
    """Return what a question asks for, and whether it asks yes or no."""
    asks_yes_no = bool(_YES_NO.search(text))
    if _COUNTED_AND_NAMED.search(text):
        return Kind.LIST, asks_yes_no
    for kind, pattern in _KINDS:
        found = re.search(pattern, text)
        if found and not (
            kind is Kind.COUNT and _WHICH.match(text, found.end()) and not QUESTION_WORD.search(found[0])
        ):
            if asks_yes_no and not QUESTION_WORD.search(text):
                return Kind.YES_NO, True
            return kind, asks_yes_no
    if asks_yes_no:
        return Kind.YES_NO, True
    if re.search(r"意义|作用|目的|目标|要求", text) and not QUESTION_WORD.search(text):
        return Kind.STATEMENT, False
    if re.search(
        rf"(?:^\s*|的)(?:[一二两三四五六七八九十]|\d{{1,2}})(?:{_UNIT}|部|大)[\u4e00-\u9fff]{{1,12}}[?？。]*$", text
    ):
        return Kind.LIST, False
    return (Kind.WHAT if "什么" in text or "啥" in text else Kind.STATEMENT), False


_NO_MONEY = r"[人户件套个家名位天年月次岁期项种类批条倍份点号日楼]|学时|课时|小时"
# The types of value a question can ask for, by its words; the first that fits counts.
_WANTED: tuple[tuple[ValueType, str], ...] = (
    (ValueType.TIME, r"几点(?!几)|什么钟点|上班时间|办公时间|营业时间|几时开门"),
    (ValueType.PHONE, r"电话|手机号|热线|号码|联系方式|怎么联系|如何联系"),
    (ValueType.WEB, r"网址|网站地址|链接|官网"),
    (ValueType.EMAIL, r"邮箱|电子邮件"),
    (ValueType.DOCUMENT_NUMBER, r"文号|发文字号|发文号"),
    (
        ValueType.SHARE,
        r"百分之[几多]|几成(?!员|立|为|本)|几折|比例|占比|百分比|[^频效]率.{0,6}(?:多少|多高|几)|占(?:到|了|全部|总数)?(?:多少|几成)",
    ),
    (ValueType.AGE, r"几岁|多大岁数|年龄|多大年纪|岁数"),
    # How long is asked in so many words, whatever the question calls what lasts: 「收费标准多久评估一次」 is about no amount.
    (
        ValueType.DURATION,
        r"^(?!.*(?:多少(?:钱|元|块)|几[百千万]?[块元]|[补发领奖罚给]多少)).*(?:多久|多长时间|几个?工作日|几个月|几天|多少天|多少个?(?:工作日|月)|几个?小时)",
    ),
    (
        ValueType.MONEY,
        (
            rf"多少钱|多少元|多少块|多少(?!{_UNIT}|人|户)(?:[\u4e00-\u9fff]{{0,4}})(?:补贴|补助|奖励|津贴|资金|经费)(?!对象|项目|的人|人)|几[百千万]?[元块]|金额|费用|学费|工资|补贴标准|补助标准|补多少|给多少|奖多少|标准(?:是|为|有)?多少|价格|收费|花多少|待遇(?:是|有)?多少"
            rf"|(?:补贴(?!性)|补助|奖金|奖励|津贴|保险金|失业金|生活费|工资|月薪|薪水|费|贷款|额度|限额|上限|总额|资助|罚款|起付线|门槛费)(?:(?!目标|指标|任务|人数)[\u4e00-\u9fff，, ]){{0,10}}(?:多少|几)(?!{_NO_MONEY})"
            rf"|(?:挣|赚|贷|借|补|发|领|奖|罚|交|(?<!增)加|放|报|报销|便宜|优惠|省|收|付|退|返|返还|减|花|给|拿)(?:到|给|款|出)?(?:了|过)?(?:我|你|他|人家|每人)?(?:多少|几)(?!{_NO_MONEY}|{_UNIT})"
        ),
    ),
    (
        ValueType.DURATION,
        r"多久|多长|(?<![这那哪])(?:几天|几个月|几周|几个?小时|几年(?!的))|多少天|多少个?(?:工作日|月|小时|学时|课时)|期限|时长|多少年",
    ),
)
# 「如何电话举报」 asks for the number.
_MEANS = (
    (ValueType.PHONE, r"(?:怎么|怎样|如何|咋)(?:通过|用|打|拨打)?(?:电话|热线|手机)"),
    (ValueType.EMAIL, r"(?:怎么|怎样|如何|咋)(?:通过|用|发)?(?:电子邮[件箱]|邮箱|邮件)"),
)


# 「社保补贴最高」「创业补贴标准」: an amount, where the documents have one.
_CLIPPED = re.compile(
    r"(?:补贴|补助|奖励|津贴|奖金|资助|贷款|费|金)(?:的)?(?:最高|最低|上限|额度|标准|金额|数额)\s*[?？。]*$"
)


def wanted_by(text: str, kind: Kind) -> tuple[ValueType | None, tuple[str, ...]]:
    """Return the type of value a question of a kind asks for, and the units it names."""
    for wanted, pattern in _MEANS:
        if kind is Kind.HOW and re.search(pattern, text):
            return wanted, ()
    for wanted, pattern in _WANTED:
        if re.search(pattern, text) and (
            kind not in {Kind.YES_NO, Kind.HOW, Kind.WHY, Kind.LIST} and "哪几年" not in text
        ):
            return wanted, ()
    if kind is Kind.WHEN:
        return ValueType.DATE, ()
    if kind is Kind.STATEMENT and _CLIPPED.search(text):
        return ValueType.MONEY, ()
    if kind is Kind.WHERE:
        return ValueType.PLACE, ()
    if kind is Kind.COUNT:
        if re.search(r"人数|人次|多少人|多少名|几个?人|几名", text):
            return ValueType.COUNT, ("人次", "人", "名", "位")
        match = re.search(rf"{_HOW_MANY}\s*(?:[万千百亿]?)({_UNIT})", text)
        return ValueType.COUNT, (match.group(1),) if match else ()
    return None, ()
