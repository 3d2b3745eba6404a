"""What the items of a list must be: people for 哪些人, papers for 哪些材料."""

from __future__ import annotations

import pytest

from assistant import item_types


@pytest.mark.parametrize(
    ("noun", "items", "share"),
    [
        ("人", ("农民工", "高校毕业生", "退役军人"), 1.0),
        ("人", ("新知识", "新技术"), 0.0),
        ("材料", ("身份证", "劳动合同复印件", "照片两张"), 2 / 3),
        ("部门", ("教育局", "县总工会"), 1.0),
        ("机制", ("教育局", "县总工会"), None),
    ],
)
def test_how_many_items_are_of_the_kind_that_is_asked_for(
    noun: str, items: tuple[str, ...], share: float | None
) -> None:
    assert item_types.share(noun, items) == share


def test_a_number_of_people_is_not_who_they_are() -> None:
    assert item_types.share("人", ("补贴性培训8300多万人次", "以工代训3600多万人")) == 0.0
