"""What a question asks for: its kind, the type of value, years, titles, places, premises; other spellings."""

from __future__ import annotations

import pytest

from assistant.kinds import Kind
from assistant.understand import understand
from knowledge.spelling import Speller
from knowledge.values import ValueType

KINDS = [
    ("《国家节水行动方案》是什么时候印发的？", Kind.WHEN),
    ("节水方案哪一年出台的", Kind.WHEN),
    ("申请什么时候截止?", Kind.WHEN),
    ("谁印发了《国家节水行动方案》？", Kind.WHO),
    ("方案由哪个部门制定？", Kind.WHO),
    ("一共有多少家企业参加？", Kind.COUNT),
    ("补贴标准是多少钱？", Kind.COUNT),
    ("补贴期限是多久？", Kind.COUNT),
    ("申请材料有哪些？", Kind.LIST),
    ("包括哪几类人员？", Kind.LIST),
    ("三项任务分别是什么？", Kind.LIST),
    ("请列出申请材料", Kind.LIST),
    ("三项任务", Kind.LIST),
    ("请按时间顺序列出节水文件", Kind.CHRONOLOGY),
    ("节水政策的发展历程", Kind.CHRONOLOGY),
    ("哪个文件最早印发？", Kind.ORDER),
    ("最新的节水文件是哪个？", Kind.ORDER),
    ("在哪里办理？", Kind.WHERE),
    ("办理地点在什么地方", Kind.WHERE),
    ("为什么要节约用水？", Kind.WHY),
    ("为啥要节水", Kind.WHY),
    ("怎样申请补贴？", Kind.HOW),
    ("如何申请补贴", Kind.HOW),
    ("什么是节水型社会？", Kind.WHAT),
    ("节水型社会是什么意思？", Kind.WHAT),
    ("农民工能不能申请补贴？", Kind.YES_NO),
    ("补贴可以重复领取吗？", Kind.YES_NO),
    ("节水的意义", Kind.STATEMENT),
]


@pytest.mark.parametrize(("question", "kind"), KINDS)
def test_the_kind_of_a_question(question: str, kind: Kind) -> None:
    assert understand(question).kind is kind


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("补贴标准是多少钱？", ValueType.MONEY),
        ("每户补贴多少元", ValueType.MONEY),
        ("学费是多少？", ValueType.MONEY),
        ("补贴期限是多久？", ValueType.DURATION),
        ("多少个工作日办完？", ValueType.DURATION),
        ("奖励占预算的比例是多少？", ValueType.SHARE),
        ("年龄要求几岁以上？", ValueType.AGE),
        ("咨询电话是多少？", ValueType.PHONE),
        ("申报网站的网址是什么？", ValueType.WEB),
        ("通知的文号是什么？", ValueType.DOCUMENT_NUMBER),
        ("在哪里办理？", ValueType.PLACE),
        ("指南什么时候施行？", ValueType.DATE),
        ("发放了多少户？", ValueType.COUNT),
    ],
)
def test_the_type_of_value_that_is_wanted(question: str, wanted: ValueType) -> None:
    assert understand(question).wanted is wanted


@pytest.mark.parametrize("question", ["申请材料有哪些？", "为什么要节水？", "怎样申请补贴？", "什么是节水型社会？"])
def test_no_value_is_wanted_where_a_list_a_reason_or_a_way_is(question: str) -> None:
    assert understand(question).wanted is None


@pytest.mark.parametrize(
    ("question", "units"),
    [("发放了多少户？", ("户",)), ("有多少家企业参加？", ("家",)), ("涉及几个部门？", ("个",))],
)
def test_the_unit_stands_behind_the_question_word(question: str, units: tuple[str, ...]) -> None:
    assert understand(question).units == units


def test_people_are_counted_in_more_than_one_unit() -> None:
    assert {"人", "人次", "名"} <= set(understand("有多少人参加？").units)


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("2016年印发了什么文件？", (2016,)),
        ("2019—2021年发放了多少补贴？", (2019, 2021)),
        ("2019-2021年发放了多少补贴？", (2019, 2021)),
        ("19年印发了什么文件？", (2019,)),
        ("2012年和2016年分别印发了什么文件？", (2012, 2016)),
        pytest.param("二〇一六年印发了什么文件？", (2016,)),
        ("补贴标准是多少？", ()),
        ("补贴2000元够吗？", ()),
    ],
)
def test_the_years_that_a_question_names(question: str, years: tuple[int, ...]) -> None:
    assert understand(question).years == years


def test_titles_are_taken_whole_with_the_numbers_inside_them() -> None:
    query = understand("《城市供水条例(2019—2021年)》和《节水办法》是谁印发的？")
    assert query.titles == ("《城市供水条例(2019—2021年)》", "《节水办法》")
    assert query.premises == ()


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("我是河南人，在上海打工能领补贴吗？", ("上海",)),
        ("我老家在江西，能在广东省领吗？", ("广东省",)),
        ("从四川来上海打工怎么补？", ("上海",)),
        ("四川省的补贴标准是多少？", ("四川省",)),
    ],
)
def test_where_somebody_is_from_is_no_place_that_documents_are_of(question: str, places: tuple[str, ...]) -> None:
    assert understand(question).places == places


def test_places_are_told_from_other_words() -> None:
    assert understand("青川县和平武县的补贴一样吗？").places == ("青川县", "平武县")
    assert understand("我国的补贴标准是多少？").places == ()


def test_a_number_that_the_question_takes_for_granted_is_a_premise() -> None:
    [premise] = understand("五项任务是哪些？").premises
    assert (premise.number, premise.unit) == (5, "项")
    assert understand("有几项任务？").premises == ()


def test_a_question_word_is_no_premise() -> None:
    assert understand("涉及多少户？").premises == ()


@pytest.mark.parametrize("question", ["这篇文章的标题是什么？", "文章是哪天发布的？", "该网页的来源是哪里？"])
def test_a_question_about_the_page_itself_is_known(question: str) -> None:
    assert understand(question).asks_page


@pytest.mark.parametrize("question", ["《节水办法》是哪天发布的？", "补贴标准是什么时候发布的？"])
def test_a_question_about_what_a_page_tells_is_not_about_the_page(question: str) -> None:
    assert not understand(question).asks_page


def test_other_things_than_those_named_are_asked_for() -> None:
    assert understand("另外三个部门是谁？").asks_others
    assert not understand("三个部门是谁？").asks_others


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("請問補貼標準是多少？", "请问补贴标准是多少？"),
        ("誰印發了《國家節水行動方案》？", "谁印发了《国家节水行动方案》？"),
    ],
)
def test_traditional_characters_ask_the_same(traditional: str, simplified: str) -> None:
    assert understand(traditional) == understand(simplified)


def test_full_width_digits_and_letters_ask_the_same() -> None:
    assert understand("２０１６年印发了什么文件?") == understand("2016年印发了什么文件?")


def test_politeness_changes_nothing_about_what_is_asked() -> None:
    plain, polite = understand("补贴标准是多少？"), understand("您好，我想问一下补贴标准是多少？谢谢")
    assert (polite.kind, polite.wanted) == (plain.kind, plain.wanted)
    assert {term.word for term in polite.terms} == {term.word for term in plain.terms}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("职业陪训有哪些？", "培训"), ("谁引发了节水方案？", "印发"), ("创业补帖标准是多少？", "补贴")],
)
def test_a_slip_of_the_same_sound_is_read_as_the_word_that_the_documents_have(typed: str, meant: str) -> None:
    query = understand(typed, Speller({"培训": 3, "印发": 3, "补贴": 3, "职业": 1, "创业": 1, "标准": 1, "方案": 1}))
    assert any(meant in word for term in query.terms for word, _ in term.variants)


def test_a_word_of_the_documents_is_never_taken_for_a_slip() -> None:
    query = understand("谁引发了火灾？", Speller({"引发": 2, "印发": 3, "火灾": 1}))
    assert query.text == "谁引发了火灾?"
    assert not any(word == "印发" for term in query.terms for word, _ in term.variants)


@pytest.mark.parametrize("text", ["？", "《》", "1", "。。。", "😀", "a", "的", "年", "第", "\\", "{}"])
def test_a_text_without_a_question_is_understood_as_one_about_nothing_much(text: str) -> None:
    query = understand(text)
    assert query.kind in set(Kind)
    assert len(query.terms) <= 1


@pytest.mark.parametrize(
    ("question", "bodies"),
    [
        ("国家林草局为应对疫情做了哪些措施？", ("国家林草局",)),
        ("为确保两不误，长航局采取了哪些措施？", ("长航局",)),
        ("云江市人社局提供哪些培训？", ("云江市人社局",)),
        ("哪个部门负责审核？", ()),
        ("首批推出云服务的公司有哪些？", ()),  # a description, no name
        ("人社局的电话是多少？", ()),  # not who does what is asked about
    ],
)
def test_the_body_that_does_what_is_asked_about_is_a_constraint(question: str, bodies: tuple[str, ...]) -> None:
    assert understand(question).bodies == bodies


@pytest.mark.parametrize(
    ("question", "places"),
    [("江西省人民政府有哪些措施？", ("江西省",)), ("湖北的补贴标准是多少？", ("湖北",)), ("补贴标准是多少？", ())],
)
def test_a_place_is_known_inside_the_name_of_a_body(question: str, places: tuple[str, ...]) -> None:
    assert understand(question).places == places


def test_a_clause_that_only_tells_ones_own_case_counts_less() -> None:
    """「我们一家厂子想搞培训，企业要符合哪些条件」 asks about conditions of companies."""
    plain = {term.word: term.weight for term in understand("厂子要符合哪些条件？").terms}
    beside = {term.word: term.weight for term in understand("我们厂子想搞培训，企业要符合哪些条件？").terms}
    assert beside["厂子"] < plain["厂子"]
    assert beside["条件"] == plain["条件"]


def test_a_verb_with_a_complement_is_known_by_its_stem() -> None:
    (term,) = (term for term in understand("失业金什么时候会被停掉？").terms if term.word == "停掉")
    assert "停" in {word for word, _ in term.variants}


@pytest.mark.parametrize("question", ["要准备的材料有几种，分别是啥？", "办理分几步？"])
def test_what_is_counted_and_named_is_asked_for_as_a_list(question: str) -> None:
    assert understand(question).kind is Kind.LIST
