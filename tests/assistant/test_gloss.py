"""Questions in English and in pinyin, in the words of the documents."""

from __future__ import annotations

import pytest

from assistant.answer import Question, Status
from assistant.gloss import chinese
from assistant.service import Assistant

SPELT = {"nongmingong": "农民工", "peixun": "培训", "jineng": "技能"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("training for migrant workers", "农民工培训?"),
        ("What document did the State Council issue in 2018?", "2018年国务院印发什么文件?"),
        ("What are the main forms of vocational training?", "主要职业技能培训形式包括哪些?"),
        ("how many departments", "多少个部门?"),
        ("Which four mechanisms does the article mention?", "哪四个机制?"),
        ("When was the training plan issued?", "培训方案印发什么时候?"),
        ("How long can graduates receive it?", "高校毕业生领取多久?"),
        ("Where can I apply for the subsidy?", "申请补贴在哪里?"),
        ("How do I apply for the subsidy?", "补贴怎么申请?"),
        ("How much is the subsidy per person a month?", "补贴每人每月多少钱?"),
        ("Can I apply within six months?", "申请六个月以内吗?"),
        ("Who can apply for the second class?", "哪些人可以申请第二期?"),
        ("What are the subsidies for graduates from 2019 to 2021?", "2019年至2021年高校毕业生补贴包括哪些?"),
        ("What is the housing xyzzy subsidy?", "住房 xyzzy 补贴是多少?"),  # what is unknown stays
        ("nongmingong peixun", "农民工培训?"),
        ("nongmingongpeixun", "农民工培训?"),
        ("nong min gong jineng pei xun you naxie", "农民工技能培训有哪些?"),
        ("农民工 training 有哪些", "农民工培训有哪些"),
        ("农民工培训 APP", None),  # Chinese as it is
        ("What is the capital of France?", None),  # mostly unknown
        ("hello there", None),
        ("12345", None),
        ("???", None),
        ("", None),
    ],
)
def test_a_question_is_put_into_chinese_words(question: str, expected: str | None) -> None:
    assert chinese(question, SPELT.get) == expected


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What document did the State Council issue in 2018?", "《关于推行终身职业技能培训制度的意见》"),
        ("Who are the key groups?", "农民工"),
        ("zhong dian qun ti you naxie", "农民工"),
        ("how many departments", "22个"),
    ],
)
def test_the_article_answers_in_its_own_words(bundled: Assistant, question: str, told: str) -> None:
    answer = bundled.ask(Question.of(question))
    assert answer.status is Status.ANSWERED
    assert told in answer.answer


def test_what_is_off_topic_in_english_stays_so(bundled: Assistant) -> None:
    assert bundled.ask(Question.of("What is the capital of France?")).status is Status.OUT_OF_SCOPE


def test_a_very_long_run_of_letters_takes_bounded_time(bundled: Assistant) -> None:
    assert bundled.ask(Question.of("peixun" * 300)).status in set(Status)
