"""Which list of a sentence answers a question: the one whose label is what the question asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question
from assistant.evidence import Sentence, Unit, rank
from assistant.extract_list import asks_title, is_plural, listing, titles
from assistant.service import Assistant
from assistant.understand import Query, understand
from knowledge.query import QueryTerm

BOTH = "以企业自主培训、市场化培训为主要供给，以技工院校、培训机构等为主要载体。"


def weigh(term: QueryTerm) -> float:
    return term.weight


def ranked(query: Query, *texts: str) -> list[Unit]:
    return rank([Sentence("d", "", (), 0, len(text), text, "", 0.0) for text in texts], query.terms, weigh)


def told(question: str, *texts: str) -> list[str]:
    query = understand(question)
    draft = listing(query, ranked(query, *texts))
    return [statement.text for statement in draft.statements] if draft else []


def test_of_two_lists_the_one_with_the_label_is_told() -> None:
    assert told("主要供给有哪些？", BOTH) == ["企业自主培训", "市场化培训"]
    assert told("主要载体有哪些？", BOTH) == ["技工院校", "培训机构"]


def test_a_list_of_another_label_is_not_told() -> None:
    assert told("主要目标有哪些？", BOTH) == []


def test_a_list_of_as_many_items_as_the_question_counts_is_told() -> None:
    text = "明确了三项任务，一是完善水价机制，二是推广节水器具，三是加强用水监管。"
    assert told("三项任务是哪些？", text) == ["完善水价机制", "推广节水器具", "加强用水监管"]


def test_every_item_is_an_item_and_rests_on_its_sentence() -> None:
    query = understand("主要供给有哪些？")
    draft = listing(query, ranked(query, BOTH))
    assert draft is not None
    assert all(statement.is_item and statement.evidence[0].text == BOTH for statement in draft.statements)


@pytest.mark.parametrize(
    ("question", "plural"),
    [
        ("主要载体有哪些？", True),
        ("哪几种属性？", True),
        ("三项任务分别是什么？", True),
        ("哪种属性最基本？", False),
        ("哪一项任务最重要？", False),
    ],
)
def test_several_things_or_one(question: str, plural: bool) -> None:
    assert is_plural(understand(question)) is plural


def test_titles_are_asked_for_by_the_noun_of_a_document() -> None:
    assert asks_title(understand("出台了什么文件？"))
    assert asks_title(understand("有哪些规划？"))
    assert not asks_title(understand("主要载体有哪些？"))


def test_the_titles_of_the_best_evidence_are_told() -> None:
    query = understand("出台了哪些节水文件？")
    one = titles(ranked(query, "出台节水文件《节约用水条例》。"))
    assert one is not None
    assert [statement.text for statement in one.statements] == ["《节约用水条例》"]
    two = titles(ranked(query, "出台节水文件《节约用水条例》《节水办法》。"))
    assert two is not None
    assert [statement.text for statement in two.statements] == ["《节约用水条例》", "《节水办法》"]
    assert titles(ranked(query, "节水文件已经出台。")) is None


def test_a_number_too_large_to_count_is_no_count() -> None:
    assert told(f"{'9' * 400}项任务是哪些？", BOTH) == []


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("要弘扬哪三种精神？", "包括：\n- 劳模精神[1]\n- 劳动精神[1]\n- 工匠精神[1]"),
        ("要弘扬哪五种精神？", "文件列出的不是五种，而是：\n- 劳模精神[1]\n- 劳动精神[1]\n- 工匠精神[1]"),
        (
            "实施的四类培训是哪些？",
            "文件记载为三类培训，不是四类[1]。\n- 广泛开展技能培训[1]\n- 全面加强岗位培训[1]\n- 推进创业培训[1]",
        ),
        (
            "有哪些机制？",
            "包括：\n- 建立市场机制，提高供给、服务能力[1]\n- 建立评价机制，形成考核、使用、待遇统一的评价机制[1]",
        ),
    ],
)
def test_a_count_that_the_list_does_not_have_is_corrected(
    over: Callable[..., Assistant], question: str, told: str
) -> None:
    assistant = over(
        意见="培训意见\n\n大力弘扬和培育劳模精神、劳动精神、工匠精神。\n\n重点实施三类培训，即广泛开展技能培训；全面加强岗位培训；推进创业培训。"
        "\n\n建立健全两个机制，即建立市场机制，提高供给、服务能力；建立评价机制，形成考核、使用、待遇统一的评价机制。"
    )
    assert assistant.ask(Question.of(question)).answer == told


def test_who_is_asked_for_is_a_list_of_people() -> None:
    things = "对骨干开展新材料、新工艺等方面培训。"
    people = "面向农民工、退役军人、城镇失业人员等群体组织培训。"
    assert told("哪些人可以参加培训？", things, people) == ["农民工", "退役军人", "城镇失业人员"]


def test_sorts_are_the_list_that_is_led_in_by_its_number() -> None:
    text = "重点实施三类培训，即面向新职工，开展岗前培训；面向班组长，开展管理培训；面向骨干，开展技师培训。"
    assert len(told("职业技能培训分几类？", text)) == len(told("职业技能培训有哪些种类？", text)) == 3


def test_what_is_arranged_for_something_is_no_list_beside_it() -> None:
    text = "开展建筑业、农业、旅游业等新产业培训，加大数字技能培训。"
    assert told("数字技能培训有什么安排？", text) == []


def test_what_says_of_which_kind_a_thing_is_is_no_list() -> None:
    text = "推动人才培养、评价、使用、待遇形成相互协调统一的激励机制。"
    assert told("有什么激励措施？", text) == []
