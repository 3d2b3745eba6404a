"""Reading documents against the reader libraries alone: ``python -m eval.bench_reading`` (needs the extras ``dev`` and ``bench``).

A file of each format is written here. What a library alone does is to give all its text, cell by cell; what we do besides
(paragraphs, running heads, metadata, one form of tables) is in our time. A web page and a text are read by two: by one that
does the least there is (parse the page, decode UTF-8), and by one that is made for what we do there: find the main text
of a page (trafilatura), tell the encoding (charset-normalizer). Each figure is the least of some processes' CPU
time, imports left out; the peak is of the whole process. Ratios are what to compare: times vary with the machine.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RUNS = 3
ROWS = 3_000
PAGES = 30
SENTENCE = "参加第{}期职业技能培训并取得证书的人员，由青川市人力资源和社会保障局给予补贴，标准为每人{}元。"


def main(arguments: list[str]) -> int:
    """Print a table; with ``FORMAT ours|LIBRARY FILE`` measure one of its cells."""
    if arguments:
        _measure(*arguments)
        return 0
    print("格式   大小 MB   速度 MB/s   内存峰值 MB   只用这个库：速度 MB/s   内存峰值 MB   时间比（我们的比库的）")
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in WRITERS.items():
            path = Path(folder) / f"a.{kind}"
            write(path)
            size, (seconds, peak) = path.stat().st_size / 1e6, _least(kind, "ours", path)
            for library in LIBRARIES[kind]:
                alone, its_peak = _least(kind, library, path)
                print(
                    f"{kind:5}{size:9.2f}{size / seconds:12.2f}{peak:14.0f}   {library:20}"
                    f"{size / alone:10.2f}{its_peak:14.0f}{seconds / alone:12.2f}"
                )
    return 0


def _least(kind: str, who: str, path: Path) -> tuple[float, float]:
    """Return the least CPU time (seconds) and the peak memory (MB) of some processes."""
    command = [sys.executable, "-m", "eval.bench_reading", kind, who, str(path)]
    rows = [
        tuple(map(float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()))  # noqa: S603
        for _ in range(RUNS)
    ]
    return min(row[0] for row in rows), min(row[1] for row in rows)


def _measure(kind: str, who: str, name: str) -> None:
    call: Callable[[Path], Any] = _ours if who == "ours" else LIBRARIES[kind][who]
    small = Path(name).with_name(f"small.{kind}")
    if not small.exists():
        WRITERS[kind](small, 1)
    call(small)  # imports, and tables made at the first use
    begin = time.process_time()
    call(Path(name))
    print(time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _ours(path: Path) -> None:
    from knowledge.sources.folder import read_all  # noqa: PLC0415

    reading = read_all([str(path)])
    if reading.failures:
        raise SystemExit(str(reading.failures[0]))


# ---- the libraries alone


def _bare_pdf(path: Path) -> list[Any]:
    import pdfplumber  # noqa: PLC0415

    with pdfplumber.open(path) as opened:
        told = []
        for page in opened.pages:
            told.append((page.extract_text(), page.extract_tables()))
            page.close()
        return told


def _bare_docx(path: Path) -> list[Any]:
    import docx  # noqa: PLC0415

    opened = docx.Document(str(path))
    cells = [[cell.text for cell in row.cells] for table in opened.tables for row in table.rows]
    return [paragraph.text for paragraph in opened.paragraphs] + cells


def _bare_xlsx(path: Path) -> list[Any]:
    import openpyxl  # noqa: PLC0415

    return [
        list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(path, data_only=True).worksheets
    ]


def _bare_html(path: Path) -> Any:
    from lxml import html  # noqa: PLC0415

    return html.document_fromstring(path.read_bytes().decode("utf-8").encode()).text_content()


def _bare_txt(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8").split("\n")


def _main_text(path: Path) -> Any:
    import trafilatura  # noqa: PLC0415

    return trafilatura.bare_extraction(path.read_bytes(), with_metadata=True)


def _told_encoding(path: Path) -> list[str]:
    import charset_normalizer  # noqa: PLC0415

    return str(charset_normalizer.from_bytes(path.read_bytes()).best()).split("\n")


LIBRARIES: dict[str, dict[str, Callable[[Path], Any]]] = {
    "pdf": {"pdfplumber": _bare_pdf},
    "docx": {"python-docx": _bare_docx},
    "xlsx": {"openpyxl": _bare_xlsx},
    "html": {"lxml": _bare_html, "trafilatura": _main_text},
    "txt": {"utf-8": _bare_txt, "charset-normalizer": _told_encoding},
}


# ---- files to read


def _write_pdf(path: Path, pages: int = PAGES) -> None:
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(595, 842))
    for page in range(pages):
        canvas.setFont("STSong-Light", 12)
        for row in range(24):
            canvas.drawString(90, 780 - 20 * row, SENTENCE.format(page, row)[:34])
        for row in range(6 if page % 3 == 0 else 0):
            for place, cell in enumerate(("等级", "标准（元）") if row == 0 else (f"第{row}级", str(1000 * row))):
                canvas.rect(90 + 200 * place, 250 - 25 * row, 200, 25)
                canvas.drawString(95 + 200 * place, 257 - 25 * row, cell)
        canvas.showPage()
    canvas.save()


def _write_docx(path: Path, paragraphs: int = ROWS) -> None:
    import docx  # noqa: PLC0415

    document = docx.Document()
    for number in range(paragraphs):
        document.add_paragraph(SENTENCE.format(number, number))
    table = document.add_table(min(40, paragraphs + 1), 3)
    for number, row in enumerate(table.rows):
        for cell, text in zip(row.cells, ("等级", "标准", "电话") if not number else ("甲", "1", "2"), strict=True):
            cell.text = text
    document.save(str(path))


def _write_xlsx(path: Path, rows: int = ROWS) -> None:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["工种", "等级", "补贴标准（元）", "说明"])
    for number in range(rows):
        sheet.append([f"工种{number}", "高级工", 1000 + number, SENTENCE.format(number, number)])
    book.save(path)


def _write_html(path: Path, paragraphs: int = ROWS) -> None:
    body = "".join(f"<p>{SENTENCE.format(number, number)}</p>" for number in range(paragraphs))
    text = f"<html><title>补贴公告</title><body><div id=zoom><h1>补贴公告</h1>{body}</div></body></html>"
    path.write_text(text, encoding="utf-8")


def _write_txt(path: Path, rows: int = 10 * ROWS) -> None:
    path.write_text("补贴公告\n\n" + "".join(SENTENCE.format(n, n) + "\n" for n in range(rows)), encoding="utf-8")


WRITERS: dict[str, Callable[..., None]] = {
    "pdf": _write_pdf,
    "docx": _write_docx,
    "xlsx": _write_xlsx,
    "html": _write_html,
    "txt": _write_txt,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
