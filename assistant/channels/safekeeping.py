"""``python -m assistant export`` and ``import``: documents, conversations and feedback in one file, and back."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from assistant.compose import embedder, index_path, prepare_questions
from assistant.settings import load_settings
from assistant.state import backup as database
from assistant.state.errors import StateError
from knowledge import backup

EXIT_FINE, EXIT_FINDING = 0, 1


def export(target: Path, index: Path | None) -> int:
    """Write everything that an installation keeps to one file; of a PostgreSQL database it says what to do instead."""
    settings = load_settings()
    path = index_path(index)
    with tempfile.TemporaryDirectory(prefix="policy-export-") as folder:
        attachments = {}
        if settings.database_url is None and settings.state_path.is_file():
            copied = Path(folder) / database.NAME
            database.copy(settings.state_path, copied)
            attachments[database.NAME] = copied
        kept = backup.export(path, target, embedder(), attachments)
    what = "，连同对话和反馈" if attachments else ""
    print(f"已备份 {kept.documents} 份文件、共 {kept.versions} 个版本{what}：{target}（{kept.size / 1e6:.1f} MB）。")
    if settings.database_url is not None:
        print("数据库由 POLICY_DATABASE_URL 指定，不在备份里，请用它自己的工具备份（如 pg_dump）。")
    for lost in kept.lost:
        print(f"没有原件，不在备份里：{lost}")
    return EXIT_FINDING if kept.lost else EXIT_FINE


def restore(source: Path, index: Path | None, *, replacing: bool) -> int:
    """Make the index and the database of a backup; with ``replacing`` in the place of what is there. The service must not run.

    Raises BackupError or StateError before anything has changed.
    """
    settings = load_settings()
    path = index or settings.index_path
    has_database = database.NAME in backup.attached(source)
    target = settings.state_path if settings.database_url is None else None
    if has_database and target is not None and target.exists() and not replacing:
        raise StateError(f"这里已经有数据库 {target}；确定要换成备份里的内容，请停下服务后加 --replace。")
    with tempfile.TemporaryDirectory(prefix="policy-import-") as folder:
        if has_database:
            copied = Path(folder) / database.NAME
            backup.take_out(source, database.NAME, copied)
            database.check(copied)
        summary = backup.restore(path, source, embedder(), replacing=replacing)
    if has_database and target is not None:
        backup.take_out(source, database.NAME, target)
        for rest in ("-wal", "-shm"):  # of the database that was there
            target.with_name(target.name + rest).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # only suggestions are lost
        prepare_questions(path, embedder())
    what = "，连同对话和反馈" if has_database and target is not None else ""
    print(f"已恢复 {summary.documents} 份文件、{summary.passages} 个段落{what}：{path}。")
    if has_database and target is None:
        print("备份里的数据库没有恢复：POLICY_DATABASE_URL 指定了别的数据库。")
    return EXIT_FINE
