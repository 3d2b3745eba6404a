"""Citations become paragraphs with the cited words marked."""

from __future__ import annotations

from assistant.answer import Citation
from assistant.channels.cards import MAX_CONTEXT, Piece, Source, gather
from knowledge.document import Document, Section

TEXT = "第一段。\n甲。乙。丙。\n第三段。"
OUTLINE = (Section("一", 1, 0, 1), Section("旁", 2, 1, 2), Section("二", 2, 3, 4), Section("后", 1, 12, 13))


def source(text: str = TEXT) -> Source:
    return Source(Document("d", "标题", text), OUTLINE)


def find(doc_id: str) -> Source | None:
    return source() if doc_id == "d" else None


def cite(quote: str, text: str = TEXT, doc_id: str = "d") -> Citation:
    start = text.index(quote)
    return Citation(doc_id, "标题", start, start + len(quote), quote, ("引文自带",))


def test_a_citation_is_shown_in_its_whole_paragraph() -> None:
    [card] = gather([cite("乙。")], find)
    assert card.pieces == (Piece("甲。"), Piece("乙。", (1,), (1,)), Piece("丙。"))
    assert (card.numbers, card.headings, card.cut_before, card.cut_after) == ((1,), ("一", "二"), False, False)


def test_the_headings_above_a_position_are_its_path() -> None:
    assert [source().path(position) for position in (0, 1, 5, 12)] == [("一",), ("一", "旁"), ("一", "二"), ("后",)]


def test_citations_of_one_paragraph_share_it_and_others_do_not() -> None:
    cards = gather([cite("丙。"), cite("第三段。"), cite("甲。")], find)
    assert [card.numbers for card in cards] == [(1, 3), (2,)]
    assert cards[0].pieces == (Piece("甲。", (3,), (3,)), Piece("乙。"), Piece("丙。", (1,), (1,)))


def test_overlapping_citations_are_both_marked_where_they_overlap() -> None:
    [card] = gather([cite("甲。乙。"), cite("乙。丙。")], find)
    assert card.pieces == (Piece("甲。", (1,), (1,)), Piece("乙。", (1, 2), (2,)), Piece("丙。", (2,)))


def test_a_quote_over_several_paragraphs_shows_all_of_them() -> None:
    [card] = gather([cite("丙。\n第三")], find)
    assert "".join(piece.text for piece in card.pieces) == "甲。乙。丙。\n第三段。"


def test_a_document_that_is_gone_or_has_changed_leaves_the_quote_alone() -> None:
    gone = cite("乙。", doc_id="gone")
    changed = Citation("d", "标题", 0, 2, "旧文", ())
    cards = gather([gone, changed], find)
    assert [card.pieces for card in cards] == [(Piece("乙。", (1,), (1,)),), (Piece("旧文", (2,), (2,)),)]
    assert [card.headings for card in cards] == [("引文自带",), ()]


def test_a_very_long_paragraph_is_cut_on_both_sides_and_says_so() -> None:
    text = "前" * 2_000 + "中" + "后" * 2_000
    [card] = gather([cite("中", text)], lambda _: source(text))
    assert [len(piece.text) for piece in card.pieces] == [MAX_CONTEXT, 1, MAX_CONTEXT]
    assert card.cut_before
    assert card.cut_after
