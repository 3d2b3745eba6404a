"""Pages of the web are kept as they came: what is made of them can be made anew without their site."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from knowledge import generation, originals, received
from knowledge.backup import export, restore
from knowledge.build import add, build, rebuild, remove
from knowledge.check import check, repair
from knowledge.embed import encoder
from knowledge.errors import BackupError
from knowledge.forget import forget
from knowledge.index import open_index
from knowledge.sources import html
from knowledge.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = (
    "<html><head><title>青川市培训补贴通知</title></head><body><div id=zoom><h1>青川市培训补贴通知</h1>"
    "<p>职业技能培训补贴标准为每人{}元，由青川市人力资源和社会保障局按月发放。</p></div></body></html>"
)


def zipped(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.txt", text)
    return stream.getvalue()


@pytest.fixture
def index(tmp_path: Path, site: Any) -> Iterator[Path]:
    """A page in GBK in two versions, an archive, a file; then the site is gone."""
    path = tmp_path / "index"
    (tmp_path / "c.txt").write_text("青川市补充通知\n\n每人每天补助20元。", encoding="utf-8")
    page = site.page("/a.html", PAGE.format(500).encode("gb18030"), "text/html; charset=gbk", ETag='"1"')
    archive = site.page("/b.zip", zipped(甲="甲类补贴每人1111元。", 乙="乙类补贴每人2222元。"), "application/zip")
    build(path, [page, archive, str(tmp_path / "c.txt")], encoder(), site.how)
    site.page("/a.html", PAGE.format(1000).encode("gb18030"), "text/html; charset=gbk", ETag='"2"')
    add(path, [page], encoder(), site.how)
    site.asked.clear()
    yield path
    assert site.asked == []


def texts(path: Path) -> dict[str, str]:
    opened = open_index(path, encoder())
    try:
        return {document.id.rsplit("/", 1)[-1]: document.text for document in opened.documents}
    finally:
        opened.vectors.close()


def pages(path: Path) -> list[str]:
    """Return the kept bytes of all pages, as text."""
    found = []
    for file in sorted((path / originals.FOLDER).glob("pages-*")):
        with gzip.open(file) as stream:
            found += [page.body.decode("gb18030", "replace") for page in received.unpacked(stream)]
    return found


@pytest.fixture
def newer(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # built before
    """A program that reads pages in another way than the one that built the index."""
    read = html._document
    monkeypatch.setattr(html, "_document", lambda root, found, path, doc_id: read(root, _louder(found), path, doc_id))


def _louder(found: Any) -> Any:
    return type(found)(found.before, tuple(line.replace("按月发放", "逐月发放") for line in found.lines))


def test_a_page_is_kept_with_the_bytes_that_came(index: Path) -> None:
    assert [page for page in pages(index) if "<html>" in page] == [PAGE.format(500), PAGE.format(1000)]
    assert check(index, encoder()).findings == ()


@pytest.mark.usefixtures("newer")
def test_a_rebuild_reads_pages_anew_without_their_site(index: Path) -> None:
    assert "按月发放" in texts(index)["a.html"]
    rebuild(index, encoder())
    assert "1000元，由青川市人力资源和社会保障局逐月发放" in texts(index)["a.html"]
    assert texts(index)["甲.txt"] == "甲类补贴每人1111元。"
    assert check(index, encoder()).findings == ()
    catalogue = generation.read(index, generation.serving(index)).catalogue
    url = next(entry.id for entry in catalogue.current if entry.id.endswith("a.html"))
    assert Visits(index, catalogue).headers(url) == {"If-None-Match": '"2"'}
    assert Visits(index, catalogue).document(url) is not None
    rebuild(index, encoder())  # and again: from the same bytes
    assert "逐月发放" in texts(index)["a.html"]


@pytest.mark.usefixtures("newer")
def test_a_repair_reads_pages_anew_even_where_their_text_is_lost(index: Path) -> None:
    """Of another format, its segments and every kept text gone; the bytes of the pages are there."""
    for manifest in index.glob("g-*/manifest.json"):
        manifest.write_text('{"format": 1}', encoding="utf-8")
    shutil.rmtree(index / "segments")
    for file in (index / originals.FOLDER).glob("documents-*"):
        file.write_bytes(b"damaged")
    report = repair(index, encoder())
    assert report.lost == ("c.txt",)
    assert texts(index).keys() == {"a.html", "甲.txt", "乙.txt"}
    assert "逐月发放" in texts(index)["a.html"]
    assert check(index, encoder()).findings == ()


@pytest.mark.usefixtures("newer")
def test_a_backup_carries_pages_and_an_import_reads_them_anew(index: Path, tmp_path: Path) -> None:
    export(index, tmp_path / "a.backup", encoder())
    restore(tmp_path / "other", tmp_path / "a.backup", encoder())
    assert "逐月发放" in texts(tmp_path / "other")["a.html"]
    assert set(pages(tmp_path / "other")) == set(pages(index))
    assert check(tmp_path / "other", encoder()).findings == ()
    again = export(tmp_path / "other", tmp_path / "b.backup", encoder())
    assert (again.documents, again.lost) == (4, ())
    assert again.versions == 6  # the text that was read before is a version of its own now
    catalogue = generation.read(tmp_path / "other", generation.serving(tmp_path / "other")).catalogue
    assert [entry.version for entry in catalogue.current if entry.id.endswith("a.html")] == [3]


def test_a_page_that_can_no_longer_be_read_keeps_its_text(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "LARGEST", 10)
    summary = rebuild(index, encoder())
    assert "1000元，由青川市" in texts(index)["a.html"]
    assert [note.rsplit("/", 1)[-1] for note in summary.reading.notes] == [
        "a.html：保存的网页无法重新读取，沿用以前读出的文字"
    ]


def test_a_damaged_file_of_pages_is_told_and_the_texts_serve(index: Path) -> None:
    before = texts(index)
    for file in (index / originals.FOLDER).glob("pages-*"):
        file.write_bytes(file.read_bytes()[:40])
    assert any("pages-" in finding for finding in check(index, encoder()).findings)
    repair(index, encoder())
    assert texts(index) == before
    assert check(index, encoder()).findings == ()


def test_an_index_built_before_pages_were_kept_gets_them_with_the_next_build(tmp_path: Path, site: Any) -> None:
    url = site.page("/a.html", PAGE.format(500), ETag='"1"')
    index = tmp_path / "index"
    build(index, [url], encoder(), site.how)
    for file in (index / originals.FOLDER).glob("pages-*"):
        file.unlink()
    told = json.loads((index / "visits.json").read_text(encoding="utf-8"))
    (index / "visits.json").write_text(json.dumps({url: told[url] | {"reader": 1}}), encoding="utf-8")
    summary = build(index, [url], encoder(), site.how)
    assert (summary.changes, summary.embedded) == (0, 0)
    assert len(pages(index)) == 1
    assert check(index, encoder()).findings == ()
    names = sorted(path.name for path in (index / originals.FOLDER).iterdir())
    build(index, [url], encoder(), site.how)
    assert sorted(path.name for path in (index / originals.FOLDER).iterdir()) == names


def test_what_is_forgotten_is_in_no_page_any_more(index: Path) -> None:
    """An archive that holds it goes as a whole; what else was in it keeps its text."""
    doc_ids = [entry for entry in open_ids(index) if entry.endswith(("a.html", "甲.txt"))]
    forget(index, doc_ids, encoder())
    assert pages(index) == []
    assert texts(index)["乙.txt"] == "乙类补贴每人2222元。"
    assert check(index, encoder()).findings == ()


def open_ids(path: Path) -> list[str]:
    return [entry.id for entry in generation.read(path, generation.serving(path)).catalogue.current]


def test_a_page_that_was_taken_out_stays_kept(index: Path, tmp_path: Path) -> None:
    remove(index, [doc_id for doc_id in open_ids(index) if doc_id.endswith("a.html")], encoder())
    export(index, tmp_path / "a.backup", encoder())
    restore(tmp_path / "other", tmp_path / "a.backup", encoder())
    assert any("1000元" in page for page in pages(tmp_path / "other"))
    assert "a.html" not in texts(tmp_path / "other")


@pytest.mark.parametrize(
    "data", [b"no json", b'{"url": 1}\n', b'{"url": "a", "size": 9, "headers": {}, "digests": []}\nshort', b"[]\n"]
)
def test_pages_of_a_backup_that_are_not_as_they_were_written_are_refused(
    index: Path, tmp_path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.backup.packed", lambda _: [data])
    export(index, tmp_path / "a.backup", encoder())
    with pytest.raises(BackupError, match=r"a\.backup：网页的原始内容无法读取"):
        restore(tmp_path / "other", tmp_path / "a.backup", encoder())
    assert not list((tmp_path / "other").glob("g-*"))


def test_a_backup_without_pages_is_one_that_programs_of_before_can_read(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text("青川市补充通知\n\n每人每天补助20元。", encoding="utf-8")
    build(tmp_path / "index", [str(tmp_path / "c.txt")], encoder())
    export(tmp_path / "index", tmp_path / "a.backup", encoder())
    with zipfile.ZipFile(tmp_path / "a.backup") as archive:
        assert archive.namelist() == ["documents.jsonl", "backup.json"]
        assert json.loads(archive.read("backup.json"))["backup"] == 1
