"""Scanned pages, rendered here: recognized where it is asked for and installed; said by name where it is not."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from knowledge.errors import KnowledgeError
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from pathlib import Path

TITLE, BODY = "青川市职业技能培训补贴标准公告", "初级工培训补贴标准为每人一千元"


def scanned(path: Path) -> Path:
    """A PDF whose one page is a picture of text: a page with text is rendered and put in again as an image."""
    import pdfplumber
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    told = path.with_name("told.pdf")
    canvas = Canvas(str(told), pagesize=(595, 842))
    canvas.setFont("STSong-Light", 24)
    canvas.drawCentredString(297, 750, TITLE)
    canvas.setFont("STSong-Light", 16)
    canvas.drawString(90, 680, BODY)
    canvas.save()
    with pdfplumber.open(told) as opened:
        opened.pages[0].to_image(resolution=150).original.save(path.with_suffix(".png"))
    told.unlink()
    canvas = Canvas(str(path), pagesize=(595, 842))
    canvas.drawImage(str(path.with_suffix(".png")), 0, 0, 595, 842)
    canvas.save()
    path.with_suffix(".png").unlink()
    return path


def test_a_scanned_page_is_recognized_where_it_is_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr_onnxruntime", reason='OCR is not tested: pip install "policy-assistant[ocr]"')
    source = scanned(tmp_path / "a.pdf")
    reading = read_all([str(source)], recognizing=True)
    (document,) = reading.documents
    if "训" not in document.text and "公告" not in document.text:
        pytest.skip("OCR is not tested: no Chinese font to render a page with")
    assert BODY[:6] in document.text
    assert "第 1 页是文字识别（OCR）读出的" in reading.notes[0]
    assert [failure.reason for failure in read_all([str(source)]).failures] == [
        "没有文字层（像是扫描件），请先做文字识别（OCR）"
    ]


@pytest.mark.skipif(find_spec("rapidocr_onnxruntime") is not None, reason="OCR is installed")
def test_where_it_is_not_installed_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"pip install .policy-assistant\[ocr\]"):
        read_all([str(tmp_path)], recognizing=True)
