"""Word files made here -> paragraphs with their numbers, rows of tables, footnotes; the rest is told by name."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import docx
import pytest
from docx.oxml import parse_xml

from knowledge.sources import packed
from knowledge.sources.folder import read_all
from knowledge.sources.word_numbers import han

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ABSTRACT = f"""<w:abstractNum {W} w:abstractNumId="90">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
</w:abstractNum>"""
NUM = f'<w:num {W} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'


def numbered(document: Any, level: int, text: str) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'))


def text_of(folder: Path, document: Any) -> list[str]:
    path = folder / "a.docx"
    document.save(str(path))
    (read,) = read_all([str(path)]).documents
    return read.text.split("\n")


def test_a_notice_is_read_with_its_numbers_its_table_and_its_facts(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(ABSTRACT))
    numbering.append(parse_xml(NUM))
    document.add_paragraph("青川市财政局关于做好培训补贴工作的通知")
    document.add_paragraph("青财〔2021〕3号")
    document.add_paragraph("各县、区财政局：")
    numbered(document, 0, "补贴对象")
    numbered(document, 1, "企业职工。")
    numbered(document, 1, "失业人员。")
    numbered(document, 0, "补贴标准")
    numbered(document, 1, "按等级补贴：")
    numbered(document, 2, "初级工。")
    numbered(document, 2, "中级工。")
    numbered(document, 3, "见下表。")
    table = document.add_table(3, 3)
    for row, cells in zip(
        table.rows, [("类", "等级", "元"), ("工", "初级", "1000"), ("", "中级", "1500")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "工"
    document.add_paragraph("青川市财政局")
    document.add_paragraph("2021年12月20日")
    assert text_of(tmp_path, document) == [
        "青川市财政局关于做好培训补贴工作的通知",
        "青财〔2021〕3号",
        "各县、区财政局：",
        "一、补贴对象",
        "（一）企业职工。",
        "（二）失业人员。",
        "二、补贴标准",
        "（一）按等级补贴：",
        "1. 初级工。",
        "2. 中级工。",
        "见下表。",
        "类：工；等级：初级；元：1000",
        "类：工；等级：中级；元：1500",
        "青川市财政局",
        "2021年12月20日",
    ]
    (read,) = read_all([str(tmp_path / "a.docx")]).documents
    assert (read.issuer, read.number, read.written) == ("青川市财政局", "青财〔2021〕3号", "2021-12-20")


def test_deleted_and_hidden_text_is_left_out_and_inserted_text_and_controls_are_kept(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("补贴")._p
    for part in (
        "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>",
        "<w:ins><w:r><w:t>新</w:t></w:r></w:ins>",
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>",
        "<w:r><w:instrText>PAGE</w:instrText></w:r>",
        "<w:r><w:t>标准</w:t><w:br/><w:t>如下。</w:t></w:r>",
    ):
        paragraph.append(parse_xml(part.replace(">", f" {W}>", 1)))
    control = f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>控件里的话。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(1, parse_xml(control))
    document.sections[0].header.paragraphs[0].text = "页眉"
    assert text_of(tmp_path, document) == ["补贴新标准", "如下。", "控件里的话。"]


def test_footnotes_stand_at_the_end_in_the_order_they_are_referred_to(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("补贴标准")._p
    for part in ("2", "1"):
        paragraph.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="{part}"/></w:r>'))
        paragraph.append(parse_xml(f"<w:r {W}><w:t>如下，</w:t></w:r>"))
    path = tmp_path / "a.docx"
    document.save(str(path))
    notes = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{told}。</w:t></w:r></w:p></w:footnote>'
        for number, told in ((0, "分隔线"), (1, "甲"), (2, "乙"))
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    content = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/footnotes.xml"] = f"<w:footnotes {W}>{notes}</w:footnotes>".encode()
    relations = "word/_rels/document.xml.rels"
    parts[relations] = parts[relations].replace(
        b"</Relationships>", f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode()
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{content}"/></Types>'.encode()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    (read,) = read_all([str(path)]).documents
    assert read.text.split("\n") == ["补贴标准[注1]如下，[注2]如下，", "[注1] 乙。", "[注2] 甲。"]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (21, "二十一"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
    ],
)
def test_chinese_numerals(number: int, told: str) -> None:
    assert han(number) == told


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "已损坏"),
        (b"no zip at all", "已损坏"),
        (b"PK\x03\x04" + b"\0" * 100, "已损坏"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "已加密，或是旧的 .doc 格式"),
    ],
)
def test_what_cannot_be_read_is_told_by_name(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    (failure,) = read_all([str(path)]).failures
    assert failure.source == str(path)
    assert reason in failure.reason


def test_a_file_that_unpacks_too_far_is_refused_without_unpacking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounded: Callable[..., None]
) -> None:
    monkeypatch.setattr(packed, "LARGEST_UNPACKED", 1024 * 1024)
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 64 * 1024 * 1024)
    bounded(5, read_all, [str(path)])
    assert "展开后有 64 MB" in read_all([str(path)]).failures[0].reason


def test_an_empty_file_is_told_by_name(tmp_path: Path) -> None:
    document = docx.Document()
    document.save(str(tmp_path / "a.docx"))
    assert read_all([str(tmp_path / "a.docx")]).failures[0].reason == "文件是空的"


def test_entities_and_deep_nesting_bring_nothing_in(tmp_path: Path, bounded: Callable[..., None]) -> None:
    document = docx.Document()
    document.add_paragraph("正文。")
    path = tmp_path / "a.docx"
    document.save(str(path))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for body in ("<w:p>" * 5_000, "<w:p><w:r><w:t>&b;&x;</w:t></w:r></w:p>"):
        doctype = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        parts["word/document.xml"] = f"{doctype}<w:document {W}><w:body>{body}</w:body></w:document>".encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        bounded(5, read_all, [str(path)])
        reading = read_all([str(path)])
        assert len(reading.failures) == 1 or "root:" not in reading.documents[0].text
