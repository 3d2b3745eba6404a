"""Pages fetched from a server of the tests' own, on loopback, which the flag allows; everything private is refused without."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING, Any

import pytest

from knowledge import build as building
from knowledge.build import build
from knowledge.embed import encoder
from knowledge.errors import SourceError
from knowledge.sources import fetch, web
from knowledge.sources.address import is_odd, is_public, looked_up
from knowledge.sources.fetch import Fetcher, Web
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOTICE = (
    "<html><head><meta charset={charset}><title>青川市培训补贴通知</title></head><body><div id=zoom><h1>青川市培训补贴通知</h1>"
    "<p>职业技能培训补贴标准为每人1000元，由青川市人力资源和社会保障局按月发放。</p><p>以上事项，请认真执行。</p></div></body></html>"
)
TEXT = "青川市培训补贴通知\n职业技能培训补贴标准为每人1000元，由青川市人力资源和社会保障局按月发放。\n以上事项，请认真执行。"


def refused(url: str, how: Web) -> str:
    reading = read_all([url], how)
    assert reading.documents == []
    (failure,) = reading.failures
    assert failure.source == url
    return failure.reason


# ---- pages


@pytest.mark.parametrize(
    ("charset", "declared", "kind"),
    [
        ("utf-8", "utf-8", "text/html; charset=utf-8"),
        ("gb18030", "utf-8", "text/html;charset=GBK"),  # the header counts before the page
        ("gb18030", "gbk", "text/html"),
        ("gb18030", "gbk", "text/html; charset=ISO-8859-1"),  # which servers send without meaning it
        ("utf-8", "utf-8", "text/html; charset=gb2312"),  # wrong
        ("utf-8", "utf-8", "text/html; charset=no-such"),
    ],
)
def test_a_page_is_read_in_its_charset(site: Any, charset: str, declared: str, kind: str) -> None:
    url = site.page("/a/通知.html".replace("通知", "t"), NOTICE.format(charset=declared).encode(charset), kind)
    (document,) = read_all([url], site.how).documents
    assert (document.id, document.source, document.title) == (url, url, "青川市培训补贴通知")
    assert document.text == TEXT


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/a.txt", "text/plain; charset=utf-8", TEXT.encode()),
        ("/a", "text/markdown", f"# {TEXT}".encode()),
        ("/a.csv", "application/octet-stream", "等级,标准\n初级工,1000\n".encode()),
        ("/down?id=1", "application/octet-stream", NOTICE.format(charset="utf-8").encode()),
    ],
)
def test_a_file_is_read_by_its_type_or_its_name(site: Any, path: str, kind: str, body: bytes) -> None:
    (document,) = read_all([site.page(path, body, kind)], site.how).documents
    assert document.id == site.url + path
    assert "1000" in document.text


def test_what_cannot_be_read_is_told_by_its_address(site: Any) -> None:
    assert "不支持的内容类型（image/png）" in refused(site.page("/a.png", b"\x89PNG", "image/png"), site.how)
    assert refused(site.url + "/none.html", site.how) == "网站返回 404"
    assert "PDF 已损坏" in refused(site.page("/a.pdf", b"%PDF-1.7", "application/pdf"), site.how)
    assert "没有正文" in refused(site.page("/nav.html", "<p><a href=/>首页</a></p>"), site.how)


def test_a_redirect_is_followed_and_endless_ones_are_not(site: Any) -> None:
    site.page("/b.html", NOTICE.format(charset="utf-8"))
    (document,) = read_all([site.redirect("/a.html", "/b.html")], site.how).documents
    assert document.id == f"{site.url}/a.html"
    assert "重定向超过 5 次" in refused(site.redirect("/loop", "/loop"), site.how)


def test_robots_txt_is_obeyed(site: Any) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /private/*.html$\n", "text/plain")
    site.page("/private/a.html", NOTICE.format(charset="utf-8"))
    assert "robots.txt 不允许" in refused(f"{site.url}/private/a.html", site.how)
    assert "robots.txt 不允许" in refused(site.redirect("/open", "/private/a.html"), site.how)
    assert "/private/a.html" not in site.paths()


def test_a_site_whose_rules_cannot_be_read_is_left_alone(site: Any) -> None:
    site.pages["/robots.txt"] = (503, {}, b"")
    assert "robots.txt 无法读取" in refused(site.page("/a.html", NOTICE.format(charset="utf-8")), site.how)
    assert site.paths() == ["/robots.txt"]


def test_a_pause_is_kept_between_two_requests(site: Any) -> None:
    url = site.page("/a.html", NOTICE.format(charset="utf-8"))
    begin = time.monotonic()
    read_all([url], Web(allowed_hosts=site.how.allowed_hosts, delay=0.3))  # robots.txt, then the page
    assert time.monotonic() - begin >= 0.3


# ---- limits


def test_a_slow_drip_ends_at_the_deadline(site: Any) -> None:
    """In the head or in the body: a byte now and then never runs into the limit of one read."""

    def drip(first: bytes) -> Callable[[Any], None]:
        def send(stream: Any) -> None:
            try:
                stream.write(first)
                for _ in range(100):
                    stream.write(b"a")
                    stream.flush()
                    time.sleep(0.1)
            except OSError:
                pass

        return send

    site.slow["/head"] = drip(b"HTTP/1.1 200 OK\r\nX: ")
    site.slow["/body"] = drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    site.slow["/silent"] = lambda _: time.sleep(1.5)
    for path, longest in (("/head", 3.5), ("/body", 3.5), ("/silent", 2.5)):
        begin = time.monotonic()
        assert "读取超时" in refused(site.url + path, site.how)
        assert time.monotonic() - begin < longest


def test_an_endless_body_and_one_that_unpacks_without_end_are_cut(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 1024 * 1024)

    def endless(stream: Any) -> None:
        try:
            stream.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            while True:
                stream.write(b"a" * 65536)
        except OSError:
            pass

    site.slow["/endless"] = endless
    assert "内容超过 1 MB" in refused(f"{site.url}/endless", site.how)
    bomb = gzip.compress(b"a" * 50_000_000)
    assert "内容超过 1 MB" in refused(site.page("/bomb", bomb, Content_Encoding="gzip"), site.how)
    assert "内容超过 1 MB" in refused(site.page("/long", b"a" * 1_100_000), site.how)
    assert "压缩数据已损坏" in refused(site.page("/broken", b"no gzip", Content_Encoding="gzip"), site.how)
    (document,) = read_all(
        [site.page("/ok", gzip.compress(NOTICE.format(charset="utf-8").encode()), Content_Encoding="gzip")], site.how
    ).documents
    assert document.text == TEXT


# ---- sitemaps and lists


def test_a_sitemap_gives_the_pages_of_its_own_site_and_names_what_failed(site: Any) -> None:
    site.page("/a.html", NOTICE.format(charset="utf-8"))
    site.page("/b.html", NOTICE.format(charset="utf-8").replace("1000", "2000"))
    inner = "".join(
        f"<url><loc>{url}</loc></url>" for url in (f"{site.url}/b.html", f"{site.url}/c.html", "http://other.example/")
    )
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    site.page("/inner.xml", f"<urlset {space}>{inner}</urlset>", "application/xml")
    outer = f"<sitemap><loc>{site.url}/inner.xml</loc></sitemap><sitemap><loc>{site.url}/sitemap.xml</loc></sitemap>"
    url = site.page("/sitemap.xml", f"<?xml version='1.0'?><sitemapindex {space}>{outer}</sitemapindex>", "text/xml")
    reading = read_all([url, f"{site.url}/a.html"], site.how)
    assert [document.id for document in reading.documents] == [f"{site.url}/b.html", f"{site.url}/a.html"]
    assert [(failure.source, failure.reason) for failure in reading.failures] == [
        (f"{site.url}/c.html", "网站返回 404")
    ]
    assert site.paths().count("/sitemap.xml") == 1


def test_a_list_of_addresses_is_read_in_its_order(site: Any, tmp_path: Path) -> None:
    for number in (1, 2):
        site.page(f"/{number}.html", NOTICE.format(charset="utf-8").replace("1000", f"{number}000"))
    listed = tmp_path / "网址.txt"
    listed.write_text(f"# 通知\n{site.url}/2.html\n\n{site.url}/1.html#top\n{site.url}/1.html\n", encoding="utf-8")
    reading = read_all([str(listed)], site.how)
    assert [document.id for document in reading.documents] == [f"{site.url}/2.html", f"{site.url}/1.html"]
    assert reading.failures == []


def test_a_sitemap_that_expands_entities_is_refused(site: Any) -> None:
    laughs = "<!DOCTYPE s [<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY a{n} '{f'&a{n - 1 or str()};' * 10}'>" for n in range(1, 9)
    )
    url = site.page("/s.xml", f"{laughs}]><urlset><loc>&a8;</loc></urlset>", "text/xml")
    assert "网站地图" in refused(url, site.how)


# ---- again


def test_a_page_that_has_not_changed_is_not_sent_again(site: Any, tmp_path: Path) -> None:
    url = site.page("/a.html", NOTICE.format(charset="utf-8"), ETag='"1"')
    index = tmp_path / "index"
    first = build(index, [url], encoder(), site.how)
    site.asked.clear()
    second = build(index, [url], encoder(), site.how)
    assert (first.added, first.embedded) == (1, 1)
    assert (second.added, second.replaced, second.removed, second.embedded) == (0, 0, 0, 0)
    assert site.asked[-1][1]["if-none-match"] == '"1"'
    site.page("/a.html", NOTICE.format(charset="utf-8").replace("1000", "2000"), ETag='"2"')
    third = building.add(index, [url], encoder(), site.how)
    assert (third.replaced, third.documents) == (1, 1)


def test_a_site_that_is_down_takes_nothing_out_and_a_page_that_is_gone_goes(site: Any, tmp_path: Path) -> None:
    one = site.page("/a.html", NOTICE.format(charset="utf-8"))
    two = site.page("/b.html", NOTICE.format(charset="utf-8").replace("1000", "2000"))
    index = tmp_path / "index"
    build(index, [one, two], encoder(), site.how)
    site.pages["/a.html"] = (500, {}, b"")
    down = build(index, [one, two], encoder(), site.how)
    assert (down.documents, down.removed, len(down.reading.failures)) == (2, 0, 1)
    site.pages["/a.html"] = (404, {}, b"")
    assert build(index, [one, two], encoder(), site.how).documents == 1


# ---- what may not be reached


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1 224.0.0.1
    240.0.0.1 255.255.255.255 192.88.99.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 ::ffff:127.0.0.1
    ::ffff:10.0.0.1 ::ffff:7f00:1 2002:7f00:1:: 2002:c0a8:101:: 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b:1::1 ::127.0.0.1
    2001:db8::1 2001:0:4136:e378:8000:63bf:3fff:fdd2%1 2001:0:4136:e378:8000:63bf:80ff:fffe no-address""".split(),
)
def test_an_address_that_is_not_public_is_known_in_all_its_forms(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", "8.8.8.8 223.5.5.5 2400:3200::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::".split()
)
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", "2130706433 0x7f000001 0177.0.0.1 0x7f.0.0.1 127.1 127.0.1 017700000001 fe80::1%eth0 127.0.0.1. 0".split()
)
def test_a_number_that_looks_like_a_name_is_odd(host: str) -> None:
    assert is_odd(host)


@pytest.mark.parametrize("host", "www.qingchuan.gov.cn 8.8.8.8 12366.example 2400:3200::1".split())
def test_names_and_plain_addresses_are_not_odd(host: str) -> None:
    assert not is_odd(host)


def no_connection(*_: Any, **__: Any) -> Any:
    raise AssertionError("a connection was made")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://１２７.０.０.１/",
    ],
)
def test_private_addresses_are_refused_before_a_connection(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", no_connection)
    assert "没有读取" in refused(url, Web(delay=0.0)) or "不是有效的网址" in refused(url, Web(delay=0.0))


@pytest.mark.parametrize("url", ["http://u:p@example.com/", "http:///a", "http://[::1", "https://"])
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    assert "网址" in refused(url, Web(delay=0.0))


def test_one_private_address_among_those_of_a_name_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", no_connection)
    how = Web(delay=0.0, resolve=lambda *_: ["8.8.8.8", "10.0.0.1"])
    assert "指向内网或本机" in refused("http://rebind.example/", how)


def test_a_redirect_to_a_private_address_is_refused(site: Any) -> None:
    """The flag is for one host and port; what that redirects to is looked at like any other."""
    for target in ("http://localhost:9/", "http://10.0.0.1/", "http://[::1]:9/", "file:///etc/passwd", "gopher://a/"):
        assert "没有读取" in refused(site.redirect("/go", target), site.how) or target.startswith(("file", "gopher"))
    assert "不是有效的网址" in refused(site.redirect("/go", "file:///etc/passwd"), site.how)


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that stands for another address at the next look-up is not looked up again by what connects."""
    import httpcore

    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    went: list[tuple[str, int]] = []

    def connect(_: Any, host: str, port: int, *__: Any) -> Any:
        went.append((host, port))
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", connect)
    assert "无法读取网页" in refused("https://rebind.example/a", Web(delay=0.0, resolve=lambda *_: next(answers)))
    assert went == [("8.8.8.8", 443)]


def test_the_name_stays_in_the_request(site: Any) -> None:
    site.page("/a.html", NOTICE.format(charset="utf-8"))
    host = f"intranet.example:{site.server.server_address[1]}"
    how = Web(allowed_hosts=frozenset({"intranet.example"}), delay=0.0, resolve=lambda *_: ["127.0.0.1"])
    (document,) = read_all([f"http://{host}/a.html"], how).documents
    assert document.text == TEXT
    assert {told["host"] for _, told in site.asked} == {host}


def test_a_name_that_is_never_found_is_told_within_the_time() -> None:
    def hang(*_: Any) -> list[str]:
        time.sleep(1.0)
        return []

    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        looked_up(hang, "slow.example", 80, 0.1)
    assert time.monotonic() - begin < 0.8

    def missing(*_: Any) -> list[str]:
        raise OSError("no such host")

    assert "无法读取网页" in refused("http://none.example/", Web(delay=0.0, resolve=missing))


def test_a_fetcher_names_what_was_asked_for(site: Any) -> None:
    with Fetcher(site.how) as fetcher, pytest.raises(SourceError) as raised:
        fetcher.get(f"{site.url}/none")
    assert raised.value.source == f"{site.url}/none"
    assert web.addresses is not None
