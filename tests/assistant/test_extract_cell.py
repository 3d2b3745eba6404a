"""A table in a PDF, a Word file, a web page and a workbook: a cell is the answer, with its row and its column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docx
import openpyxl
import pytest

from assistant.answer import Question, Status
from assistant.compose import embedder
from assistant.service import Assistant
from knowledge.build import build
from knowledge.index import open_index
from knowledge.retrieve import Retriever

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TITLE = "青川市职业技能培训补贴标准公告"
LEAD = "现将青川市职业技能培训补贴标准公告如下。"
ROWS = [
    ["等级", "补贴标准（元/人）", "培训学时", "受理部门"],
    ["初级工", "1000", "120学时", "县区人社局"],
    ["中级工", "1500", "160学时", "县区人社局"],
    ["高级工", "2000", "200学时", "市人社局"],
    ["技师", "2500", "240学时", "市人社局"],
    ["高级技师", "3000", "280学时", "省人社厅"],
]


def as_pdf(path: Path) -> None:
    """Two pages: the table stands on the second."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(595, 842))
    canvas.setFont("STSong-Light", 20)
    canvas.drawCentredString(297, 700, TITLE)
    canvas.setFont("STSong-Light", 14)
    canvas.drawString(90, 650, LEAD)
    canvas.showPage()
    canvas.setFont("STSong-Light", 12)
    for number, row in enumerate(ROWS):
        for place, cell in enumerate(row):
            canvas.rect(60 + 120 * place, 700 - 30 * number, 120, 30)
            canvas.drawString(65 + 120 * place, 710 - 30 * number, cell)
    canvas.showPage()
    canvas.save()


def as_docx(path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph(LEAD)
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for row, cells in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.save(str(path))


def as_html(path: Path) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    body = f"<div id=zoom><h1>{TITLE}</h1><p>{LEAD}</p><table>{rows}</table><p>请遵照执行。</p></div>"
    path.write_text(f"<html><title>{TITLE}</title><body>{body}</body></html>", encoding="utf-8")


def as_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ([TITLE], *ROWS):
        book.active.append([int(cell) if cell.isdecimal() else cell for cell in row])
    book.save(path)


WRITERS: dict[str, Callable[[Path], None]] = {"pdf": as_pdf, "docx": as_docx, "html": as_html, "xlsx": as_xlsx}
ROW = "等级：高级技师；补贴标准：3000元/人；培训学时：280学时；受理部门：省人社厅"


@pytest.fixture(scope="module", params=WRITERS)
def assistant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp(request.param)
    source = folder / f"公告.{request.param}"
    WRITERS[request.param](source)
    assert not build(folder / "index", [str(source)], embedder()).reading.failures
    index = open_index(folder / "index", embedder())
    return Assistant(index, Retriever(index))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("高级技师的补贴标准是多少？", "高级技师：补贴标准 3000元/人[1]。"),
        ("考了高级技师能领多少补贴", "高级技师：补贴标准 3000元/人[1]。"),
        ("技师的补贴标准是多少？", "技师：补贴标准 2500元/人[1]。"),
        ("中级工培训要多少学时？", "中级工：培训学时 160学时[1]。"),
        ("高级技师由哪个部门受理？", "高级技师：受理部门 省人社厅[1]。"),
    ],
)
def test_a_cell_is_answered_with_its_row_and_its_column(assistant: Assistant, question: str, answer: str) -> None:
    told = assistant.ask(Question.of(question))
    assert (told.status, told.answer) == (Status.ANSWERED, answer)
    (citation,) = told.citations
    document = assistant.index.document(citation.doc_id)
    assert citation.quote == document.text[citation.start : citation.end]
    assert citation.quote.startswith("等级：")
    if "高级技师" in question:
        assert citation.quote == ROW


def test_a_citation_from_a_pdf_names_its_page(assistant: Assistant) -> None:
    (citation,) = assistant.ask(Question.of("高级技师的补贴标准是多少？")).citations
    is_pdf = citation.doc_id.endswith(".pdf")
    assert (citation.headings[:1] == ("第2页",)) is is_pdf
    assert set(citation.to_json()) == {"doc_id", "title", "start", "end", "quote"}


@pytest.mark.parametrize(
    "question",
    [
        "特级技师的补贴标准是多少？",  # no such row, though 技师 and 高级技师 are near
        "首席技师补贴多少钱？",
        "高级工程师的补贴标准是多少？",  # 高级工 stands in the word
        "学徒工的补贴标准是多少？",
        "高级技师的报名费是多少？",  # no such column
        "高级技师的培训期限是多长？",
        "高级技师的年龄要求是什么？",
        "合肥市高级技师的补贴标准是多少？",  # another place
        "2019年高级技师的补贴标准是多少？",  # another year
    ],
)
def test_a_row_or_a_column_that_is_not_there_is_not_answered(assistant: Assistant, question: str) -> None:
    told = assistant.ask(Question.of(question))
    assert (told.status, told.citations) == (Status.NOT_FOUND, ())


def test_all_rows_are_told_where_all_are_asked_for(assistant: Assistant) -> None:
    told = assistant.ask(Question.of("各等级的补贴标准分别是多少？"))
    lines = [f"- {row[0]}：补贴标准 {row[1]}元/人[{number}]" for number, row in enumerate(ROWS[1:], start=1)]
    assert told.answer.split("\n") == lines


def test_two_documents_that_differ_are_both_told_the_newer_first(over: Callable[..., Assistant]) -> None:
    rows = "等级：技师；补贴标准：{}元\n等级：初级工；补贴标准：100元"
    old, new = (
        f"补贴标准公告\n补贴标准如下。\n{rows.format(sum_)}\n青川市财政局\n{day}"
        for day, sum_ in (("2019年5月6日", 1), ("2023年5月6日", 2))
    )
    told = over(旧公告=old, 新公告=new).ask(Question.of("技师的补贴标准是多少？"))
    assert told.answer == "较新的文件：技师：补贴标准 2元[1]。较早的文件：技师：补贴标准 1元[2]。"
    assert [citation.doc_id for citation in told.citations] == ["新公告", "旧公告"]
