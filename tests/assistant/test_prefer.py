"""Of sentences on the subject, the form of the question prefers some."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer import Question
from assistant.evidence import Sentence, rank
from assistant.prefer import prefer
from assistant.service import Assistant
from assistant.understand import understand
from knowledge.query import QueryTerm


def weigh(term: QueryTerm) -> float:
    return term.weight


def first(question: str, *texts: str) -> str:
    query = understand(question)
    units = rank([Sentence("d", "", (), 0, len(text), text, "", 0.0) for text in texts], query.terms, weigh)
    return prefer(query, units)[0].text


def test_what_only_says_the_question_again_stands_behind_what_answers_it() -> None:
    told = "创业补贴标准按照每户8000元执行。"
    assert first("创业补贴标准怎么执行？", "创业补贴标准执行。", told) == told


def test_a_definition_is_preferred_where_the_meaning_is_asked_for() -> None:
    told = "以工代训是指企业以实际工作代替培训。"
    assert first("什么是以工代训？", "开展以工代训。", told) == told
    assert first("什么是以工代训？", "各地应当按照要求组织开展以工代训并做好统计。", told) == told


def test_that_a_document_was_issued_tells_nothing_of_its_subject() -> None:
    issued, told = "水利部印发《节水办法》。", "节水办法要求安装节水器具。"
    assert first("节水办法有什么要求？", issued, told) == told


def test_no_evidence_is_lost() -> None:
    query = understand("什么是以工代训？")
    units = rank([Sentence("d", "", (), 0, 4, text, "", 0.0) for text in ("甲。", "乙。", "丙。")], query.terms, weigh)
    assert len(prefer(query, units)) == len(units)
    assert prefer(query, []) == []


def test_what_is_forbidden_is_told_by_a_sentence_that_forbids() -> None:
    told = "不得用于发放补助。"
    assert first("补助资金不得用于哪些工作？", "补助资金用于重点工作。", told) == told
    assert first("补助资金用于哪些工作？", "补助资金用于重点工作。", told) != told


def test_the_row_for_the_number_of_the_question_is_told(over: Callable[..., Assistant]) -> None:
    guide = over(
        失业保险金申领指南="""失业保险金申领指南
领取期限根据累计缴费年限核定：
1. 缴费满1年不满2年的，领取3个月；
2. 缴费满2年不满5年的，领取6个月；
3. 缴费满5年不满8年的，领取15个月；
4. 缴费10年以上的，领取24个月。
"""
    )
    for question, told in (("交了6年失业保险能领几个月？", "15个月"), ("缴费12年能领几个月失业金？", "24个月")):
        answer = guide.ask(Question.of(question))
        assert told in answer.answer, question
        assert answer.answer.count("个月") == 1, question


def test_the_amount_by_the_month_is_told_where_it_is_asked_for(over: Callable[..., Assistant]) -> None:
    rules = over(
        见习补贴通知="""见习补贴通知
一、见习补贴。单位购买人身意外伤害保险的，给予保险补贴，每人最高300元。财政按每人每月1500元给予见习补贴。
"""
    )
    assert "1500元" in rules.ask(Question.of("见习补贴一个月多少钱？")).answer


def test_who_is_in_charge_is_told_by_who_is_responsible(over: Callable[..., Assistant]) -> None:
    text = "青川县护河岗位办法\n\n第一条　本办法所称护河岗位，是指由县政府出资开发的岗位。\n\n第二条　县水利局负责护河岗位的统筹管理。"
    assert "县水利局" in over(rules=text).ask(Question.of("护河岗位谁管？")).answer
