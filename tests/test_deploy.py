"""What docs/api.md, docs/mcp.md and docs/deploy.md promise: every example runs, every file for deployment is sound."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml
from dockerfile_parse import DockerfileParser

from assistant.channels.metrics import EVENTS
from assistant.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DOCS, DEPLOY = ROOT / "docs", ROOT / "docs" / "deploy"


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def blocks(page: str, language: str) -> list[tuple[str, str | None]]:
    """Return each block of a language with the text block that follows it, if one does at once."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(rf"```{language}\n(.*?)```(?:\n\n```(?:text|json)\n(.*?)```)?", text, re.DOTALL)
    return [(code, shown or None) for code, shown in found]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, article_index_path: Path) -> Path:
    """A folder whose ``var`` holds the index of the article."""
    folder = tmp_path_factory.mktemp("place")
    shutil.copytree(article_index_path, folder / "var" / "index")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    return folder


@pytest.fixture(scope="module")
def env(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "POLICY_DATA_DIR": str(place / "var")}


@pytest.fixture(scope="module")
def port(place: Path, env: dict[str, str]) -> Iterator[str]:
    """The port of a service started as the pages say."""
    port = free_port()
    command = [sys.executable, "-m", "assistant", "serve", "--port", port]
    with subprocess.Popen(command, cwd=place, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        assert "已启动" in server.stdout.readline().decode()
        yield port
        server.terminate()
        server.wait(60)


def run(command: list[str], place: Path, env: dict[str, str], given: str | None = None) -> str:
    done = subprocess.run(
        command, cwd=place, env=env, input=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{given}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_commands_of_the_api_page_run_in_their_order(port: str, place: Path, env: dict[str, str]) -> None:
    for code, shown in blocks("api.md", "bash"):
        said = run(["bash", "-e"], place, env, code.replace("7860", port))
        time.sleep(1.2)  # until the service has heard of keys
        if shown is not None:
            told, wanted = json.loads(said), json.loads(shown)
            assert {**told, "request_id": "…"} == wanted


@pytest.mark.parametrize("page", ["api.md", "mcp.md"])
def test_the_programs_print_what_is_shown(page: str, port: str, place: Path, env: dict[str, str]) -> None:
    programs = blocks(page, "python")
    assert programs
    for code, shown in programs:
        assert run([sys.executable, "-"], place, env, code.replace("7860", port)) == shown


def test_the_configuration_of_mcp_clients_names_a_command_that_is_there() -> None:
    [(code, _)] = [block for block in blocks("mcp.md", "json") if "mcpServers" in block[0]]
    told = json.loads(code)["mcpServers"]["policy"]
    done = subprocess.run([sys.executable, *told["args"], "--help"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0


def test_the_commands_of_the_deployment_page_run_and_what_was_saved_comes_back(
    place: Path, env: dict[str, str]
) -> None:
    for code, _ in blocks("deploy.md", "bash"):
        run(["bash", "-e"], place, env, code)
    restored = {**env, "POLICY_DATA_DIR": str(place / "restored")}
    assert "门户网站" in run([sys.executable, "-m", "assistant", "keys", "list"], place, restored)
    answer = run([sys.executable, "-m", "assistant", "ask", "2018年国务院印发了什么文件？"], place, restored)
    assert "《关于推行终身职业技能培训制度的意见》" in answer
    run([sys.executable, "-m", "assistant", "keys", "reset"], place, env)


@pytest.mark.parametrize("page", ["api.md", "mcp.md", "deploy.md"])
def test_links_lead_somewhere_and_settings_exist(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith("http"):
            assert (DOCS / target).exists(), target
    known = {f"POLICY_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"POLICY_[A-Z_]+[A-Z]", text)) <= known


def test_every_figure_is_explained() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    for event in EVENTS.values():
        assert event.metric in text or event.metric.startswith("policy_model_")


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("the systemd unit is not tested: systemd-analyze is missing")
    unit = (DEPLOY / "policy-assistant.service").read_text(encoding="utf-8")
    unit = unit.replace("/opt/policy-assistant/.venv/bin/python", sys.executable).replace("/opt/policy-assistant", "/")
    unit = re.sub(r"^(User|Group)=.*\n", "", unit, flags=re.MULTILINE)
    path = tmp_path / "policy-assistant.service"
    path.write_text(unit, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False)
    told = [line for line in (done.stdout + done.stderr).splitlines() if "policy-assistant.service" in line]
    assert told == []


def test_nginx_passes_answers_on_and_turns_a_flood_away(port: str, tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("the nginx example is not tested: apt-get install nginx-light")
    own = free_port()
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{own};").replace("127.0.0.1:7860", f"127.0.0.1:{port}")
    paths = "".join(
        f"{kind}_temp_path {tmp_path / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off; pid {tmp_path / 'pid'}; error_log {tmp_path / 'error.log'};\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{text}}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    with subprocess.Popen(["nginx", "-c", str(tmp_path / "nginx.conf")], stderr=subprocess.PIPE) as proxy:
        try:
            address = f"http://127.0.0.1:{own}"
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                assert proxy.poll() is None, (tmp_path / "error.log").read_text()
                try:
                    if httpx.get(f"{address}/healthz").status_code == 200:
                        break
                except httpx.ConnectError:
                    time.sleep(0.1)
            question = {"question": "2018年国务院印发了什么文件？"}
            with httpx.stream("POST", f"{address}/api/ask/stream", json=question) as stream:
                assert "event: answer" in "".join(stream.iter_text())
            assert httpx.get(f"{address}/").status_code == 200
            assert httpx.get(f"{address}/metrics").status_code == 403
            with ThreadPoolExecutor(40) as clients:
                ask = partial(httpx.post, f"{address}/api/ask", json=question, timeout=60)
                codes = [reply.status_code for reply in clients.map(lambda _: ask(), range(80))]
            assert set(codes) == {200, 429}
        finally:
            proxy.terminate()
            proxy.wait(20)


def test_the_image_is_built_from_what_is_there_and_runs_as_nobody_special(tmp_path: Path) -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    parsed = DockerfileParser(str(tmp_path / "Dockerfile"))
    parsed.content = text
    rows = [(row["instruction"], row["value"]) for row in parsed.structure]
    assert all(re.search(r":\d[\w.-]+( AS \w+)?$", value) for name, value in rows if name == "FROM")
    for name, value in rows:
        if name == "COPY" and "--from" not in value:
            for source in value.split()[:-1]:
                assert (ROOT / source).exists(), source
    last_from = max(number for number, (name, _) in enumerate(rows) if name == "FROM")
    own = rows[last_from:]
    users = [value for name, value in own if name == "USER"]
    assert users
    assert users[-1] not in {"root", "0"}
    assert {"HEALTHCHECK", "CMD", "EXPOSE", "VOLUME", "STOPSIGNAL"} <= {name for name, _ in own}
    assert not any(word in text.lower() for word in ("password", "secret=", "api_key", "latest", "add http", "sudo "))
    command = json.loads(next(value for name, value in own if name == "CMD"))
    done = subprocess.run([sys.executable, *command[1:], "--help"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0


def test_the_compose_file_is_whole() -> None:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = told["services"]
    for service in services.values():
        assert service["restart"] == "unless-stopped"
        for needed in service.get("depends_on", ()):
            assert needed in services
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in told["volumes"] or (DEPLOY / source).exists()
        image = service.get("image", "")
        assert "build" in service or re.search(r":\d", image)
    build = services["assistant"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == (DEPLOY / "Dockerfile")
    known = {f"POLICY_{name.upper()}" for name in Settings.model_fields}
    named = {name for name in services["assistant"]["environment"] if name.startswith("POLICY_")}
    assert named <= known
    assert "ports" not in services["database"]
    grace = int(services["assistant"]["stop_grace_period"].removesuffix("s"))
    unit = (DEPLOY / "policy-assistant.service").read_text(encoding="utf-8")
    from assistant.channels.drain import PAGE_PATIENCE, PATIENCE

    assert min(grace, int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0])) > PATIENCE + PAGE_PATIENCE


def test_the_proxy_of_the_compose_file_is_the_example_but_for_names() -> None:
    plain = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").splitlines()
    own = (DEPLOY / "nginx-compose.conf").read_text(encoding="utf-8").splitlines()
    differing = [(a.split()[0], b.split()[0]) for a, b in zip(plain, own, strict=True) if a != b]
    assert differing == [("#", "#"), ("server", "server"), ("server_name", "server_name")]
