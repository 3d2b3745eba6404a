"""What docs/documents.md promises: its commands run in their order, the answer shown is the answer given, limits hold."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from knowledge.sources import folder, html, markdown, pdf

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")
NOTICE = "青川市关于调整培训补贴的补充通知\n\n自2024年1月1日起，培训补贴由市人力资源和社会保障局按季度发放。\n"
TABLE = "等级,补贴标准（元/人）,培训学时\n技师,2500,240学时\n高级技师,3000,280学时\n"


def test_the_commands_run_in_the_order_they_stand_in(tmp_path: Path) -> None:
    (tmp_path / "my-documents").mkdir()
    (tmp_path / "my-documents" / "补贴标准.csv").write_text(TABLE, encoding="gb18030")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "补充通知.txt").write_text(NOTICE, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "POLICY_DATA_DIR": str(tmp_path / "var")}
    block = re.search(r"```bash\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    shown = ""
    for line in block[1].splitlines():
        python, *arguments = shlex.split(line)
        assert python == "python"
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        shown += done.stdout
    answer, row = "高级技师：补贴标准 3000元/人[1]。", "等级：高级技师；补贴标准：3000元/人；培训学时：280学时"
    assert answer in TEXT
    assert row in TEXT
    assert answer in shown
    assert row in shown
    assert "已彻底删除 1 份文件的所有版本" in shown
    assert not any(
        "按季度发放".encode() in path.read_bytes()
        for path in (tmp_path / "var" / "documents").rglob("*")
        if path.is_file()
    )


def test_every_format_that_is_read_is_named_and_the_limits_are_the_ones_that_hold() -> None:
    for suffix in {*folder._READERS, ".zip", ".jsonl", ".jsonl.xz"} - {".markdown", ".xhtml"}:
        assert f"`{suffix}`" in TEXT, suffix
    megabytes = [limit // 1024 // 1024 for limit in (markdown.LARGEST, html.LARGEST, folder.LARGEST_FILE)]
    assert "Markdown {} MB，网页 {} MB，其他文件 {} MB".format(*megabytes) in TEXT
    assert f"PDF {pdf.MOST_PAGES:,} 页" in TEXT
