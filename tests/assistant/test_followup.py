"""Short questions that need the turn before: what they leave out is filled in, what is new is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Answer, Question, Status, Turn
from assistant.followup import stand_alone
from assistant.service import Assistant

VOCABULARY = frozenset(
    "补贴 标准 创业补贴 发放 节水 文件 印发 原则 任务 材料 机制 属性 基本 社会 三项 内容 水价 器具 监管 审核".split()
)


def after(earlier: str, text: str, answer: str = "") -> str:
    turn = Turn(earlier, Answer("1", Status.ANSWERED, answer, question=earlier))
    return stand_alone(Question(text, (turn,)), VOCABULARY)


def test_a_first_question_stands_alone() -> None:
    assert stand_alone(Question(" 补贴标准是多少？ "), VOCABULARY) == "补贴标准是多少？"


@pytest.mark.parametrize("text", ["2019年呢？", "那2019年呢", "2019呢？", "19年呢？", "那么2019年呢？"])
def test_another_year_takes_the_place_of_the_year_before(text: str) -> None:
    asked = after("2016年水利部印发了什么文件？", text)
    assert "19年" in asked
    assert "2016" not in asked
    assert "水利部印发了什么文件" in asked


def test_a_year_with_de_takes_the_place_of_the_year_before() -> None:
    assert after("2016年水利部印发了什么文件？", "2019年的呢？") == "2019年水利部印发了什么文件？"


def test_another_place_is_asked_the_same_thing() -> None:
    asked = after("青川县的创业补贴标准是多少？", "平武县呢？")
    assert "平武县" in asked
    assert "创业补贴标准" in asked
    assert "青川县" not in asked


def test_a_span_of_years_is_exchanged_as_a_whole() -> None:
    asked = after("2016—2018年发放了多少补贴？", "2019年呢？")
    assert "2016" not in asked
    assert "2018" not in asked
    assert "发放了多少补贴" in asked


def test_a_year_is_put_in_front_where_there_was_none() -> None:
    asked = after("水利部印发了什么文件？", "2019年呢？")
    assert asked.startswith("2019年")
    assert "水利部印发了什么文件" in asked


@pytest.mark.parametrize("text", ["它是什么时候印发的？", "这个文件是什么时候印发的？", "该方案是什么时候印发的？"])
def test_a_pronoun_stands_for_the_title_of_the_turn_before(text: str) -> None:
    asked = after("谁印发了《国家节水行动方案》？", text)
    assert "《国家节水行动方案》" in asked
    assert "什么时候印发" in asked
    assert "它" not in asked


def test_a_pronoun_stands_for_the_only_title_of_the_answer() -> None:
    asked = after("2012年印发了什么文件？", "它是谁印发的？", "《节水型社会建设规划》[1]。")
    assert "《节水型社会建设规划》" in asked


LIST = "包括：\n- 完善水价机制[1]\n- 推广节水器具[1]\n- 加强用水监管[1]"


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("第一项是什么？", "完善水价机制"),
        ("第二个呢？", "推广节水器具"),
        ("第3项怎么做？", "加强用水监管"),
        ("那第三个是什么意思？", "加强用水监管"),
    ],
)
def test_an_ordinal_names_an_item_of_the_last_list(text: str, item: str) -> None:
    asked = after("明确了哪三项任务？", text, LIST)
    assert item in asked
    assert "[1]" not in asked
    assert "第" not in asked


@pytest.mark.parametrize(
    "text",
    [
        "第九项是什么？",
        "第四个呢？",
        pytest.param("第0个是什么？"),
    ],
)
def test_an_ordinal_beyond_the_list_names_no_item(text: str) -> None:
    asked = after("明确了哪三项任务？", text, LIST)
    assert not any(item in asked for item in ("完善水价机制", "推广节水器具", "加强用水监管"))


def test_an_ordinal_needs_a_list() -> None:
    asked = after("谁印发了《国家节水行动方案》？", "第二个是什么？", "水利部[1]。")
    assert "水利部" not in asked


def test_another_subject_of_the_same_kind_takes_the_place_of_the_one_before() -> None:
    asked = after("职业培训的基本属性是什么？", "社会属性呢？")
    assert "社会属性" in asked
    assert "基本属性" not in asked
    assert "是什么" in asked


def test_another_subject_is_asked_the_same_thing() -> None:
    asked = after("《国家节水行动方案》是什么时候印发的？", "《城市节水工作指南》呢？")
    assert "《城市节水工作指南》" in asked
    assert "什么时候" in asked
    assert "国家节水行动方案" not in asked


def test_a_short_question_takes_its_subject_from_the_turn_before() -> None:
    assert "国家节水行动方案" in after("谁印发了《国家节水行动方案》？", "什么时候印发的？")


@pytest.mark.parametrize(
    "text",
    [
        "上海迪士尼乐园的门票多少钱？",
        "申请创业补贴需要提交哪些材料，在哪里提交？",
        "《城市节水工作指南》是谁印发的？",
        "明天会下雨吗？",
    ],
)
def test_a_change_of_topic_is_left_alone(text: str) -> None:
    assert after("谁印发了《国家节水行动方案》？", text) == text


def test_only_the_last_turn_counts() -> None:
    turns = tuple(
        Turn(text, Answer("1", Status.ANSWERED, "", question=text))
        for text in ("谁印发了《甲办法》？", "谁印发了《乙办法》？")
    )
    asked = stand_alone(Question("它是什么时候印发的？", turns), VOCABULARY)
    assert "《乙办法》" in asked
    assert "甲" not in asked


def test_a_chain_of_follow_ups_goes_by_the_stand_alone_form() -> None:
    turn = Turn("2019年呢？", Answer("1", Status.ANSWERED, "", question="2019年印发了什么文件？"))
    assert stand_alone(Question("2021年呢？", (turn,)), VOCABULARY) == "2021年印发了什么文件？"


@pytest.mark.parametrize("earlier", ["\\d培训是什么", "\\1补贴", "补贴\\", "a(b", "[补贴", "\\g<0>补贴"])
@pytest.mark.parametrize("text", ["它是谁印发的？", "2019年呢？", "社会补贴呢？", "第二个呢？"])
def test_signs_of_a_pattern_in_the_turn_before_are_only_signs(earlier: str, text: str) -> None:
    assert after(earlier, text)


def talk(assistant: Assistant, *asked: str) -> Answer:
    """Ask one question after the other and return the last answer."""
    return assistant.ask_after(asked[:-1], asked[-1])


def document(place: str, days: int, amount: int, more: str = "") -> str:
    return (
        f"{place}培训补贴办法\n\n一、补贴标准\n初级工每人{amount}元，高级工每人{amount + 800}元。\n\n二、办理\n"
        f"申请材料为身份证和培训证书。人力资源和社会保障局应当在{days}个工作日内完成审核。\n{more}"
    )


@pytest.fixture(scope="module")
def two_places(over: Callable[..., Assistant]) -> Assistant:
    return over(
        望湖市培训补贴办法=document("望湖市", 10, 1000, "咨询电话：0000-1234567。"),
        青沅市培训补贴办法=document("青沅市", 15, 1200),
    )


def test_a_question_that_many_documents_answer_is_asked_of_the_one_talked_about(two_places: Assistant) -> None:
    assert "10个工作日" in talk(two_places, "望湖市培训补贴初级工给多少？", "多久能审完？").answer
    assert "15个工作日" in talk(two_places, "青沅市培训补贴初级工给多少？", "多久能审完？").answer


def test_another_place_is_asked_in_its_own_documents(two_places: Assistant) -> None:
    answer = talk(two_places, "望湖市培训补贴初级工给多少？", "青沅市的呢？")
    assert "1200元" in answer.answer
    assert {citation.title for citation in answer.citations} == {"青沅市培训补贴办法"}


def test_another_group_is_asked_in_the_same_document(two_places: Assistant) -> None:
    assert "2000元" in talk(two_places, "青沅市培训补贴初级工给多少？", "高级工呢？").answer


def test_what_the_document_talked_about_does_not_tell_is_not_taken_from_another(two_places: Assistant) -> None:
    assert talk(two_places, "青沅市培训补贴初级工给多少？", "咨询电话是多少？").status is Status.NOT_FOUND
    assert "0000-1234567" in talk(two_places, "望湖市培训补贴初级工给多少？", "咨询电话是多少？").answer


def test_another_subject_is_a_change_of_topic(two_places: Assistant) -> None:
    answer = talk(two_places, "望湖市培训补贴初级工给多少？", "明天会下雨吗？")
    assert answer.status in {Status.OUT_OF_SCOPE, Status.NOT_FOUND}
    assert answer.question == "明天会下雨吗?"


def test_thanks_and_what_is_off_topic_between_two_questions_change_no_subject(two_places: Assistant) -> None:
    asked = ("青沅市培训补贴初级工给多少？", "谢谢", "世界杯谁赢了？", "多久能审完？")
    assert "15个工作日" in talk(two_places, *asked).answer


def test_the_form_that_stands_alone_names_what_is_talked_about(two_places: Assistant) -> None:
    answer = talk(two_places, "望湖市培训补贴初级工给多少？", "要带什么材料？")
    assert "望湖市培训补贴" in answer.question
    assert "身份证" in answer.answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [("这个季度忘了还能补吗", "这个季度"), ("那时候培训了多少人", "国家节水行动方案"), ("这样可以吗", "这样")],
)
def test_a_time_or_a_manner_is_no_pronoun(text: str, expected: str) -> None:
    assert expected in after("谁印发了《国家节水行动方案》？", text)


def test_the_last_one_counts_from_the_end() -> None:
    assert "加强用水监管" in after("明确了哪三项任务？", "最后一项是什么？", LIST)
