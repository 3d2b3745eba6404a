"""What has to be written so that an index holds other documents than it does: pure bookkeeping, no file is touched.

Segments stay as they are where their documents stay. A segment is merged into the new one where most of its documents
have gone, or where there are many small ones: then the smallest go together, so that each passage is moved about as
often as a logarithm of the number of additions (the merge policy of log-structured stores).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.catalogue import Catalogue, Entry
from knowledge.generation import Generation, Layout

MOST_SEGMENTS = 8
_LEFT_BY_A_MERGE = 3
_LEAST_ALIVE = 0.5  # of the documents of a segment


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the segments, and what to write.

    ``kept`` segments stay, ``merged`` ones are rewritten with what is left of them; ``missing`` are the places in the
    catalogue of the documents that no segment holds as they are wanted.
    """

    catalogue: Catalogue
    kept: Layout
    merged: Layout
    missing: tuple[int, ...]

    def changes(self, base: Generation) -> bool:
        """Tell whether anything would be other than it is."""
        return bool(self.missing) or self.catalogue.current != base.catalogue.current or self.kept != base.layout


def plan(base: Generation, wanted: Iterable[Entry]) -> Plan:
    """Compare what is wanted with what an index holds."""
    catalogue = base.catalogue.following(wanted)
    place = {_key(entry): number for number, entry in enumerate(catalogue.current)}
    alive: Layout = {}
    for name, places in base.layout.items():
        before = (base.catalogue.current[number] if number >= 0 else None for number in places)
        now = [place.pop(_key(entry), -1) if entry else -1 for entry in before]
        if any(number >= 0 for number in now):
            alive[name] = now
    missing = tuple(sorted(place.values()))
    merged = _to_merge(alive, is_new=bool(missing))
    return Plan(
        catalogue,
        {name: places for name, places in alive.items() if name not in merged},
        {name: places for name, places in alive.items() if name in merged},
        missing,
    )


def _key(entry: Entry) -> tuple[str, str, bool]:
    """Return what tells whether a document can stay as it lies in a segment."""
    return entry.id, entry.digest, entry.same_as is not None


def _to_merge(alive: Layout, *, is_new: bool) -> set[str]:
    sizes = {name: sum(number >= 0 for number in places) for name, places in alive.items()}
    merged = {name for name, places in alive.items() if sizes[name] < _LEAST_ALIVE * len(places)}
    if len(alive) - len(merged) + (is_new or bool(merged)) > MOST_SEGMENTS:
        by_size = sorted(alive, key=lambda name: (sizes[name], name))
        merged.update(by_size[: len(by_size) - _LEFT_BY_A_MERGE])
    return merged
