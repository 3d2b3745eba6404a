"""A folder as staff fill it: every format in shapes of real life, and every fault; with the passages that should come out.

``python tests/golden/shapes.py`` writes ``tests/golden/shapes`` anew; look at the difference before keeping it.
"""

from __future__ import annotations

import copy
import json
import lzma
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from knowledge import chunk
from knowledge.document import Document
from knowledge.sources.folder import Reading, read_all

EXPECTED = Path(__file__).parent / "shapes"
ISSUER = "青川市人力资源和社会保障局"
TITLE = f"{ISSUER}关于做好职业技能培训补贴工作的通知"
NUMBER = "青人社发〔2022〕9号"
ADDRESSED = "各县（区）人力资源和社会保障局，各有关单位："
LEAD = "为做好职业技能培训补贴工作，提高劳动者的就业能力，按照省里的统一部署，现将有关事项通知如下。"
WHO = "在本市就业的劳动者取得职业资格证书的，可以申请补贴。每人每年享受补贴不超过三次，同一职业同一等级只能享受一次。"
HOW = "申请人向所在县（区）人力资源和社会保障部门提出申请，受理部门应当在五个工作日以内完成审核，并一次性告知结果。"
HOLDS = "本通知自2022年4月1日起施行，有效期3年。"
LINES = [
    *(TITLE, NUMBER, ADDRESSED, LEAD, "一、补贴对象", WHO, "二、办理程序", HOW, f"三、{HOLDS}"),
    *(ISSUER, "2022年3月7日"),
]
TABLE = [["等级", "补贴标准（元/人）", "培训学时"], ["初级工", "1000", "120"], ["中级工", "1500", "160"]]
ROW = {"id": "corpus-1", "title": "青川市残疾人培训补助公告", "text": "残疾人参加培训的，每人每天补助30元。"}
FACTS = "issuer number written published effective expires validity addressee source".split()


def write_folder(folder: Path) -> None:
    """Write every shape, the good ones and the faulty ones."""
    for write in (_texts, _pages, _word, _workbook, _printed, _corpora, _archives, _faults):
        write(folder)


# ---- what is read


def _texts(folder: Path) -> None:
    (folder / "国标码.txt").write_bytes("\r\n".join(LINES).encode("gb18030"))
    (folder / "宽字符.txt").write_bytes("\n".join(LINES).replace(NUMBER, "青人社发〔2022〕10号").encode("utf-16"))
    (folder / "没有标记的宽字符.txt").write_bytes("\n".join(LINES[:6]).encode("utf-16-le"))
    rows = ["| " + " | ".join(row) + " |" for row in TABLE]
    marked = [
        f"# {TITLE}",
        LEAD,
        "## 补贴标准",
        "\n".join([rows[0], "|---|---|---|", *rows[1:]]),
        f"- {WHO}",
        f"- {HOW}",
    ]
    (folder / "通知.md").write_text("\n\n".join(marked), encoding="utf-8")
    (folder / "补贴标准.csv").write_bytes("\r\n".join(",".join(row) for row in TABLE).encode("gb18030"))


_HEAD = f"""<table class="head"><tr><td>索 引 号：</td><td>QC0101</td><td>主题分类：</td><td>劳动、人事</td></tr>
<tr><td>发文机关：</td><td>{ISSUER}</td><td>成文日期：</td><td>2022年03月07日</td></tr>
<tr><td>标　　题：</td><td colspan="3">{TITLE}</td></tr>
<tr><td>发文字号：</td><td>{NUMBER}</td><td>发布日期：</td><td>2022年03月08日</td></tr>
<tr><td>有 效 性：</td><td colspan="3">现行有效</td></tr></table>"""
_NAVIGATION = "".join(
    f'<li><a href="/{name}/">{name}</a></li>' for name in "首页 要闻 政务公开 办事服务 互动交流".split()
)
_FOOT = '<div class="footer"><p>主办：青川市人民政府　<a href="#">青ICP备00000001号</a></p></div>'


def _pages(folder: Path) -> None:
    cells = "".join(f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>" for row in TABLE)
    body = "".join(f"<p>　　{line}</p>" for line in LINES[2:])
    page = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{TITLE}_青川市</title></head>'
        f'<body><ul class="nav">{_NAVIGATION}</ul>{_HEAD}<h1>{TITLE}</h1><div class="share">分享到：微信 微博</div>'
        f'<div class="TRS_Editor">{body}<table border="1">{cells}</table></div>{_FOOT}<script>var a="脚本";</script></body></html>'
    )
    (folder / "政府网站.html").write_bytes(page.encode("gb18030"))
    spans = (
        '<table><tr><th rowspan="2">类别</th><th colspan="2">标准（元）</th></tr><tr><th>初级</th><th>中级</th></tr>'
        "<tr><td>企业职工</td><td>1000</td><td>1500</td></tr><tr><td>失业人员</td><td>1200</td><td>1800</td></tr></table>"
    )
    plain = f"<p>{LEAD}</p><ol><li>{WHO}</li><li>{HOW}</li></ol><p style='display:none'>藏着的话。</p>{spans}"
    (folder / "两层表头.htm").write_text(
        f"<html><title>青川市培训补贴解读 - 青川新闻网</title><body><div class=breadcrumb><a href=/>首页</a> &gt; 解读</div>"
        f"<div class=article><h1>青川市培训补贴解读</h1><p>发布时间：2022-03-09　来源：青川日报</p>{plain}</div>{_FOOT}</body></html>",
        encoding="utf-8",
    )


def _word(folder: Path) -> None:
    import docx
    from docx.oxml import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = docx.Document()
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="{told}"/></w:lvl>'
        for level, told in enumerate(("%1、", "（%2）"))
    )
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {space} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {space} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for text, level in (
        *((line, None) for line in LINES[:4]),
        *(("补贴对象", 0), (WHO, 1), (HOW, 1), ("补贴标准", 0), ("标准见下表。", None)),
    ):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        if level is not None:
            properties.append(parse_xml(f'<w:numPr {space}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'))
    table = document.add_table(3, 3)
    for row, told in zip(table.rows, TABLE, strict=True):
        for cell, text in zip(row.cells, told, strict=True):
            cell.text = text
    for line in LINES[8:]:
        document.add_paragraph(line)
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.save(str(folder / "通知.docx"))


def _workbook(folder: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "城区"
    for row in (["类别", *TABLE[0]], ["企业职工", "初级工", 1000, 120], [None, "中级工", 1500.5, 160]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    other = book.create_sheet("机构名单")
    for row in (["机构", "电话"], ["青川技师学院", "0800-1234567"], ["青川职业学校", "0800-7654321"]):
        other.append(row)
    book.create_sheet("藏着").sheet_state = "hidden"
    book.save(folder / "补贴标准汇总.xlsx")


def _printed(folder: Path) -> None:
    canvas = _canvas(folder / "红头文件.pdf")
    pages: list[list[tuple[str, float, float]]] = [[], []]
    pages[0] += [("青川市人力资源和社会保障局文件", 26, 0), (NUMBER, 16, 0)]
    pages[0] += [(f"{ISSUER}关于", 22, 0), ("做好职业技能培训补贴工作的通知", 22, 0), (ADDRESSED, 16, 90)]
    for paragraph in (LEAD, "一、补贴对象", WHO, "二、补贴标准", "补贴标准见下表。"):
        pages[0] += _set(paragraph)
    pages[1] += [*_set(f"三、{HOW}"), *_set(f"四、{HOLDS}"), (ISSUER, 16, 290), ("2022年3月7日", 16, 330)]
    for number, (lines, rows) in enumerate(zip(pages, (TABLE, [TABLE[0], ["高级工", "2000", "200"]]), strict=True), 1):
        y = 760.0
        if number > 1:  # the table goes on
            y = _table(canvas, rows, y)
        for text, size, x in lines:
            canvas.setFont("STSong-Light", size)
            (canvas.drawString if x else canvas.drawCentredString)(x or 297, y, text)
            y -= 1.6 * size
        if number == 1:
            _table(canvas, rows, y)
        canvas.setFont("STSong-Light", 9)
        canvas.drawCentredString(297, 810, "青川市政策汇编")
        canvas.drawCentredString(297, 30, f"— {number} —")
        canvas.showPage()
    canvas.save()


def _canvas(path: Path, **options: Any) -> Any:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return Canvas(str(path), pagesize=(595, 842), **options)


def _set(paragraph: str) -> Iterable[tuple[str, float, float]]:
    """Break a paragraph as an office program does: two characters in, 26 to a line."""
    yield paragraph[:24], 16, 122
    for start in range(24, len(paragraph), 26):
        yield paragraph[start : start + 26], 16, 90


def _table(canvas: Any, rows: list[list[str]], y: float) -> float:
    canvas.setFont("STSong-Light", 12)
    for row in rows:
        for place, cell in enumerate(row):
            canvas.rect(90 + 140 * place, y - 10, 140, 28)
            canvas.drawString(95 + 140 * place, y, cell)
        y -= 28
    return y - 20


def _corpora(folder: Path) -> None:
    row = json.dumps(ROW, ensure_ascii=False) + "\n"
    (folder / "文件集.jsonl").write_text(row + "{坏的一行\n", encoding="utf-8")
    (folder / "文件集.jsonl.xz").write_bytes(
        lzma.compress(row.replace("corpus-1", "corpus-2").replace("30", "40").encode())
    )


def _archives(folder: Path) -> None:
    with zipfile.ZipFile(folder / "打包.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("通知/补充通知.txt", f"{TITLE}（补充）\n\n{WHO}".encode("gb18030"))
        archive.writestr("通知/里层.zip", b"PK")
        archive.writestr("../逃出.txt", WHO)
        archive.writestr("图片.png", b"\x89PNG")


# ---- what is refused


def _faults(folder: Path) -> None:
    scanned = _canvas(folder / "扫描件.pdf")
    scanned.rect(50, 50, 400, 600, fill=1)
    scanned.showPage()
    scanned.save()
    locked = _canvas(folder / "加密.pdf", encrypt="密码")
    locked.setFont("STSong-Light", 16)
    locked.drawString(90, 700, WHO[:20])
    locked.save()
    with zipfile.ZipFile(folder / "炸弹.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.txt", b"0" * 1024 * 1024)
        for number in range(1, 600):  # all of them stand for the same bytes
            archive.filelist.append(copy.copy(archive.filelist[0]))
            archive.filelist[-1].filename = f"{number}.txt"
    (folder / "五十兆.txt").write_bytes(b"policy\n" * (50 * 1024 * 1024 // 7 + 1))
    for name, data in (
        ("空的.txt", b""),
        ("乱码.txt", bytes(range(128, 256)) * 40),
        ("二进制.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("坏的.pdf", b"%PDF-1.7\n"),
        ("坏的.docx", b"PK\x03\x04" + b"\0" * 100),
        ("加密.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        ("坏的.xlsx", b"no zip"),
        ("坏的.zip", b"no zip"),
        ("目录页.html", f"<html><body><ul class=nav>{_NAVIGATION}</ul></body></html>".encode()),
        ("旧格式.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        (".隐藏.txt", WHO.encode()),
        ("不是文件集.jsonl", b'{"a": 1}\n'),
    ):
        (folder / name).write_bytes(data)


# ---- what should come out


def passages(document: Document) -> str:
    """Return what is told of a document, and its passages: offsets, page, path, and the sentences, one a line."""
    told = [f"title: {document.title}"]
    told += [f"{name}: {getattr(document, name)}" for name in FACTS if getattr(document, name)]
    for passage in chunk.passages(document):
        page = document.page(passage.start)
        where = f" 第{page}页" if page else ""
        told += ["", f"[{passage.start}-{passage.end}]{where} {' > '.join(passage.headings) or '-'}"]
        told += [f"  {document.text[start:end]}".replace("\n", "⏎") for start, end in passage.sentences]
    return "\n".join(told) + "\n"


def faults(reading: Reading, folder: Path) -> str:
    """Return what was said of the rest: failures, what was passed over, notes."""
    parts = {"failures": map(str, reading.failures), "skipped": reading.skipped, "notes": reading.notes}
    told = ((name, [row.replace(f"{folder}/", "") for row in rows]) for name, rows in parts.items())
    return "\n".join("\n".join([f"{name}:", *(f"  {row}" for row in rows)]) for name, rows in told) + "\n"


def results(folder: Path) -> dict[str, str]:
    """Return the golden files by name, as they would be now."""
    reading = read_all([str(folder)])
    found = {f"{document.id.replace('/', '_')}.txt": passages(document) for document in reading.documents}
    return {**found, "_faults.txt": faults(reading, folder)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        write_folder(Path(name))
        EXPECTED.mkdir(exist_ok=True)
        for old in EXPECTED.glob("*.txt"):
            old.unlink()
        for file, text in results(Path(name)).items():
            (EXPECTED / file).write_text(text, encoding="utf-8")
