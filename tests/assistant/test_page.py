"""Questions about the page itself: its title, when and by whom it was published."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import page
from assistant.answer import Question, Status
from assistant.compose import embedder
from assistant.service import Assistant
from assistant.understand import understand
from assistant.verify import verify
from knowledge import metadata
from knowledge.build import build
from knowledge.document import Document
from knowledge.index import open_index
from knowledge.retrieve import Retriever

TEXT = "关于节水的通知\n\n发布时间：2021-03-05\n\n来源：青川县水利局\n\n各单位应当节约用水。"
DOCUMENT = Document("n", "关于节水的通知", TEXT, published="2021-03-05", issuer="青川县水利局")


def told(question: str, document: Document = DOCUMENT) -> tuple[Status, list[str], list[str]]:
    draft = page.answer(understand(question), [document])
    assert draft is not None
    shown = [statement.text for statement in draft.statements]
    return draft.status, shown, [row.text for statement in draft.statements for row in statement.evidence]


@pytest.mark.parametrize("question", ["文章什么时候发布的？", "这篇文章是哪天发布的?", "本文的发布日期是什么时候？"])
def test_when_it_was_published_is_cited_where_it_says_so(question: str) -> None:
    assert told(question) == (Status.ANSWERED, ["2021-03-05"], ["发布时间：2021-03-05"])


@pytest.mark.parametrize("question", ["什么时候发布的？", "发布日期"])
def test_the_only_document_needs_no_naming(question: str) -> None:
    draft = page.answer(understand(question), [DOCUMENT], is_only=True)
    assert draft is not None
    assert [statement.text for statement in draft.statements] == ["2021-03-05"]
    assert page.answer(understand(question), [DOCUMENT]) is None
    assert page.answer(understand("节水器具什么时候发布的？"), [DOCUMENT], is_only=True) is None


def test_who_wrote_a_page_that_does_not_say_is_not_told() -> None:
    bare = Document("n", "关于节水的通知", "关于节水的通知\n\n各单位应当节约用水。")
    assert told("这篇文章是谁写的？", bare) == (Status.NOT_FOUND, [], [])


def test_its_title_is_cited_where_it_stands() -> None:
    status, [shown], quotes = told("这篇文章的标题是什么？")
    assert (status, shown.strip("《》"), quotes) == (Status.ANSWERED, "关于节水的通知", ["关于节水的通知"])


def test_its_publisher_is_cited_where_it_is_named() -> None:
    status, shown, quotes = told("这篇文章的来源是哪个单位？")
    assert (status, shown) == (Status.ANSWERED, ["青川县水利局"])
    assert "青川县水利局" in quotes[0]


@pytest.mark.parametrize("written", ["2021年3月5日", "2021年03月05日", "2021.3.5", "2021/03/05"])
def test_a_date_is_found_however_it_is_written(written: str) -> None:
    document = Document("n", "关于节水的通知", f"关于节水的通知\n\n发布时间：{written}", published="2021-03-05")
    status, _, quotes = told("文章什么时候发布的？", document)
    assert status is Status.ANSWERED
    assert written in quotes[0]


@pytest.mark.parametrize("question", ["文章什么时候发布的？", "文章的来源是哪个单位？"])
def test_what_the_page_does_not_say_is_not_found(question: str) -> None:
    bare = Document("n", "关于节水的通知", "关于节水的通知\n\n各单位应当节约用水。")
    assert told(question, bare) == (Status.NOT_FOUND, [], [])


def test_metadata_that_stands_nowhere_in_the_text_is_not_told() -> None:
    """It could not be cited."""
    document = Document("n", "关于节水的通知", "关于节水的通知\n\n各单位应当节约用水。", published="2021-03-05")
    assert told("文章什么时候发布的？", document) == (Status.NOT_FOUND, [], [])


@pytest.mark.parametrize("question", ["补贴标准是多少？", "《节水办法》是什么时候发布的？"])
def test_other_questions_are_left_to_others(question: str) -> None:
    assert page.answer(understand(question), [DOCUMENT]) is None


def test_without_a_document_there_is_no_page() -> None:
    assert page.answer(understand("文章什么时候发布的？"), []) is None


@pytest.mark.parametrize("title", ["a+b(c", "\\d+", "[甲]", "$^", "甲0 乙05"])
def test_signs_of_a_pattern_in_a_title_are_only_signs(title: str) -> None:
    document = Document("n", title, f"{title}\n\n各单位应当节约用水。")
    [shown] = told("这篇文章的标题是什么？", document)[1]
    assert shown.strip("《》") == title


def test_the_bundled_article_tells_its_date_and_title(bundled: Assistant) -> None:
    dated = bundled.ask(Question.of("文章是什么时候发布的？"))
    assert "2022" in dated.answer
    assert "2022-07-14" in dated.citations[0].quote
    titled = bundled.ask(Question.of("这篇文章的标题是什么？"))
    assert "推动职业技能培训高质量发展" in titled.answer


NOTICE = """青川市财政局 青川市教育局关于印发《青川市技能补助办法》的通知
青财教〔2021〕12号

各县（区）财政局、教育局，各有关单位：

现将《青川市技能补助办法》印发给你们，请按照《补助总则》（国发〔2018〕11号）执行。

青川市财政局　　青川市教育局
二〇二一年十二月二十日

第一条 本办法规定补助的标准。培训证书有效期3年。
第二条 本办法自2022年1月1日起施行，有效期5年。"""
WHOLE = metadata.completed(Document("w", NOTICE.partition("\n")[0], NOTICE))
ASKED = [
    ("这份文件的文号是多少？", "青财教〔2021〕12号", "青财教〔2021〕12号"),
    ("《青川市技能补助办法》的文号是什么？", "青财教〔2021〕12号", "青财教〔2021〕12号"),
    ("青川市技能补助办法的发文字号是多少", "青财教〔2021〕12号", "青财教〔2021〕12号"),
    ("这个通知是谁发的？", "青川市财政局、青川市教育局", "青川市教育局"),
    ("该通知的发文机关是哪个？", "青川市财政局、青川市教育局", "青川市财政局"),
    ("这份通知的主送机关是谁？", "各县（区）财政局、教育局，各有关单位", "各县（区）财政局、教育局，各有关单位："),
    ("这份通知发给哪些单位？", "各县（区）财政局、教育局，各有关单位", "各有关单位"),
    ("这份文件的成文日期是哪天？", "二〇二一年十二月二十日", "二〇二一年十二月二十日"),
    ("这份文件什么时候印发的？", "二〇二一年十二月二十日", "二〇二一年十二月二十日"),
    ("这个办法什么时候施行？", "2022年1月1日", "自2022年1月1日起施行"),
    ("青川市技能补助办法从什么时候开始执行？", "2022年1月1日", "自2022年1月1日起施行"),
    ("这个办法还有效吗？", "本办法自2022年1月1日起施行，有效期5年", "有效期5年"),
    ("这个办法的有效期到什么时候？", "本办法自2022年1月1日起施行，有效期5年", "有效期5年"),
]


@pytest.mark.parametrize(("question", "shown", "quoted"), ASKED)
def test_what_a_document_tells_of_itself_is_cited_where_it_stands(question: str, shown: str, quoted: str) -> None:
    status, [said], quotes = told(question, WHOLE)
    assert (status, said) == (Status.ANSWERED, shown)
    assert any(quoted in quote for quote in quotes)
    draft = page.answer(understand(question), [WHOLE])
    assert draft is not None
    assert verify(draft).statements == draft.statements


def test_the_document_that_is_named_answers_not_the_first_one() -> None:
    draft = page.answer(understand("《青川市技能补助办法》的文号是什么？"), [DOCUMENT, WHOLE])
    assert draft is not None
    assert draft.statements[0].text == "青财教〔2021〕12号"


def test_whether_a_document_holds_is_told_where_it_is_stated() -> None:
    text = f"有效性：现行有效\n{NOTICE}"
    document = metadata.completed(Document("w", WHOLE.title, text))
    assert told("这个办法现在还有效吗？", document) == (Status.ANSWERED, ["现行有效"], ["有效性：现行有效"])


@pytest.mark.parametrize(
    "question",
    [
        "培训证书的有效期是几年？",
        "这个办法规定的补助标准是多少？",
        "这个通知要求什么时候完成培训？",
        "补助什么时候开始发放？",
    ],
)
def test_what_a_document_rules_is_left_to_others(question: str) -> None:
    assert page.answer(understand(question), [WHOLE]) is None


def test_when_a_document_takes_effect_is_left_to_the_text_where_no_day_is_stated() -> None:
    """「自印发之日起施行」 answers it, and stands in the text."""
    assert page.answer(understand("这份文件什么时候施行？"), [DOCUMENT]) is None


def test_the_source_a_page_names_is_not_its_issuing_body() -> None:
    text = "某某会议召开\n来源：青川日报\n会议昨日召开。"
    assert told("文章的来源是哪里？", Document("n", "某某会议召开", text)) == (
        Status.ANSWERED,
        ["青川日报"],
        ["来源：青川日报"],
    )


PAGES = Path(__file__).parents[1] / "data" / "pages"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant over the saved web pages of ``tests/data``."""
    path = tmp_path_factory.mktemp("pages") / "index"
    build(path, [str(PAGES)], embedder())
    index = open_index(path, embedder())
    return Assistant(index, Retriever(index))


@pytest.mark.parametrize(
    ("question", "shown", "doc_id"),
    [
        ("技能培训补贴通知的文号是多少？", "青人社发〔2022〕9号", "trs_notice.html"),
        ("技能培训补贴通知现在还有效吗？", "现行有效", "trs_notice.html"),
        ("《青川市人民政府关于稳定就业的意见》是谁发的？", "青川市人民政府", "ucap_opinion.html"),
        ("关于稳定就业的意见发给哪些单位？", "各县、区人民政府，市政府各部门", "ucap_opinion.html"),
        ("失业保险稳岗措施从什么时候开始实施？", "2020年2月20日", "zoom_measures.html"),
        ("冬季取暖补助的通知是哪天成文的？", "二○一九年十一月四日", "old_tables.html"),
    ],
)
def test_a_saved_page_among_others_tells_of_itself(pages: Assistant, question: str, shown: str, doc_id: str) -> None:
    answer = pages.ask(Question.of(question))
    assert (answer.status, answer.answer.startswith(shown)) == (Status.ANSWERED, True)
    citation = answer.citations[0]
    assert citation.doc_id == doc_id
    assert pages.index.document(doc_id).text[citation.start : citation.end] == citation.quote
