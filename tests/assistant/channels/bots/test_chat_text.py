"""An answer as chat messages: what a person reads, and where it may be cut."""

from __future__ import annotations

import regex
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Status
from assistant.channels.chat_text import late, masked, reply, split

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # four people joined to one picture: 25 bytes
FLAG, KEYCAP, THUMB = "\U0001f1e8\U0001f1f3", "1\ufe0f\u20e3", "\U0001f44d\U0001f3fd"
URL = "https://zc.example.gov.cn/a/Ow6p9yp3fsRpmfE1EygQ3g?from=wechat&x=1"
PIECES = st.sampled_from(
    ["补", "，", "。", "\n", "a", " ", "é", "e\u0301", FAMILY, FLAG, KEYCAP, THUMB, f" {URL} ", "【1】"]
)


def answer(**changes: object) -> Answer:
    citation = Citation("d", "青川县培训补贴办法", 0, 10, "每人补贴一千元。\n另有生活费。")
    base: dict[str, object] = {
        "answer": "- **一千元**[1]\n- 第[2]号",
        "citations": (citation,),
        "suggestions": ("谁可以申请？", "怎么申请？", "何时？", "多的"),
    }
    return Answer("1", Status.ANSWERED, **(base | changes))  # type: ignore[arg-type]


def test_a_person_reads_marks_sources_what_else_to_ask_and_a_link() -> None:
    text, tail = reply(answer(), URL)
    assert text == (
        "· 一千元【1】\n· 第[2]号\n\n"
        "依据：\n【1】“每人补贴一千元。 另有生活费。”\n——《青川县培训补贴办法》\n\n"
        "还可以问（回复数字）：\n1. 谁可以申请？\n2. 怎么申请？\n3. 何时？"
    )
    assert tail == f"原文和依据：{URL}"


def test_sources_with_the_same_words_share_a_line_and_those_of_one_document_its_title() -> None:
    one, two = Citation("d", "《甲》", 0, 2, "一。"), Citation("e", "乙" * 40, 0, 2, "二。")
    text, _ = reply(
        answer(answer="x[1][2][3][4]", citations=(one, one, two, Citation("d", "《甲》", 3, 5, "三。")), suggestions=())
    )
    assert text.partition("依据：\n")[2] == (
        "【1】【2】“一。”\n【4】“三。”\n——《甲》\n【3】“二。”\n——《" + "乙" * 30 + "……》"
    )  # fmt: skip


def test_near_passages_are_shown_as_such_and_nothing_links_where_there_is_no_evidence() -> None:
    near = answer(answer="文件中没有说明。", citations=(), related=answer().citations)
    text, tail = reply(near, URL)
    assert "相近的原文：\n· “每人补贴一千元。" in text
    assert "【" not in text
    assert tail
    assert reply(answer(citations=()), URL)[1] == ""
    assert reply(answer(), None)[1] == ""


def test_what_a_chat_client_would_turn_into_a_link_or_a_picture_stays_text() -> None:
    hostile = '<a href="https://evil.example">领补贴</a> ![x](https://evil.example/x.png) <weixin://dl>'
    text, _ = reply(answer(answer=hostile, suggestions=(hostile,)))
    assert "<" not in text
    assert "](" not in text
    assert "<" not in late(hostile, "答")


def test_a_late_answer_says_which_question_it_belongs_to() -> None:
    assert late(" 问" * 50, "答") == "您问：“" + ("问 " * 20) + "……”\n答"


def test_a_short_text_is_one_part_with_its_tail() -> None:
    assert split("答", tail="链接") == ["答\n\n链接"]
    assert split("", tail="") == []
    assert split("  \n", tail="") == []


def test_cuts_fall_after_a_line_or_a_sentence_where_they_can() -> None:
    """100 bytes hold 33 characters; the last full stop among them is the 30th character."""
    text = ("一二三四五六七八九。" * 10).strip()
    assert split(text, 100) == [text[:30], text[30:60], text[60:90], text[90:]]


def test_a_text_of_exactly_the_limit_is_one_part_and_one_byte_more_is_two() -> None:
    assert [len(part.encode()) for part in split("补" * 682 + "ab", 2_048)] == [2_048]
    assert [len(part.encode()) for part in split("补" * 682 + "abc", 2_048)] == [2_048, 1]


def test_what_is_too_long_keeps_its_tail_and_says_that_it_was_cut() -> None:
    parts = split("补" * 10_000, 2_048, 5, URL)
    assert len(parts) == 5
    assert parts[-1].endswith(f"……\n\n{URL}")


def test_an_address_longer_than_a_message_is_left_out_whole() -> None:
    assert split("看 https://example.org/" + "a" * 3_000 + " 这里") == ["看 （链接过长，略） 这里"]


def test_hundreds_of_marks_on_one_letter_are_cut_rather_than_never_sent() -> None:
    parts = split("e" + "\u0301" * 5_000, 2_048)
    assert max(len(part.encode()) for part in parts) <= 2_048


@given(st.lists(PIECES, max_size=400).map("".join), st.integers(300, 2_048), st.integers(1, 5))
def test_no_part_is_too_large_and_no_cut_falls_in_a_character_an_emoji_or_an_address(
    text: str, limit: int, most: int
) -> None:
    """CASES 47. The parts without white space are the text without it, up to where it is cut with 「……」."""
    parts = split(text, limit, most, "尾")
    assert len(parts) <= most
    assert all(len(part.encode()) <= limit for part in parts)
    assert parts[-1].endswith("尾")

    def bare(value: str) -> str:
        return "".join(value.split())

    joined = bare("".join(parts)).removesuffix("尾")
    whole = joined.removesuffix("……")
    assert bare(text).startswith(whole)
    if not joined.endswith("……"):
        assert whole == bare(text)
    atoms = regex.findall(rf"{regex.escape(URL)}|\X", text.strip())
    ends = {len("".join("".join(atoms[:count]).split())) for count in range(len(atoms) + 1)}
    at = 0
    for part in parts:
        at += len(bare(part.removesuffix("尾").strip().removesuffix("……")))
        assert at in ends


def test_words_that_may_not_be_said_are_masked_but_not_inside_addresses() -> None:
    text = f"ABC 违禁词 abc {URL}?abc=1"
    assert masked(text, ["违禁词", "abc", "违禁"]) == f"＊＊＊ ＊＊＊ ＊＊＊ {URL}?abc=1"
    assert masked(text, []) == text
