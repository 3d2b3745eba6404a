"""How a question in English asks -> how the same is asked in Chinese, and the other words of the question."""

from __future__ import annotations

import re

_ARE = r"(?:\s+(?:is|are|was|were|be|do|does|did|can|could|may|will|would|should|must|has|have)\b)?"
_I = r"(?:\s+(?:i|we|you|one|they|people|someone)\b)?"
# How English asks -> how Chinese does, at the end of the question; the first that fits counts. {0} is put into Chinese first.
_ASKED: tuple[tuple[str, str], ...] = (
    (r"\b(?:what(?:'s| is| are| was)?\s+(?:the\s+)?)?(deadline|closing date|last day|due date|cut-?off date)\b", "截止时间是什么时候"),
    (r"\b(?:what(?:'s| is| are)?\s+(?:the\s+)?)?(?:tele)?(?:phone|hotline|contact)\s*(?:number|line)s?\b", "电话是多少"),
    (r"\bwhat(?:'s| is| are| was)?\s+(?:the\s+)?(?:email|e-mail)(?:\s+address)?\b", "邮箱是什么"),
    (r"\bwhat(?:'s| is| are| was)?\s+(?:the\s+)?(?:web\s?site|url|web address)\b", "网址是什么"),
    (r"\bwhat(?:'s| is| was)?\s+(?:the\s+)?address\b", "地址在哪里"),
    (r"\bwhat(?:'s| is| was)?\s+(?:the\s+)?(?:document|official|reference|file)\s+number\b", "文号是多少"),
    (rf"\b(?:on|by|in|at)?\s*(?:what|which)\s+(?:date|day|time|year|month)\b{_ARE}{_I}", "什么时候"),
    (rf"\bfrom when\b{_ARE}{_I}|\bsince when\b{_ARE}|\b(?:by\s+)?when\s+(?:is|are|was|were|do|does|did|can|could|will|should|must)\b{_I}", "什么时候"),
    (r"^(?:and\s+)?when\b", "什么时候"),
    (rf"\b(?:for\s+)?how long\b{_ARE}{_I}", "多久"),
    (rf"\bhow old\b{_ARE}{_I}|\bwhat\s+(?:is\s+the\s+)?age\b", "多大年龄"),
    (r"\bhow many\s+(?:class|course|study|training)\s+hours\b", "多少课时"),
    (r"\bhow many\s+(?:working|business)\s+days\b", "多少个工作日"),
    (r"\bhow many\s+hours?\b", "多少小时"),
    (r"\bhow many\s+days?\b", "多少天"),
    (r"\bhow many\s+months?\b", "多少个月"),
    (r"\bhow many\s+years?\b", "多少年"),
    (r"\bhow many\s+times?\b|\bhow often\b", "多少次"),
    (r"\bhow many\s+(?:million\s+)?(?:people|person-?\s?times|persons?|trainees?|students?|workers?|employees?|participants?|places)\b", "多少人"),
    (r"\bhow many\s+(?:kinds?|types?|sorts?|categories)(?:\s+of)?\b", "有几类"),
    (r"\bhow many\b", "多少个"),
    (rf"\bhow much(?:\s+money)?\b{_ARE}{_I}", "多少钱"),
    (rf"\bhow\s+(?:do|does|can|could|should|to|would|did|is|are|was|were)\b{_I}", "怎么"),
    (r"\bhow about\b", "呢"),
    (rf"\bwhere\b{_ARE}{_I}|\b(?:at|to|in)?\s*(?:which|what)\s+(?:office|counter|window|place|location)\b", "在哪里"),
    (r"\bwho\s+(?:issued|issues|published|released|promulgated)\b|\bwho\b(?=.*\bissued by\b)", "是谁印发的"),
    (r"\bwho(?:\s+(?:is|are|was))?\s+(?:responsible|in charge|accountable)(?:\s+(?:for|of))?\b", "由谁负责"),
    (r"\bwhich\s+(?:government\s+)?(?:department|bureau|agency|authority|body|office|unit|ministry)s?\b(?:\s+(?:is|are|was))?(?:\s+(?:responsible|in charge)(?:\s+(?:for|of))?)?", "由哪个部门负责"),
    (r"\bwho\s+(?:can|could|may|is eligible|are eligible|is entitled|are entitled|qualif(?:y|ies))\b|\bwhich\s+people\b", "哪些人可以"),
    (r"\bwho\s+(?:are|were)(?:\s+the)?(?=\s+(?!responsible))", "包括哪些"),
    (r"\bwho\s+(?:pays|funds|finances|bears)(?:\s+for)?\b", "资金由谁承担"),
    (r"\bwho(?:m)?(?:\s+(?:is|are|was|were|do|does|did|should))?\b", "谁"),
    (r"\b(?:what|which)\s+(?:documents?|plans?|notices?|policy|policies)\b(?=.*\b(?:issue|publish|release|promulgat|adopt))", "什么文件"),
    (r"^(?:is|are|was|were) there(?: any)?\b", "有没有"),
    (r"\b(?:what|which)\s+(?:documents?|materials?|papers?|paperwork|certificates?|proofs?)\b", "需要什么材料"),
    (r"\bwhat\s+(?:kinds?|types?|sorts?|categories)\s+of\b", "哪些"),
    (r"\bwhat\s+(?:happens|will happen|should\s+\w+\s+do)\b", "怎么办"),
    (r"\bwhat(?:'s| is| was)\s+(?:meant by|the (?:meaning|definition) of)\b|\bwhat\s+does\b(?=.*\bmean\b)|\bdefine\b|\bdefinition of\b", "是什么意思"),
    (r"\bwhat\s+(?:did|does|do|should|must|can|could|will|would|shall)\b", "了什么"),
    (r"\bwhat\s+(?:are|were)\b|\blist(?:\s+(?:all|the))*\b", "包括哪些"),
    (r"\b(?:what(?:'s| is| was)\s+)(?:the\s+)?(?=(?:\S+\s+){0,4}?(?:rate|amount|standard|limit|number|percentage|proportion|share|maximum|minimum|duration|period|subsidy|allowance|quota|ceiling|fee|price|bonus|reward)\b)", "是多少"),
    (r"\bwhat(?:'s| is| was)\b", "是什么"),
    (r"\bwhy\b", "为什么"),
    (r"\bwhich\s+(?:of\b)?|\bin\s+(?:what|which)\b", "哪些"),
    (r"\bwhat\b", "什么"),
)  # fmt: skip
_PAPER = r"(?:article|document|text|policy|policies|notice|rules?|measures|regulations?|page|guide|file)"
# What only tells where the answer is to be found.
_FILLER = re.compile(
    rf"\b(?:(?:as\s+)?(?:mentioned|described|listed|stated|given|named|specified|set out|provided)\s+)?(?:in|by|according to|under)\s+(?:the|this|these)\s+{_PAPER}\b"
    rf"|\b(?:does|do|did)\s+(?:the|this|these)\s+{_PAPER}\s+(?=(?:say|mention|describe|state|tell|list|name|give|require)\b)|\b(?:say|mention|describe|state|tell|list)s?\s+(?:us\s+)?about\b"
    r"|\b(?:please|could you|can you)\s+(?:tell me|explain|list|say)(?:\s+(?:about|what|which))?\b|\bi(?:'d| would) like to know\b"
)
_BY_PAPER = re.compile(rf"\b(?:according|pursuant) to(?:\s+the)?((?:\s+\w+){{1,3}}?)\s+{_PAPER}\b")
_WHETHER = re.compile(r"^(?:can|could|do|does|did|is|are|was|were|will|would|should|may|must|has|have|am)\b")
BEFORE_NOUN = frozenset(("什么", "哪些", "多少个"))  # the noun that follows goes with them: 哪些银行


def asked_by(text: str) -> tuple[str, str]:
    """Return how a question asks, in Chinese, and its other words."""
    text = _FILLER.sub(" ", _BY_PAPER.sub(r"\1", text))
    for pattern, asked in _ASKED:
        found = re.search(pattern, text)
        if found:
            rest = f"{text[: found.start()]} | {text[found.end() :]}"
            return asked, rest if asked in BEFORE_NOUN else rest.replace("|", " ")
    return ("吗", text) if _WHETHER.match(text) else ("", text)
