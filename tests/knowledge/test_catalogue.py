"""The catalogue: versions, history, and documents that are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.catalogue import Catalogue, State, content_hash, describe, digest
from knowledge.document import Document

FIRST = Document("a", "甲办法", "每人补贴500元。")
SECOND = Document("b", "乙办法", "每户补贴800元。")


def told(catalogue: Catalogue) -> list[tuple[str, int, str]]:
    return [(entry.id, entry.version, entry.state.value) for entry in (*catalogue.current, *catalogue.history)]


def of(*documents: Document, after: Catalogue | None = None) -> Catalogue:
    return (after or Catalogue()).following(map(describe, documents))


def test_the_same_again_is_the_same_entry() -> None:
    before = of(FIRST, SECOND)
    assert of(FIRST, SECOND, after=before) == before


def test_changed_content_is_a_new_version_and_the_old_one_is_history() -> None:
    changed = of(replace(FIRST, text="每人补贴600元。"), SECOND, after=of(FIRST, SECOND))
    assert told(changed) == [("a", 2, "current"), ("b", 1, "current"), ("a", 1, "superseded")]
    assert changed.history[0].hash == content_hash(FIRST)


def test_other_metadata_of_the_same_content_is_no_new_version() -> None:
    dated = replace(FIRST, published="2024-05-01")
    changed = of(dated, after=of(FIRST))
    assert told(changed) == [("a", 1, "current"), ("a", 1, "superseded")]
    assert changed.current[0].published == "2024-05-01"
    assert (content_hash(dated) == content_hash(FIRST), digest(dated) == digest(FIRST)) == (True, False)


def test_what_is_taken_out_and_comes_back_is_a_new_version() -> None:
    gone = of(SECOND, after=of(FIRST, SECOND))
    assert told(gone) == [("b", 1, "current"), ("a", 1, "removed")]
    assert told(of(SECOND, FIRST, after=gone)) == [("b", 1, "current"), ("a", 2, "current"), ("a", 1, "removed")]


def test_versions_count_on_over_several_changes() -> None:
    catalogue = Catalogue()
    for amount in (500, 600, 700):
        catalogue = of(replace(FIRST, text=f"每人补贴{amount}元。"), after=catalogue)
    assert told(catalogue) == [("a", 3, "current"), ("a", 1, "superseded"), ("a", 2, "superseded")]


def test_of_two_ids_with_the_same_content_the_first_stands_for_both() -> None:
    catalogue = of(FIRST, replace(FIRST, id="copy"), SECOND)
    assert [entry.same_as for entry in catalogue.current] == [None, "a", None]
    assert catalogue.twins == {"a": ("copy",)}


def test_the_same_text_under_another_title_is_another_document() -> None:
    """Hundreds of laws have an article 「本办法自公布之日起施行。」."""
    assert of(FIRST, replace(FIRST, id="c", title="丙办法")).twins == {}


def test_when_the_first_of_two_goes_the_other_stands_for_itself() -> None:
    catalogue = of(FIRST, replace(FIRST, id="copy"))
    assert of(replace(FIRST, id="copy"), after=catalogue).current[0].same_as is None


def test_the_order_is_part_of_the_content() -> None:
    assert of(FIRST, SECOND).content == of(FIRST, SECOND, after=of(SECOND)).content != of(SECOND, FIRST).content


def test_what_is_read_is_what_was_written() -> None:
    catalogue = of(SECOND, replace(FIRST, id="文件\n二", title="\u2028\x85"), after=of(FIRST))
    assert Catalogue.of(catalogue.to_text()) == catalogue
    assert Catalogue.of(catalogue.to_text()).history[0].state is State.REMOVED


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"fields": [], "entries": []}', "null"])
def test_what_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Catalogue.of(text)
