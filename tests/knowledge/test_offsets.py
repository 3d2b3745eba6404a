"""A thousand passages over all formats: each is its document's text at its place, sentence by sentence."""

from __future__ import annotations

import json
import random
import zipfile
from typing import TYPE_CHECKING

import docx
import openpyxl

from knowledge import chunk
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "青川市职业技能培训补贴办法"


def paragraphs(count: int) -> list[str]:
    """Articles with sentences, list items and numbers of changing length, the same each time."""
    chance = random.Random(7)
    subjects = ["企业职工", "失业人员", "残疾人", "退役军人", "高校毕业生", "农民工"]
    found = []
    for number in range(1, count + 1):
        rest = "".join(
            f"{chance.choice(subjects)}参加第{chance.randrange(99)}期培训的，按每人{chance.randrange(100, 9000)}元给予补贴。"
            for _ in range(chance.randrange(1, 6))
        )
        found.append(
            f"{number}．{rest}" if number % 3 else f"（{number}）{rest}应当提交下列材料：身份证；申请表；证书。"
        )
    return found


def write_all(folder: Path) -> None:
    rows = paragraphs(320)
    table = [["工种", "等级", "标准（元）"], *([f"工种{n}", "高级工", str(1000 + n)] for n in range(160))]
    (folder / "a.txt").write_text("\n".join([TITLE, "", *rows]), encoding="gb18030")
    (folder / "b.md").write_text("\n\n".join([f"# {TITLE}", *rows]), encoding="utf-8")
    body = "".join(f"<p>{row}</p>" for row in rows)
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in table)
    page = f"<html><title>{TITLE}</title><body><div id=zoom>{body}<table>{cells}</table></div></body></html>"
    (folder / "c.html").write_text(page, encoding="utf-8")
    document = docx.Document()
    for row in (TITLE, *rows):
        document.add_paragraph(row)
    document.save(str(folder / "d.docx"))
    book = openpyxl.Workbook()
    for cells_of_row in table:
        book.active.append(cells_of_row)
    book.save(folder / "e.xlsx")
    (folder / "f.csv").write_text("\n".join(",".join(row) for row in table), encoding="utf-16")
    line = json.dumps({"id": "g", "title": TITLE, "text": "\n".join(rows)}, ensure_ascii=False)
    (folder / "g.jsonl").write_text(line + "\n", encoding="utf-8")
    with zipfile.ZipFile(folder / "h.zip", "w") as archive:
        archive.writestr("里面.txt", "\n".join([f"{TITLE}（副本）", *rows]))
    write_pdf(folder / "i.pdf", rows)


def write_pdf(path: Path, rows: list[str]) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(595, 842))
    y = 760
    canvas.setFont("STSong-Light", 12)
    for row in rows[:60]:
        for start in range(0, len(row), 34):
            canvas.drawString(90, y, row[start : start + 34])
            y -= 18
            if y < 80:
                canvas.showPage()
                canvas.setFont("STSong-Light", 12)
                y = 760
    canvas.save()


def test_a_thousand_passages_stand_where_they_say(tmp_path: Path) -> None:
    write_all(tmp_path)
    reading = read_all([str(tmp_path)])
    assert not reading.failures
    assert len(reading.documents) == 9
    found = [(document, passage) for document in reading.documents for passage in chunk.passages(document)]
    chosen = random.Random(11).sample(found, 1_000)
    assert {document.id for document, _ in chosen} == {document.id for document in reading.documents}
    for document, passage in chosen:
        assert passage.text == document.text[passage.start : passage.end]
        for start, end in passage.sentences:
            assert passage.start <= start < end <= passage.end
    (printed,) = [document for document in reading.documents if document.id == "i.pdf"]
    assert len(printed.pages) > 2
    pages = [printed.page(passage.start) for document, passage in found if document is printed]
    assert pages[0] == 1
    assert pages[-1] == len(printed.pages)
    assert pages == sorted(pages, key=lambda page: page or 0)
