"""What is written when: segments stay, and are merged where that is worth it."""

from __future__ import annotations

from dataclasses import replace

from knowledge.catalogue import Catalogue, Entry, describe
from knowledge.document import Document
from knowledge.generation import Generation, Layout
from knowledge.manifest import Manifest
from knowledge.plan import MOST_SEGMENTS, Plan, plan

NO_PARTS = Manifest(3, "encoder", 8, "chunker", "words", "segmenter")


def entry(name: str, text: str = "") -> Entry:
    return describe(Document(name, name, text or f"{name}。"))


def a_generation(layout: Layout, *entries: Entry) -> Generation:
    return Generation("g-000001", NO_PARTS, Catalogue().following(entries), layout)


def follow(base: Generation, work: Plan) -> Generation:
    """Return the generation that a plan leads to."""
    moved = [number for places in work.merged.values() for number in places if number >= 0]
    new = {f"s-{len(base.name)}": [*moved, *work.missing]} if moved or work.missing else {}
    return Generation(base.name + "+", NO_PARTS, work.catalogue, {**work.kept, **new})


def test_what_is_there_already_needs_nothing() -> None:
    base = a_generation({"s": [0, 1]}, entry("a"), entry("b"))
    work = plan(base, base.catalogue.current)
    assert not work.changes(base)
    assert (work.kept, work.merged, work.missing) == ({"s": [0, 1]}, {}, ())


def test_one_more_document_is_written_alone() -> None:
    base = a_generation({"s": [0, 1]}, entry("a"), entry("b"))
    work = plan(base, [*base.catalogue.current, entry("c")])
    assert (work.kept, work.merged, work.missing) == ({"s": [0, 1]}, {}, (2,))


def test_a_replaced_document_no_longer_counts_where_it_lies() -> None:
    base = a_generation({"s": [0, 1, 2]}, entry("a"), entry("b"), entry("c"))
    work = plan(base, [entry("a"), entry("b", "改了。"), entry("c")])
    assert (work.kept, work.missing) == ({"s": [0, -1, 2]}, (1,))


def test_another_order_moves_nothing() -> None:
    base = a_generation({"s": [0, 1]}, entry("a"), entry("b"))
    work = plan(base, [entry("b"), entry("a")])
    assert (work.kept, work.missing, work.changes(base)) == ({"s": [1, 0]}, (), True)


def test_a_segment_of_which_most_is_gone_is_merged_into_the_new_one() -> None:
    base = a_generation({"s": [0, 1, 2], "t": [3]}, *map(entry, "abcd"))
    work = plan(base, [entry("c"), entry("d")])
    assert (work.kept, work.merged, work.missing) == ({"t": [1]}, {"s": [-1, -1, 0]}, ())


def test_a_segment_of_which_nothing_is_left_goes() -> None:
    base = a_generation({"s": [0], "t": [1]}, entry("a"), entry("b"))
    work = plan(base, [entry("b")])
    assert (work.kept, work.merged, work.missing) == ({"t": [0]}, {}, ())


def test_a_document_that_must_stand_for_itself_now_is_prepared_anew() -> None:
    """It had no passages while another stood for it."""
    base = a_generation({"s": [0, 1]}, entry("a"), replace(entry("a"), id="copy"))
    assert [told.same_as for told in base.catalogue.current] == [None, "a"]
    work = plan(base, [base.catalogue.current[1]])
    assert (work.kept, work.missing) == ({}, (0,))


def test_adding_one_by_one_keeps_segments_few_and_moves_each_document_seldom() -> None:
    base = a_generation({"big": list(range(1_000))}, *(entry(f"d{number}") for number in range(1_000)))
    moved = 0
    for number in range(200):
        work = plan(base, [*base.catalogue.current, entry(f"n{number}")])
        moved += sum(len(places) for places in work.merged.values())
        assert "big" not in work.merged
        base = follow(base, work)
        assert len(base.layout) <= MOST_SEGMENTS
        assert sorted(place for places in base.layout.values() for place in places) == list(range(1_001 + number))
    assert moved < 200 * 20
