"""Every question asked with and without its document: what is withheld is not found, thresholds are tried on what is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.removed import Withholding, main
from knowledge.build import build
from knowledge.embed import StaticEmbedder
from knowledge.index import open_index
from knowledge.query import query_terms
from knowledge.rerank import Judgement
from knowledge.retrieve import Retriever

QUESTION = "2018年国务院印发了什么文件?"


class Doubting:
    """A reader that leaves the order and gives every passage the same chance."""

    share = 0.0
    tells = True

    def __init__(self) -> None:
        self.times = 0

    def judge(self, question: str, passages: Sequence[str]) -> Judgement:
        self.times += 1
        return Judgement(np.zeros(len(passages), dtype=np.float32), np.full(len(passages), 0.2, dtype=np.float32))


def test_withheld_documents_are_not_found_and_each_question_is_read_once(article_index_path: Path) -> None:
    index = open_index(article_index_path, StaticEmbedder())
    reader = Doubting()
    retriever = Withholding(Retriever(index), reader)
    terms = query_terms(QUESTION)
    found = retriever.search_terms(QUESTION, terms, 5)
    assert [hit.answers for hit in found] == [1.0] * 5  # 0.2 is not below 0
    retriever.least = 0.3
    assert [hit.answers for hit in retriever.search_terms(QUESTION, terms, 5)] == [0.0] * 5
    assert reader.times == 1
    retriever.withheld = frozenset({found[0].passage.doc_id})
    assert all(hit.passage.doc_id != found[0].passage.doc_id for hit in retriever.search_terms(QUESTION, terms, 5))


def test_the_table_tells_refusals_with_and_without_the_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of two documents tells the amount: without it the other does not answer, with it the question is answered."""
    told = {"subsidy": "青山市职业技能培训补贴标准为每人三百元。", "lamps": "白水市的路灯由城市管理部门负责维修。"}
    documents = tmp_path / "documents.jsonl"
    lines = [{"id": name, "title": f"{text[:3]}通知", "text": text} for name, text in told.items()]
    documents.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    build(tmp_path / "index", [str(documents)], StaticEmbedder())
    case = {
        "id": "a",
        "category": "amount",
        "turns": ["青山市职业技能培训补贴标准是多少？"],
        "answerable": True,
        "facts": [],
        "evidence": [],
        "doc_ids": ["subsidy"],
    }
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(case, ensure_ascii=False) + "\n", encoding="utf-8")
    assert main([str(path), "--index", str(tmp_path / "index")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "| 0.0 | 1.000 [1.000, 1.000] | 0.000 [0.000, 0.000] |"
