"""Labelled fields of a guide: where each begins and ends."""

from __future__ import annotations

from knowledge.fields import fields, kinds

GUIDE = """灵活就业人员社会保险补贴办事指南
申请材料：
1. 身份证原件；
2. 社会保险缴费凭证。
办理时限：自受理之日起15个工作日。
办理地点：政务服务中心二楼（海棠路66号）
咨询电话：0591-8330110
注意事项：逾期不予受理。"""


def told(text: str) -> dict[str, list[str]]:
    return {field.label: [text[slice(*span)] for span in field.lines] for field in fields(text)}


def test_a_field_reaches_to_the_next_label() -> None:
    """Items under a label belong to it; a label of no kind we know ends a field as well."""
    assert told(GUIDE) == {
        "申请材料": ["1. 身份证原件；", "2. 社会保险缴费凭证。"],
        "办理时限": ["自受理之日起15个工作日。"],
        "办理地点": ["政务服务中心二楼（海棠路66号）"],
        "咨询电话": ["0591-8330110"],
    }


def test_fields_are_found_in_text_copied_as_one_line() -> None:
    """A label may follow a stop."""
    text = "办理时限：5个工作日。咨询电话：8330110。"
    assert list(told(text)) == ["办理时限", "咨询电话"]


def test_a_label_without_a_colon_is_none() -> None:
    """「办理地点」 in a sentence only speaks of it."""
    assert told("办理地点由各区确定。\n申请材料") == {}


def test_every_kind_can_be_asked_for_and_no_label_is_of_two_kinds() -> None:
    """The dictionary says for each label how people ask for it."""
    labels = [label for kind in kinds() for label in kind.labels]
    assert len(labels) == len(set(labels))
    assert all(kind.asked.pattern for kind in kinds())
