"""What a question has said already is left out of the answer; what it denies or limits is not."""

from __future__ import annotations

import pytest

from assistant.understand import understand
from assistant.unsaid import unsaid


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        (
            "对受灾严重的企业有什么支持？",
            "对受灾严重的企业，给予贷款贴息和水费减免。",
            "给予贷款贴息和水费减免。",
        ),
        ("图书馆怎么开放？", "本县图书馆实行预约开放，每日限500人。", "实行预约开放，每日限500人。"),
        ("补贴多少钱？", "对受灾企业，给予补贴500元。", "对受灾企业，给予补贴500元。"),
        ("受灾企业能申请贴息吗？", "对受灾企业，给予贷款贴息。", "对受灾企业，给予贷款贴息。"),
    ],
)
def test_what_was_said_goes(question: str, text: str, told: str) -> None:
    assert unsaid(understand(question), text) == told


def test_a_denial_stays() -> None:
    text = "对不符合条件的企业，不予办理延期手续。"
    assert unsaid(understand("对符合条件的企业怎么办理延期手续？"), text) == text
