"""What the READMEs promise: their commands run, their settings exist, their pictures are there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from assistant.settings import Settings

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.en.md"]
DOCUMENT = "失业保险金申领指南\n\n累计缴费满1年不足5年的，失业保险金最长可以领取12个月。领取条件：已经办理失业登记。\n"


def commands(readme: str) -> list[str]:
    """Return the lines of the shell blocks, without their comments."""
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.split("  #")[0].split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder as a newcomer's: their documents, and the question sets the README names."""
    (tmp_path / "my-documents").mkdir()
    (tmp_path / "my-documents" / "指南.txt").write_text(DOCUMENT, encoding="utf-8")
    shutil.copytree(ROOT / "eval" / "data", tmp_path / "eval" / "data")
    return tmp_path


def test_both_readmes_have_the_same_commands() -> None:
    assert commands("README.md") == commands("README.en.md")


def test_the_commands_run_in_the_order_they_stand_in(workplace: Path) -> None:
    env = {**os.environ, "POLICY_DATA_DIR": str(workplace / "var")}
    for command in commands("README.md"):
        if command.startswith("make "):
            done = subprocess.run(
                ["make", "-n", *command.split()[1:]], cwd=ROOT, capture_output=True, text=True, check=False
            )
        elif " serve " in command:
            continue  # its own test
        else:
            parts = shlex.split(command)
            assert parts[0] == "python", command
            done = subprocess.run(
                [sys.executable, *parts[1:]], cwd=workplace, env=env, capture_output=True, text=True, check=False
            )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_the_answer_shown_first_is_the_answer_given(workplace: Path) -> None:
    shown = re.search(r"```text\n问：(.*?)\n\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    question, answer = shown.groups()
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "ask", question],
        cwd=workplace,
        env={**os.environ, "POLICY_DATA_DIR": str(workplace / "var")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(answer.strip())


def test_the_serving_command_serves(workplace: Path) -> None:
    command = next(command for command in commands("README.md") if " serve " in command)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    parts = shlex.split(command.replace("7860", str(port)))
    env = {**os.environ, "POLICY_DATA_DIR": str(workplace / "var")}
    with subprocess.Popen(
        [sys.executable, *parts[1:]], cwd=workplace, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            assert _answers(f"http://127.0.0.1:{port}/healthz")
        finally:
            server.terminate()


def _answers(address: str) -> bool:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return bool(response.status == 200)
        except OSError:  # refused, reset or not yet answering
            time.sleep(0.25)
    return False


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_documented_and_every_documented_one_exists(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    known = {
        str(field.validation_alias) if field.validation_alias else f"POLICY_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }
    table = text[text.index("`POLICY_DATA_DIR`") - 200 :]
    named = set(re.findall(r"`((?:POLICY_[A-Z_]+)|HOST|PORT)`", table))
    assert named == known


@pytest.mark.parametrize("readme", READMES)
def test_links_and_pictures_are_there(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target
