"""Everything that can go wrong with documents and indexes.

::

    KnowledgeError
    ├── SourceError          a file, folder or corpus line cannot be read
    ├── IndexMissingError    there is no index at the path
    ├── IndexDamagedError    there is one, but a part is missing or does not fit the rest
    ├── IndexMismatchError   it was built by another encoder, dimension or chunker
    ├── IndexLockedError     another process is writing it
    ├── BackupError          a backup cannot be written or read, or does not go where it is to
    ├── EncoderError         the encoder or reranker cannot be loaded
    ├── FilterError          a search is restricted by a field or an operator there is none of
    └── IndexWriteError      it could not be written (no space, a quota); what served before still serves

Each message is one line in Chinese that names the path and what to do.
"""


class KnowledgeError(Exception):
    """A fault of documents or indexes that a person can act on."""


class SourceError(KnowledgeError):
    """A source could not be read."""

    def __init__(self, source: str, reason: str) -> None:
        self.source, self.reason = source, reason
        super().__init__(f"{source}：{reason}")


class IndexMissingError(KnowledgeError):
    """There is no index at the given path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"找不到索引：{path}。请先运行 python -m knowledge build --index {path} 文件或文件夹")


class IndexDamagedError(KnowledgeError):
    """A part of the index is missing or contradicts the rest."""

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"索引已损坏：{path}（{reason}）。请修复：python -m knowledge check --repair --index {path} ，"
            f"或重新建立：python -m knowledge build --index {path} 文件或文件夹"
        )


class IndexMismatchError(KnowledgeError):
    """The index was built with other parts than the ones that now want to read it."""

    def __init__(self, path: str, part: str, got: object, wanted: object) -> None:
        self.reason = f"{part}：索引为 {got}，程序需要 {wanted}"
        super().__init__(
            f"索引与当前程序不匹配：{path}（{self.reason}）。"
            f"请用原有的文件重建：python -m knowledge check --repair --index {path} ，"
            f"或重新建立：python -m knowledge build --index {path} 文件或文件夹"
        )


class IndexLockedError(KnowledgeError):
    """Another process holds the writer's lock."""

    def __init__(self, path: str, holder: str) -> None:
        super().__init__(f"索引正在被另一个进程写入：{path}（{holder}）。请稍后再试")


class IndexWriteError(KnowledgeError):
    """The new generation could not be written; the index is as it was."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"索引写入失败：{path}（{reason}）。原有的索引没有改变，请检查磁盘空间和权限后重试")


class EncoderError(KnowledgeError):
    """A model that turns text into vectors or scores cannot be used."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}：{reason}")


class BackupError(KnowledgeError):
    """A backup could not be written or read; nothing was changed."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}：{reason}")


class FilterError(KnowledgeError):
    """A condition on documents that cannot be checked."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"检索条件 {name}：{reason}")
