"""What a question set says of documents, held against those that are there, before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.comparable import EVIDENCE_CHARACTERS, comparable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.case import Case

_MOST_CHARACTERS = 1_000_000_000  # of documents looked through, about three seconds; beyond it nothing is said
_SHOWN = 5


def warnings(cases: Sequence[Case], documents: Mapping[str, str]) -> list[str]:
    """Say which gold documents and which evidence are nowhere: such a case can never be right.

    ``documents`` maps ids to texts. Evidence is looked for in the case's own documents, or in all of them.
    """
    unknown = sorted({doc_id for case in cases for doc_id in case.doc_ids} - documents.keys())
    said = [f"提示：索引里没有题集写明的 {len(unknown)} 份文件：{_listed(unknown)}"] if unknown else []
    size = sum(map(len, documents.values()))
    if size * sum(not case.doc_ids and bool(case.evidence) for case in cases) > _MOST_CHARACTERS:
        return said
    forms = {doc_id: comparable(text) for doc_id, text in documents.items()}
    found: dict[tuple[str, tuple[str, ...]], bool] = {}

    def stands(evidence: str, doc_ids: tuple[str, ...]) -> bool:
        key = (comparable(evidence)[:EVIDENCE_CHARACTERS], doc_ids)
        if key not in found:
            found[key] = any(key[0] in forms.get(doc_id, "") for doc_id in doc_ids or forms)
        return found[key]

    lost = [case.id for case in cases if not all(stands(evidence, case.doc_ids) for evidence in case.evidence)]
    if lost:
        said.append(f"提示：{len(lost)} 个用例的依据在文件里找不到原话，检索和引用都会算错：{_listed(lost)}")
    return said


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:_SHOWN]) + ("……" if len(names) > _SHOWN else "")
