"""Questions in English and in pinyin, in the words of the documents."""

from __future__ import annotations

import pytest

from assistant.answer import Question, Status
from assistant.gloss import chinese
from assistant.gloss_figures import in_chinese
from assistant.service import Assistant
from knowledge import words

SPELT = {"nongmingong": "农民工", "peixun": "培训", "jineng": "技能"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("training for migrant workers", "农民工培训?"),
        ("What document did the State Council issue in 2018?", "2018年国务院印发什么文件?"),
        ("What are the main forms of vocational training?", "主要职业技能培训形式包括哪些?"),
        ("how many departments", "多少个部门?"),
        ("nongmingong peixun", "农民工培训?"),
        ("nongmingongpeixun", "农民工培训?"),
        ("nong min gong jineng pei xun you naxie", "农民工技能培训有哪些?"),
        ("农民工培训", None),  # Chinese as it is
        ("What is the capital of France?", None),  # mostly unknown
        ("hello there", None),
        ("12345", None),
        ("Which four mechanisms does the article mention?", "哪四个机制?"),
        ("When was the training plan issued?", "培训计划印发什么时候?"),
        ("How long can graduates receive it?", "高校毕业生领取多久?"),
        ("How do I apply for the subsidy?", "补贴怎么申请?"),
        ("How much is the subsidy per person a month?", "补贴每人每月多少钱?"),
        ("Can I apply within six months?", "申请6个月吗?"),
        ("Who can apply for the second class?", "哪些人可以申请第二期?"),
        ("What are the subsidies for graduates from 2019 to 2021?", "2019年至2021年高校毕业生补贴包括哪些?"),
        ("What is the housing xyzzy subsidy?", "住房 xyzzy 补贴是多少?"),  # what is unknown stays
        ("when?", "什么时候?"),  # after an earlier question
        ("???", None),
        ("", None),
    ],
)
def test_a_question_is_put_into_chinese_words(question: str, expected: str | None) -> None:
    assert chinese(question, SPELT.get) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How do I apply for unemployment benefits?", "失业保险金怎么申请?"),
        ("What's the minimum wage in Wuhan?", "最低工资武汉是多少?"),
        ("Can a flexible worker join the pension insurance?", "灵活就业人员参加养老保险吗?"),
        ("What documents do I need for the start-up loan?", "创业担保贷款需要什么材料?"),
        ("Is there a rent subsidy for recent graduates?", "应届毕业生租房补贴有没有?"),
        ("Who pays for work-injury insurance?", "工伤保险资金由谁承担?"),
        ("Which department handles work injury recognition?", "办理工伤认定由哪个部门负责?"),
        ("How is the contribution base calculated for job-seekers?", "缴费基数求职者怎么计算?"),
        ("I'm a veteran, what tax relief can my company get?", "退役军人企业领取什么税收优惠?"),
        ("What happens if my employer doesn't pay overtime?", "企业不工资加班怎么办?"),
        ("I lost my social security card, what should I do?", "丢失社会保障卡怎么办?"),
        ("apprentices aged 16 to 24 years old", "学徒16至24周岁?"),
        ("subsidy of 5,000 yuan per person", "5000元补贴每人?"),
        ("14th five-year plan for vocational training", "“十四五”职业技能培训规划?"),
    ],
)
def test_questions_about_subjects_of_any_document_become_their_words(question: str, expected: str) -> None:
    assert chinese(question, SPELT.get) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("农民工 training", "农民工培训"),
        ("apply补贴需要什么", "申请补贴需要什么"),
        ("gongyi岗怎么申请", "公益岗怎么申请"),  # as one word with what follows, not 工艺
        ("shiyejin怎么领", "失业金怎么领"),
        ("社保subsidy how to apply", "社保补贴怎么申请?"),
        ("IT培训", None),  # abbreviations and marks are as Chinese as the rest
        ("A类证书能拿多少", None),
        ("C1驾照", None),
        ("CPU 是什么", None),
        ("用app办理", None),
        ("apply补贴 with Zzyzx Qwert吗", None),  # a run that is known in part stays whole
    ],
)
def test_in_a_question_of_both_scripts_each_run_of_letters_is_put_into_chinese(
    question: str, expected: str | None
) -> None:
    found = chinese(question, SPELT.get)
    assert found == expected or (expected is None and found is not None and "Zzyzx Qwert" in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("within 3 months", "within 3个月"),
        ("three years", "3年"),
        ("30 working days", "30个工作日"),
        ("two hundred thousand yuan", "20万元"),
        ("200 thousand yuan", "20万元"),
        ("1.5 million", "150万"),
        ("80 per cent", "80%"),
        ("6 months to 12 months", "6个月 to 12个月"),
        ("60 years of age", "60周岁"),
        ("five-year plan", "five-year plan"),
        ("14th five-year", "14th five-year"),
        ("march 5, 2023", "2023年3月5日"),
        ("5th of march 2023", "2023年3月5日"),
        ("in may 2024", "in 2024年5月"),
        ("you may apply", "you may apply"),
        ("by december 31", "by 12月31日"),
        ("in august", "in 8月"),
    ],
)
def test_amounts_and_dates_are_written_as_documents_write_them(text: str, expected: str) -> None:
    assert in_chinese(text) == expected


def test_every_chinese_side_of_the_glossary_is_made_of_words_that_documents_are_cut_into() -> None:
    for line in words.dictionary_lines("glossary.txt"):
        told, _, said = line.partition(":")
        assert said.strip(), line
        pieces = words.words(told)
        assert pieces, line
        assert all(words.is_known(piece) for piece in pieces), line


def test_no_english_phrase_stands_for_two_words() -> None:
    owners: dict[str, str] = {}
    for line in words.dictionary_lines("glossary.txt"):
        told, _, said = line.partition(":")
        for phrase in said.split(","):
            key = " ".join(phrase.lower().replace("-", " ").split())
            assert key, line
            assert key not in owners, (phrase, owners.get(key), told)
            owners[key] = told
    assert len(owners) > 2_000
    assert len(set(owners.values())) > 800


def test_a_plural_or_a_verb_form_is_found_by_its_stem() -> None:
    for asked in ("subsidies", "subsidy", "subsidized training", "applied", "applying", "copies"):
        assert chinese(asked, SPELT.get) is not None, asked


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
