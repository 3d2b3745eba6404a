"""A sentence that only says the question again, or that speaks of the one before it, is told with its neighbours."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answer import Question, Status
from assistant.service import Assistant


@pytest.fixture(scope="module")
def rules(over: Callable[..., Assistant]) -> Assistant:
    return over(
        青川市公共实训基地管理办法="""青川市公共实训基地管理办法
一是明确实训设备的使用范围。设备只能用于公益性培训和竞赛集训，不得出租，也不得用于生产经营。
二是加强安全管理。基地每季度检查一次消防设施。
市里还建成“青川学堂”“匠人云课”两个网络课堂。培训机构要利用这些网络课堂开展线上教学。
本办法由市人力资源和社会保障局制定。特此通知。
"""
    )


def test_what_follows_a_sentence_that_says_the_question_again_is_told(rules: Assistant) -> None:
    answer = rules.ask(Question.of("实训设备的使用范围是怎么明确的？"))
    assert answer.status is Status.ANSWERED
    assert "不得出租" in answer.answer
    assert any("公益性培训和竞赛集训" in citation.quote for citation in answer.citations)
    assert "消防" not in answer.answer


def test_what_a_sentence_speaks_of_is_told_before_it(rules: Assistant) -> None:
    answer = rules.ask(Question.of("培训机构怎么开展线上教学？"))
    assert answer.answer.index("匠人云课") < answer.answer.index("开展线上教学")
    assert len(answer.citations) == 2


def test_a_sentence_that_tells_is_told_alone(rules: Assistant) -> None:
    answer = rules.ask(Question.of("基地多长时间检查一次消防设施？"))
    assert "匠人云课" not in answer.answer
    assert "不得出租" not in answer.answer
