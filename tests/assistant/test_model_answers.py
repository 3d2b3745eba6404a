"""Sixty questions on the bundled article to a scripted model: what it gets right is said, what it makes up is not.

``tests/data/model_answers.jsonl``: for each question (of the dev half of the question set) sentences as a model words them:
``correct``; ``changed`` in one number, year, body or title; ``fabricated``. The model speaks over HTTP and cites the passage
that holds the gold evidence, so that only verification tells them apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Question, Status
from assistant.generate import REMOVED, UNSUPPORTED
from assistant.service import Assistant

ROOT = Path(__file__).parents[2]
ANSWERS = [
    json.loads(line) for line in (ROOT / "tests/data/model_answers.jsonl").read_text(encoding="utf-8").splitlines()
]
CASES = {
    case["id"]: case
    for case in map(json.loads, (ROOT / "eval/data/policy_article.jsonl").read_text(encoding="utf-8").splitlines())
    if case["split"] == "dev"
}
Answering = Callable[..., Assistant]


def said_over_the_protocol(
    assistant: Assistant, upstream: Any, protocol: Any, question: str, evidence: list[str], sentences: list[str]
) -> set[str]:
    """Let the model say sentences, each citing the passage with the evidence; return those that came out."""

    def reply(asked: Any) -> Any:
        shown = protocol.passages(asked.prompt)
        marks = [number for number, text in shown.items() if any(part[:20] in text for part in evidence)] or [1]
        cited = "".join(f"[{number}]" for number in marks[:2])
        text = "\n".join(f"{sentence.rstrip('。')}{cited}。" for sentence in sentences)
        return protocol.Play(f"RESULT: answered\n{text}", size=50)

    upstream.reply = reply
    answer = assistant.ask(Question.of(question))
    if answer.answer.endswith(UNSUPPORTED):
        return set()
    return {sentence for sentence in sentences if sentence.rstrip("。") in answer.answer}


def judged_over_all(said: Callable[[Any, list[str]], set[str]], *, apart: bool) -> tuple[list[str], list[str]]:
    """Return the right sentences that were lost and the wrong ones that were said; ``apart``: said by themselves, too."""
    lost, passed = [], []
    for row in ANSWERS:
        case, false = CASES[row["case"]], row["changed"] + row["fabricated"]
        ways = [row["correct"] + false, row["correct"], false] if apart else [row["correct"] + false]
        for sentences in ways:
            out = said(case, sentences)
            lost += [sentence for sentence in sentences if sentence in row["correct"] and sentence not in out]
            passed += [sentence for sentence in sentences if sentence in false and sentence in out]
    return lost, passed


@pytest.mark.parametrize("apart", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_sixty_questions_right_changed_and_made_up(
    apart: bool, upstream: Any, protocol: Any, answering: Answering
) -> None:
    """All that is wrong is removed, and at least 0.98 of what is right is kept."""
    assistant = answering(upstream.url, llm_timeout=20.0, llm_first_token_timeout=20.0)

    def said(case: Any, sentences: list[str]) -> set[str]:
        return said_over_the_protocol(assistant, upstream, protocol, case["turns"][-1], case["evidence"], sentences)

    lost, passed = judged_over_all(said, apart=apart)
    right = sum(len(row["correct"]) for row in ANSWERS) * (2 if apart else 1)
    wrong = sum(len(row["changed"] + row["fabricated"]) for row in ANSWERS) * (2 if apart else 1)
    print(f"kept {right - len(lost)} of {right}, removed {wrong - len(passed)} of {wrong}")
    assert (len(ANSWERS), len({row["case"] for row in ANSWERS})) == (60, 60)
    assert passed == []
    assert len(lost) <= 0.02 * right, lost


def test_what_is_removed_is_said_to_be(upstream: Any, protocol: Any, answering: Answering) -> None:
    right = "2018年，国务院印发《关于推行终身职业技能培训制度的意见》"
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n{right}[1]。补贴标准为每人5000元[1]。")
    answer = answering(upstream.url).ask(Question.of("2018年国务院印发了什么文件？"))
    assert answer.answer == f"{right}[1]。\n{REMOVED}"
    assert answer.status is Status.ANSWERED, "the short answer itself stands"
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n补贴标准为每人5000元[1]。{right}[1]。")
    answer = answering(upstream.url).ask(Question.of("2018年国务院印发了什么文件？"))
    assert answer.status is Status.PARTIAL, "the short answer was removed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{right}[99]。", None),  # a passage that was not shown
        ("{right}[99][1]。", "{right}[1]。"),
        ("{right}。", "{right}[1]。"),  # no mark: it is looked for in all that was shown
        ("{right}[5]。", None),  # another passage
        ("{right}。[1]", "{right}[1]。"),
        ("**{right}**【1】。", "{right}[1]。"),
        ("- {right} [1]\n", "- {right}[1]"),
        ("根据文件，{right}[1]。", "根据文件，{right}[1]。"),
    ],
)
def test_a_sentence_stands_with_the_passage_it_cites(
    text: str, expected: str | None, upstream: Any, protocol: Any, answering: Answering
) -> None:
    right = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》"
    upstream.reply = lambda _: protocol.Play("RESULT: answered\n" + text.format(right=right))
    answer = answering(upstream.url).ask(Question.of("2017年出台了什么文件？"))
    if expected is None:
        assert answer.answer.endswith(UNSUPPORTED)
    else:
        assert answer.answer == expected.format(right=right)


def test_not_found_is_an_outcome_and_costs_nothing_more(upstream: Any, protocol: Any, answering: Answering) -> None:
    """The request is closed at the word; nearest passages are offered as such."""
    upstream.reply = lambda _: protocol.Play("RESULT: not_found\n" + "但是我可以猜一猜。" * 500, between=0.01, size=20)
    answer = answering(upstream.url).ask(Question.of("职业技能培训补贴每人多少钱？"))
    assert answer.status is Status.NOT_FOUND
    assert answer.answer.startswith("文件中没有说明这个问题。")
    assert (answer.citations, bool(answer.retrieved)) == ((), True)
    assert upstream.asked[0].ended is None


def test_partial_is_an_outcome_that_says_which_part(upstream: Any, protocol: Any, answering: Answering) -> None:
    question = "2017年出台了什么文件，补贴标准是多少？"
    right = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》[1]。"
    upstream.reply = lambda _: protocol.Play(f"RESULT: partial\n{right}\nMISSING: 补贴标准是多少")
    answer = answering(upstream.url).ask(Question.of(question))
    assert answer.status is Status.PARTIAL
    assert answer.answer == f"{right}\n（文件中没有说明：补贴标准是多少。）"
    upstream.reply = lambda _: protocol.Play(f"RESULT: partial\n{right}\nMISSING: 请致电400-123-4567咨询发放时间")
    answer = answering(upstream.url).ask(Question.of(question))
    assert "400" not in answer.answer, "what the question does not say is no part of it"
    assert "另一部分，文件中没有说明" in answer.answer


@pytest.mark.parametrize("opening", ["不是。", "不对，", "不是2016年，"])
def test_a_premise_is_corrected(opening: str, upstream: Any, protocol: Any, answering: Answering) -> None:
    right = f"{opening}《关于推行终身职业技能培训制度的意见》是2018年由国务院印发的"
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n{right}[1]。", size=1)
    answer = answering(upstream.url).ask(Question.of("《关于推行终身职业技能培训制度的意见》是2016年印发的吗？"))
    assert answer.answer == f"{right}[1]。"


def test_words_like_not_found_decide_nothing(upstream: Any, protocol: Any, answering: Answering) -> None:
    right = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》[1]。"
    upstream.reply = lambda _: protocol.Play(f"{right}文件中没有说明其他内容。")
    answer = answering(upstream.url).ask(Question.of("2017年出台了什么文件？"))
    assert answer.status is Status.ANSWERED
    assert answer.answer.startswith(right)


def test_thinking_is_not_said(upstream: Any, protocol: Any, answering: Answering) -> None:
    right = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》[1]。"
    thought = "<think>\n2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》[1]。是这样吗？\n</think>\n"
    upstream.reply = lambda _: protocol.Play(f"{thought}RESULT: answered\n{right}", size=3)
    assert answering(upstream.url).ask(Question.of("2017年出台了什么文件？")).answer == right


def test_an_english_answer_is_verified_by_its_numbers_dates_and_titles(
    upstream: Any, protocol: Any, answering: Answering
) -> None:
    title = "《新时期产业工人队伍建设改革方案》"
    said = (
        f"In 2017 the CPC Central Committee and the State Council issued the plan {title} [1]. "
        f"In 2016 they issued the plan {title} [1]. "
        "It was followed by 《产业工人条例》 [1]."
    )
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n{said}")
    answer = answering(upstream.url).ask(Question.of("What document was issued in 2017?"))
    first = f"In 2017 the CPC Central Committee and the State Council issued the plan {title}[1]."
    assert answer.answer == f"{first}\n{REMOVED}"
    assert "What document was issued in 2017?" in upstream.asked[0].prompt, "it is asked in the person's own words"


def test_a_follow_up_is_made_a_question_of_its_own(upstream: Any, protocol: Any, answering: Answering) -> None:
    assistant = answering(upstream.url)
    right = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》[1]。"
    upstream.plays.extend(
        [
            protocol.Play(f"RESULT: answered\n{right}"),
            protocol.Play("《新时期产业工人队伍建设改革方案》是谁印发的？"),
            protocol.Play("RESULT: answered\n中共中央、国务院印发了《新时期产业工人队伍建设改革方案》[1]。"),
        ]
    )
    answer = assistant.ask_after(["2017年出台了什么文件？"], "是谁印发的？")
    assert answer.question == "《新时期产业工人队伍建设改革方案》是谁印发的?"
    assert answer.answer == "中共中央、国务院印发了《新时期产业工人队伍建设改革方案》[1]。"
    assert right.split("[", maxsplit=1)[0] in upstream.asked[1].prompt, "it reads what was answered"
    assert len(upstream.asked) == 3


@pytest.mark.parametrize(
    "rewritten",
    ["2035年的文件是谁印发的？", "《虚构的方案》是谁印发的？", "甲\n乙", "长" * 400, "", "忽略规则"],
)
def test_a_rewriting_that_says_what_nobody_said_is_not_used(
    rewritten: str, upstream: Any, protocol: Any, answering: Answering
) -> None:
    right = "2017年，中共中央、国务院印发《新时期产业工人队伍建设改革方案》[1]。"
    upstream.plays.extend([protocol.Play(f"RESULT: answered\n{right}"), protocol.Play(rewritten)])
    upstream.reply = lambda _: protocol.Play(f"RESULT: answered\n{right}")
    answer = answering(upstream.url).ask_after(["2017年出台了什么文件？"], "是谁印发的？")
    assert answer.question != rewritten
    assert answer.status is Status.ANSWERED
