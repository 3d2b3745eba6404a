"""Which aspect of a measure a question asks for, and the forms in which policy documents tell that aspect.

People ask 「要带啥」 and 「去哪办」; documents write 「应当提交…」 and 「向…提出申请」, with none of the words that were asked. The
forms are those of official Chinese, not of any document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST_LABEL = 24  # characters
CREDIT = 0.8  # of a word of asking, where a sentence has the form that tells it


@dataclass(frozen=True, slots=True)
class Aspect:
    """An aspect that is asked for: the words of asking and the form of what tells it.

    ``headed`` is how a section is headed that tells it; ``is_whole``: all that such a section says is asked for.
    """

    asked: str
    told: re.Pattern[str]
    headed: re.Pattern[str] | None = None
    is_whole: bool = False

    def asks(self, word: str) -> bool:
        """Tell whether a word of the question only asks for the aspect."""
        return word in self.asked

    def heads(self, label: str) -> bool:
        """Tell whether a heading or a label, in its normal form, says that what it heads tells the aspect."""
        return self.headed is not None and len(label) <= _LONGEST_LABEL and self.headed.search(label) is not None

    def tells(self, text: str) -> bool:
        """Tell whether a text, in its normal form, has the form."""
        return self.told.search(text) is not None


_PLACE = r"(?:局|所|中心|窗口|大厅|服务站|站|平台|机构|部门|街道|社区|学校|系统|办公室|政府)"
_DOES = r"(?:申请|申报|提出|提交|办理|报名|递交|领取|咨询|受理|登记|认定)"
_PAPER = r"(?:材料|证|表|书|合同|复印件|照片|凭证|发票|名册|卡|清单|花名册|户口簿|资料|证明)"
_ASPECTS: tuple[tuple[str, str, str], ...] = (
    (
        r"(?:[在去到上从]?(?:哪里|哪儿|那里)|[在去到]哪|什么地方|啥地方|哪个(?:平台|窗口|网站|大厅))(?:能|可以|要|去)?(?:申请|申报|办理?|报名?|交|领|弄|提交|登记|咨询|问)?(?:材料)?",
        rf"(?:向|到|在|至|由)[^,。;]{{2,30}}?{_PLACE}[^,。;]{{0,14}}{_DOES}|(?:登录|通过|打开|关注|进入)[^,。;]{{2,30}}(?:平台|网|app|小程序|公众号|系统|栏目)|(?:地址|地点|窗口):",
        r"地点|地址|窗口|去哪|到哪|哪里办|办理(?:方式|渠道)|申[请报]渠道|联系",
    ),
    (
        r"(?:带|交|准备|提供|提交|携带|备)(?:些|齐|上)?(?:什么|啥|哪些|咩|几样|哪几样)(?:材料|资料|证件|东西|文件|证|表)?|(?:什么|啥|哪些|咩|几[样种份])(?:申请|申报|报名)?(?:材料|资料|证件|手续|证|东西)|(?:材料|手续)(?:有|要|是)?(?:哪些|什么|啥)|(?:材料|手续|证件)[?。]*$",
        rf"(?:提交|提供|携带|出示|递交|填写|上传|报送|凭|持|附)[^。;]{{0,40}}{_PAPER}",
        r"材料|资料|手续|要带|带什么|证件",
    ),
    (
        r"走?(?:哪)?(?:几|多少)?(?:个)?(?:步骤?|程序|流程|环节|手续)|(?:怎么|如何|怎样|咋)(?:去|来)?(?:申请|报名?|办理?|申报|申领|领|走|弄|认定|评)",
        r"程序|流程|步骤|顺序|环节|按照?以下|(?:申请|报名|申报)[、,—-].{0,24}(?:审核|初审|复核|公示|审批)",
        r"程序|流程|步骤|环节|办理|怎么办|如何(?:办|申)|怎么(?:申|办|领|报)|(?:报名|申报|申请|办理)(?:办法|方法)|申[请报](?!条件|材料|时间|对象|表)",
    ),
    (
        r"(?:哪些|什么|啥|哪几[类种]|哪类|什么样的|哪[个种])(?:人员?|企业|单位|公司|群体|对象|学员|劳动者|毕业生)?(?:才)?(?:能|可以|可|有资格|符合|够)(?:享受|申请|申领|领取?|报名?|参加|拿)?|谁(?:才)?(?:能|可以|有资格)(?:享受|申请|申领|领取?|报名?|参加|拿)?|(?:什么|哪些|啥)(?:条件|资格|要求)|(?:条件|资格)(?:是|有)?(?:什么|哪些|啥)|(?:哪些人|什么人|谁)(?:能|可以|有资格)?(?:享受|申请|领|拿|报)?",
        r"(?:符合|具备|满足|具有)[^。]{0,30}(?:条件|资格|之一)|(?:下列|以下)(?:\S{0,6})(?:人员|单位|条件|对象|企业|情形|劳动者)|(?:对象|范围)(?:为|是|包括|:)|(?:人员|企业|者|单位|毕业生|职工|农民工|基地|机构)的?,?(?:均|都|也)?(?:可以?|能够?)(?:按规定)?(?:申请|享受|申领|领取|报名|参加|获得)",
        r"对象|范围|条件|资格|谁能|谁可以|哪些人|适用|人员$",
    ),
    (
        r"(?:哪些|什么|啥)?(?:情况|情形|人|时候)?(?:(?<![能给可会行要发补])不(?:能|给|可以|可|予|让|许|得|发|补|算|享受|符合)|没资格|(?:领|拿|享受|申请|申领|办|报)不(?:了|到|上))(?:享受|申请|领|拿|发|补|报)?",
        r"不予|不得|不能|不再|不享受|不纳入|不列入|除外|停止|取消|停发|不属于|不受理|不可|不包括|不符合",
        r"不予|不得|停发|停止|除外|情形|不能|取消",
    ),
    (
        r"到?底?(?:是|算)(?:个|种)?(?:什么|啥)(?:意思|东西|样的?)?[\u4e00-\u9fff]{0,2}(?=[?。]*$)|(?:什么|啥)(?:是|叫|意思)|指(?:的是)?(?:什么|谁|哪些|啥)|含义|定义|是(?:什么|啥|咩)意思",
        r"是指|所称|所说的|指的是|[,是]指|以下(?:称|简称)",
        r"定义|含义|是什么|什么是|名词|概念",
    ),
    (
        r"(?:资金|钱|经费|费用)(?:由谁承担|来源|从哪[里儿]?(?:来|出)?|谁出)",
        r"列支|由[^,。;]{2,30}(?:承担|负担|支付|安排)|资金来源|专账|(?:在|从)[^,。;]{2,30}(?:中|内)?(?:列支|支出|安排|解决)|纳入[^,。;]{2,12}预算",
        r"资金(?:来源|渠道|保障)|经费",
    ),
    (
        r"(?:多久|几天|什么时候|啥时候|何时|几[号日]|多长时间)(?:才)?(?:能|会|可以)?(?:到账|到手|打钱|打款|发到?|拿到|发放|给钱|下来)(?:卡里|钱)?",
        r"拨付|发放|打入|划拨|拨入|支付|划入|拨至|发至|打到",
        r"拨付|发放|兑现|支付",
    ),
    (
        r"(?:怎么|如何|怎样|咋|受什么|有什么|有啥|啥|什么)(?:处罚|罚|后果|惩罚|处分)|(?:造假|作假|骗|作弊|虚假|冒领)[^,。]{0,10}(?:怎么|如何|怎样|咋)(?:处理|处置|办)|会(?:被)?(?:怎么样|怎样|咋样)|后果",
        r"追回|追缴|取消|列入|移送|不得|退回|处以|罚款|扣|停止|责令|追究|通报|收回|不予",
        r"监督|管理|责任|罚|违规|违约",
    ),
    (
        r"(?:钱|资金|补贴|返还|经费|款)[\u4e00-\u9fff]{0,6}(?:用在哪[里儿]?|用到哪[里儿]?|干什么用?|做什么用?|干啥用?|用来(?:干|做)?(?:什么|啥)|怎么用|有什么用)|(?:用途|使用范围)",
        r"用于|用途|用来|使用范围|专款专用|不得挪",
        r"用途|使用|资金",
    ),
)
_WHOLE = frozenset({1, 2, 3, 4})  # what to bring, which steps, who, when not
_COMPILED = tuple((re.compile(asked), re.compile(told), re.compile(headed)) for asked, told, headed in _ASPECTS)


def asked_for(text: str) -> Aspect | None:
    """Return the aspect that a question, in its normal form, asks for; None where it asks for none of these."""
    for number, (asked, told, headed) in enumerate(_COMPILED):
        match = asked.search(text)
        if match is not None:
            return Aspect(match.group(), told, headed, number in _WHOLE)
    return None
