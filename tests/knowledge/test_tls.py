"""Pages over https from a server of the tests' own, with certificates of an authority of the tests' own."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from knowledge.errors import SourceError
from knowledge.sources.folder import read_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = "oa.qingchuan.example"
PAGE = "<html><title>补贴通知</title><body><div id=zoom><p>职业技能培训补贴标准为每人1000元，按月发放。</p></div></body></html>"
YESTERDAY = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(site: Any) -> Callable[..., tuple[str, Any]]:
    """Return what lets the site speak TLS with a certificate; it gives the address of a page, and how to read it."""

    def start(certificate: trustme.LeafCert) -> tuple[str, Any]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        site.server.socket = context.wrap_socket(site.server.socket, server_side=True, do_handshake_on_connect=False)
        site.page("/a.html", PAGE)
        how = replace(site.how, allowed_hosts=frozenset({HOST}), resolve=lambda *_: ["127.0.0.1"])
        return f"https://{HOST}:{site.server.server_address[1]}/a.html", how

    return start


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "根证书.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def refused(url: str, how: Any) -> str:
    reading = read_all([url], how)
    assert reading.documents == []
    (failure,) = reading.failures
    assert failure.source == url
    return failure.reason


def test_a_page_is_read_where_its_certificate_is_good(
    secure: Callable[..., tuple[str, Any]], authority: trustme.CA, ca_file: Path
) -> None:
    url, how = secure(authority.issue_cert(HOST))
    (document,) = read_all([url], replace(how, ca_file=ca_file)).documents
    assert "1000元" in document.text


def test_an_authority_nobody_named_is_refused_and_the_way_out_is_told(
    secure: Callable[..., tuple[str, Any]], authority: trustme.CA, site: Any
) -> None:
    url, how = secure(authority.issue_cert(HOST))
    reason = refused(url, how)
    assert reason.startswith(f"无法读取网页：{HOST} 的证书由不受信任的机构签发")
    assert "--ca-file" in reason
    assert site.asked == []


def test_another_authority_than_the_one_named_is_refused(secure: Callable[..., tuple[str, Any]], ca_file: Path) -> None:
    url, how = secure(trustme.CA().issue_cert(HOST))
    assert "不受信任的机构签发" in refused(url, replace(how, ca_file=ca_file))


def test_a_certificate_of_another_host_is_refused(
    secure: Callable[..., tuple[str, Any]], authority: trustme.CA, ca_file: Path
) -> None:
    url, how = secure(authority.issue_cert("www.qingchuan.example"))
    reason = refused(url, replace(how, ca_file=ca_file))
    assert reason == f"无法读取网页：{HOST} 出示的证书不是发给这个主机的"


def test_an_expired_certificate_is_refused(
    secure: Callable[..., tuple[str, Any]], authority: trustme.CA, ca_file: Path
) -> None:
    url, how = secure(authority.issue_cert(HOST, not_after=YESTERDAY))
    assert refused(url, replace(how, ca_file=ca_file)) == f"无法读取网页：{HOST} 的证书已经过期"


def test_a_server_that_does_not_speak_tls_is_told(site: Any) -> None:
    reason = refused(site.url.replace("http:", "https:") + "/a.html", site.how)
    assert reason.startswith("无法读取网页：无法与 127.0.0.1 建立安全连接（")


def test_a_file_that_holds_no_certificate_is_told_by_name(tmp_path: Path, site: Any) -> None:
    (tmp_path / "no.pem").write_text("不是证书", encoding="utf-8")
    for name, told in (("no.pem", "应为 PEM 格式的证书"), ("none.pem", "没有这个文件")):
        with pytest.raises(SourceError, match=told) as raised:
            read_all([site.url], replace(site.how, ca_file=tmp_path / name))
        assert raised.value.source == str(tmp_path / name)


def test_a_refused_connection_is_told_in_a_sentence(site: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
        reason = refused(f"http://{host}/", replace(site.how, allowed_hosts=frozenset({host})))
    assert reason == "无法读取网页：127.0.0.1 拒绝连接，那里没有网站，或端口不对"


def test_a_connection_that_breaks_off_and_one_that_speaks_otherwise_are_told(site: Any) -> None:
    site.slow["/robots.txt"] = lambda stream: stream.write(b"HTTP/1.1 404 no\r\nContent-Length: 0\r\n\r\n")
    site.slow["/nothing"] = lambda _: None
    site.slow["/other"] = lambda stream: stream.write(b"220 mail.example ESMTP\r\n")
    for path in ("/nothing", "/other"):
        assert refused(site.url + path, site.how) == "无法读取网页：127.0.0.1 没有按 HTTP 协议作答"


def test_a_name_that_is_not_found_is_told(site: Any) -> None:
    def missing(*_: Any) -> list[str]:
        raise OSError(-2, "Name or service not known")

    reason = refused("http://none.example/", replace(site.how, resolve=missing))
    assert reason == "无法读取网页：找不到主机 none.example，请检查网址"


def test_the_command_takes_the_file(
    secure: Callable[..., tuple[str, Any]],
    authority: trustme.CA,
    ca_file: Path,
    tmp_path: Path,
    site: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from knowledge.__main__ import main

    secure(authority.issue_cert("127.0.0.1"))
    url = f"https://{site.host}/a.html"
    command = ["build", "--index", str(tmp_path / "index"), "--allow-host", site.host, "--delay", "0", url]
    assert main(command) == 2
    assert "--ca-file" in capsys.readouterr().err
    assert main([*command, "--ca-file", str(ca_file)]) == 0
