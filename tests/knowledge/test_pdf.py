"""PDF files made here -> paragraphs, rows of tables, facts; what cannot be read is told by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from knowledge.sources import pdf
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDTH, HEIGHT = 595, 842  # A4 in points
LEFT, RIGHT, SIZE = 90, 506, 16  # 26 characters of 16 points a line


class Paper:
    """Writes a PDF as an office program does: broken lines, a running head, page numbers."""

    def __init__(self, path: Path, **options: Any) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        self.canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), **options)
        self.number, self.y = 1, 760.0

    def line(self, text: str, x: float = LEFT, size: float = SIZE, *, center: bool = False) -> None:
        self.canvas.setFont("STSong-Light", size)
        draw = self.canvas.drawCentredString if center else self.canvas.drawString
        draw(WIDTH / 2 if center else x, self.y, text)
        self.y -= 1.6 * size

    def paragraph(self, text: str) -> None:
        """Set a paragraph with its first line moved in by two characters."""
        first, rest = text[:24], text[24:]
        self.line(first, LEFT + 2 * SIZE)
        for start in range(0, len(rest), 26):
            self.line(rest[start : start + 26])

    def table(self, rows: list[list[str]], *, spanned: bool = False) -> None:
        top = self.y + SIZE
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                x = LEFT + 200 * place
                is_below = spanned and place == 0 and number == len(rows) - 1
                height = 60 if spanned and place == 0 and number == len(rows) - 2 else 30
                if not is_below:
                    self.canvas.rect(x, top - 30 * number - height, 200, height)
                    self.canvas.setFont("STSong-Light", 12)
                    self.canvas.drawString(x + 5, top - 30 * number - 20, cell)
        self.y = top - 30 * len(rows) - 2 * SIZE

    def turn(self) -> None:
        self.canvas.setFont("STSong-Light", 9)
        self.canvas.drawCentredString(WIDTH / 2, 810, "青川市政策汇编")
        self.canvas.drawCentredString(WIDTH / 2, 30, f"— {self.number} —")
        self.canvas.showPage()
        self.number, self.y = self.number + 1, 760.0

    def done(self) -> None:
        self.turn()
        self.canvas.save()


LONG = "为做好全市职业技能培训补贴工作，进一步提高劳动者的就业能力，按照省人力资源和社会保障厅的统一部署，现将有关事项通知如下。"
OVER = "二、办理程序。申请人向所在县区的人力资源和社会保障部门提出申请，受理部门应当在五个工作日以内完成审核并一次性告知结果。"


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "notice.pdf"
    paper = Paper(path)
    paper.line("青川市人民政府文件", size=30, center=True)
    paper.line("青政发〔2021〕6号", center=True)
    paper.line("青川市人民政府关于做好职业技能", size=22, center=True)
    paper.line("培训补贴工作的通知", size=22, center=True)
    paper.line("各县、区人民政府，市政府各部门：")
    paper.paragraph(LONG)
    paper.paragraph("一、补贴标准。")
    paper.table([["等级", "标准（元）"], ["初级工", "1000"], ["中级工", "1500"]])
    paper.paragraph(OVER[:50])
    paper.turn()
    for start in range(50, len(OVER), 26):
        paper.line(OVER[start : start + 26])
    paper.paragraph("三、本通知自2022年1月1日起施行，有效期3年。")
    paper.line("青川市人民政府", 330)
    paper.line("2021年12月20日", 330)
    paper.done()
    return path


def test_a_notice_is_read_as_paragraphs_and_rows(notice: Path) -> None:
    """A letterhead, a title over two lines, a table, a paragraph over two pages; heads and page numbers are gone."""
    reading = read_all([str(notice)])
    (document,) = reading.documents
    assert document.text.split("\n") == [
        "青川市人民政府文件",
        "青政发〔2021〕6号",
        "青川市人民政府关于做好职业技能培训补贴工作的通知",
        "各县、区人民政府，市政府各部门：",
        LONG,
        "一、补贴标准。",
        "等级：初级工；标准：1000元",
        "等级：中级工；标准：1500元",
        OVER,
        "三、本通知自2022年1月1日起施行，有效期3年。",
        "青川市人民政府",
        "2021年12月20日",
    ]
    assert reading.notes == []


def test_a_notice_tells_its_facts(notice: Path) -> None:
    (document,) = read_all([str(notice)]).documents
    assert document.title == "青川市人民政府关于做好职业技能培训补贴工作的通知"
    assert (document.issuer, document.number, document.written) == ("青川市人民政府", "青政发〔2021〕6号", "2021-12-20")
    assert (document.effective, document.expires) == ("2022-01-01", "2024-12-31")
    assert document.addressee == "各县、区人民政府，市政府各部门"


def test_a_cell_that_spans_rows_stands_in_each_of_them(tmp_path: Path) -> None:
    paper = Paper(tmp_path / "a.pdf")
    paper.paragraph("补贴标准如下。")
    paper.table([["类别", "标准"], ["培训", "1000"], ["", "1500"]], spanned=True)
    paper.done()
    (document,) = read_all([str(tmp_path / "a.pdf")]).documents
    assert document.text.split("\n")[2:] == ["类别：培训；标准：1000", "类别：培训；标准：1500"]


def test_a_file_of_images_alone_is_refused_and_single_pages_are_said(tmp_path: Path) -> None:
    scanned = Paper(tmp_path / "scanned.pdf")
    scanned.canvas.rect(50, 50, 400, 600, fill=1)
    scanned.canvas.showPage()
    scanned.canvas.save()
    mixed = Paper(tmp_path / "mixed.pdf")
    mixed.paragraph("补贴标准为每人1000元。")
    mixed.canvas.showPage()
    mixed.canvas.rect(50, 50, 400, 600, fill=1)
    mixed.canvas.showPage()
    mixed.canvas.save()
    reading = read_all([str(tmp_path)])
    assert [document.id for document in reading.documents] == ["mixed.pdf"]
    assert [failure.reason for failure in reading.failures] == ["没有文字层（像是扫描件），请先做文字识别（OCR）"]
    assert reading.notes == [f"{tmp_path / 'mixed.pdf'}：第 2 页没有文字（像是扫描的图片），没有读到"]


def test_an_encrypted_file_is_refused_by_name(tmp_path: Path) -> None:
    paper = Paper(tmp_path / "a.pdf", encrypt="密码")
    paper.paragraph("补贴标准。")
    paper.done()
    assert read_all([str(tmp_path / "a.pdf")]).failures[0].reason == "PDF 已加密，请先解除密码"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no pdf", b"%PDF-1.4\n" + b"1 0 obj\n<<" * 20_000])
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, data: bytes, bounded: Callable[..., None]) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    bounded(20, read_all, [str(path)])
    (failure,) = read_all([str(path)]).failures
    assert failure.source == str(path)


def test_a_file_that_is_cut_off_is_read_or_refused_by_name(notice: Path) -> None:
    data = notice.read_bytes()
    for share in (0.3, 0.6, 0.9):
        notice.write_bytes(data[: int(share * len(data))])
        reading = read_all([str(notice)])
        assert len(reading.documents) + len(reading.failures) == 1


def test_too_many_pages_are_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notice: Path) -> None:
    monkeypatch.setattr(pdf, "MOST_PAGES", 1)
    assert "PDF 有 2 页，超过 1 页" in read_all([str(notice)]).failures[0].reason


def test_a_file_that_takes_too_long_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, notice: Path) -> None:
    monkeypatch.setattr(pdf, "LONGEST_SECONDS", -1.0)
    assert "还没有读完" in read_all([str(notice)]).failures[0].reason
