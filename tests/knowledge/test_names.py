"""The places and names that documents themselves are called after."""

from __future__ import annotations

from knowledge.document import Document
from knowledge.names import called, places


def test_places_are_those_of_titles_and_bodies_with_and_without_their_ending() -> None:
    documents = [
        Document("1", "《望湖市社会保险补贴实施细则》政策问答", ""),
        Document("2", "关于开展南栀区2024年度申报工作的公告", "", issuer="南栀区人力资源和社会保障局"),
        Document("3", "关于城市更新、全市工业区和本县校区的意见", ""),
    ]
    assert places(documents) == {"望湖市": "望湖市", "望湖": "望湖市", "南栀区": "南栀区", "南栀": "南栀区"}


def test_names_are_what_stands_in_quotes() -> None:
    assert called([Document("1", "新闻", "“澜匠计划”第三期结业，他说：“学到了一门很有用的手艺。”")]) == {"澜匠计划"}
