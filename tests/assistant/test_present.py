"""From a verified draft to what is shown: numbers, marks, quotes, related passages."""

from __future__ import annotations

from assistant import gate, present
from assistant.answer import Answer, Status
from assistant.draft import Draft, Statement
from assistant.evidence import Sentence
from assistant.understand import understand
from knowledge.document import Hit, Passage

TEXT = "节水政策\n\n补贴标准为每户8000元。期限为3年。由县里发放。"
FIRST, SECOND, THIRD = "补贴标准为每户8000元。", "期限为3年。", "由县里发放。"
QUERY = understand("补贴标准是多少？")
HIT = Hit(Passage("d", "节水政策", (), 0, len(TEXT), TEXT), 0.123456)


def sentence(text: str) -> Sentence:
    start = TEXT.index(text)
    return Sentence("d", "节水政策", (), start, start + len(text), text, "", 0.5)


class Library:
    """Headings made of the place, and the copies of documents."""

    def __init__(self, copies: tuple[str, ...] = ()) -> None:
        self._copies = copies

    def place(self, doc_id: str, offset: int) -> tuple[str, ...]:
        return (doc_id, str(offset))

    def twins(self, _: str) -> tuple[str, ...]:
        return self._copies


OFFERED = ("三类培训是哪些？",)


def shown(
    *statements: Statement, lead: str = "", status: Status = Status.ANSWERED, copies: tuple[str, ...] = ()
) -> Answer:
    return present.answer(Draft(statements, status, lead), QUERY, [HIT], [], Library(copies), lambda _: OFFERED)


def test_what_stands_in_two_documents_is_said_once_and_cited_from_both() -> None:
    answer = shown(Statement("8000元", (sentence(FIRST),)), Statement("3年", (sentence(SECOND),)), copies=("e",))
    assert answer.answer == "8000元[1][2]。3年[3][4]。"
    assert [citation.doc_id for citation in answer.citations] == ["d", "e", "d", "e"]
    assert [citation.quote for citation in answer.citations] == [FIRST, FIRST, SECOND, SECOND]
    assert [passage.doc_id for passage in answer.retrieved] == ["d", "e"]


def test_marks_count_up_in_the_order_of_the_statements() -> None:
    answer = shown(Statement("期限3年", (sentence(SECOND),)), Statement("8000元", (sentence(FIRST),)))
    assert answer.answer == "期限3年[1]。8000元[2]。"
    assert [citation.quote for citation in answer.citations] == [SECOND, FIRST]


def test_a_sentence_that_is_cited_twice_has_one_citation() -> None:
    answer = shown(Statement("8000元", (sentence(FIRST),)), Statement("每户", (sentence(FIRST), sentence(SECOND))))
    assert answer.answer == "8000元[1]。每户[1][2]。"
    assert len(answer.citations) == 2


def test_a_statement_that_cites_one_sentence_twice_has_one_mark() -> None:
    assert shown(Statement("8000元", (sentence(FIRST), sentence(FIRST)))).answer == "8000元[1]。"


def test_a_list_has_a_line_an_item_under_its_lead() -> None:
    items = tuple(Statement(text, (sentence(FIRST),), is_item=True) for text in ("甲", "乙"))
    assert shown(*items, lead="包括").answer == "包括：\n- 甲[1]\n- 乙[1]"


def test_a_sentence_before_a_list_has_a_line_of_its_own() -> None:
    correction = Statement("文件记载为两项，不是三项", (sentence(FIRST),), repeats=("三项",))
    item = Statement("甲", (sentence(SECOND),), is_item=True)
    assert shown(correction, item).answer == "文件记载为两项，不是三项[1]。\n- 甲[2]"


def test_a_quote_is_the_document_at_its_offsets_under_its_headings() -> None:
    [citation] = shown(Statement("3年", (sentence(SECOND),))).citations
    assert TEXT[citation.start : citation.end] == citation.quote == SECOND
    assert citation.headings == ("d", str(TEXT.index(SECOND)))
    assert citation.title == "节水政策"


def test_what_was_read_is_told_best_first() -> None:
    [passage] = shown(Statement("3年", (sentence(SECOND),))).retrieved
    assert (passage.doc_id, passage.start, passage.end, passage.text) == ("d", 0, len(TEXT), TEXT)


def test_a_refusal_cites_nothing_and_says_which_it_is() -> None:
    for status in (Status.NOT_FOUND, Status.OUT_OF_SCOPE):
        answer = shown(status=status)
        assert answer.status is status
        assert answer.answer.startswith(gate.STATUS_TEXT[status])
        assert answer.citations == ()
        assert len(answer.retrieved) == 1


def test_a_reply_rests_on_nothing() -> None:
    answer = present.reply(Status.SMALL_TALK, "您好。", "你好")
    assert (answer.answer, answer.citations, answer.retrieved) == ("您好。", (), ())


def test_what_else_one_might_ask_is_offered_with_an_answer_and_where_nothing_is_found() -> None:
    assert shown(Statement("8000元", (sentence(FIRST),))).suggestions == OFFERED
    assert shown(status=Status.NOT_FOUND).suggestions == OFFERED
    assert shown(status=Status.OUT_OF_SCOPE).suggestions == ()


def test_asking_back_offers_what_may_be_meant_and_cites_nothing() -> None:
    draft = Draft(status=Status.CLARIFY, options=("甲的标准？", "乙的标准？"))
    answer = present.answer(draft, QUERY, [HIT], [], Library(()), lambda _: OFFERED)
    assert answer.suggestions == draft.options
    assert answer.answer.endswith("\n- 甲的标准？\n- 乙的标准？")
    assert answer.citations == ()
