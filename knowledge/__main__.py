"""``python -m knowledge build | add | remove | list | search | check``."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from knowledge import clean
from knowledge.embed import encoder
from knowledge.errors import KnowledgeError

EXIT_FINE, EXIT_FINDING, EXIT_BAD = 0, 1, 2
_SHOWN_CHARACTERS = 80


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 fine, 1 a finding, 2 bad use or bad input (one line on stderr)."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except KnowledgeError as error:
        print(f"错误：{error}", file=sys.stderr)
        return EXIT_BAD


class _Parser(argparse.ArgumentParser):
    """Tells bad use in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_BAD, f"错误：{message}（用法见 {self.prog} --help）\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m knowledge", description="建立和查看政策文件的索引")
    commands = parser.add_subparsers(required=True, metavar="命令")
    for name, command, what in (
        ("build", _build, "用给出的文件重新建立索引"),
        ("add", _add, "加入文件，编号相同的被替换"),
    ):
        part = commands.add_parser(name, help=what)
        part.add_argument("sources", nargs="+", metavar="SOURCE", help="文件、文件夹或 .jsonl 文件集")
        _common(part, command)
    part = commands.add_parser("remove", help="移除文件")
    part.add_argument("documents", nargs="+", metavar="DOC_ID")
    _common(part, _remove)
    for name, command, what in (("list", _list, "列出文件"), ("check", _check, "检查索引是否完好")):
        part = commands.add_parser(name, help=what)
        part.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
        _common(part, command)
    part = commands.add_parser("search", help="检索段落")
    part.add_argument("query", metavar="词")
    part.add_argument("-k", type=_count, default=10, help="段落数，默认 10")
    part.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
    _common(part, _search)
    return parser


def _count(text: str) -> int:
    if not re.fullmatch(r"0*[1-9]\d{0,8}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"应为正整数，不是 {text}")
    return int(text)


def _common(part: argparse.ArgumentParser, command: Callable[[argparse.Namespace], int]) -> None:
    part.add_argument("--index", type=Path, required=True, metavar="DIR", help="索引所在的文件夹")
    part.add_argument("--encoder", metavar="NAME", help="编码器的名称或路径，默认为随附的；同一个索引要一直用同一个")
    part.set_defaults(command=command)


def _build(options: argparse.Namespace) -> int:
    from knowledge.build import build  # noqa: PLC0415  # only commands that write need it

    return _report(build(options.index, options.sources, encoder(options.encoder)))


def _add(options: argparse.Namespace) -> int:
    from knowledge.build import add  # noqa: PLC0415

    return _report(add(options.index, options.sources, encoder(options.encoder)))


def _remove(options: argparse.Namespace) -> int:
    from knowledge.build import remove  # noqa: PLC0415

    return _report(remove(options.index, options.documents, encoder(options.encoder)))


def _report(summary: Any) -> int:
    for name in summary.reading.skipped:
        print(f"跳过：{name}", file=sys.stderr)
    for failure in summary.reading.failures:
        print(f"失败：{failure}", file=sys.stderr)
    print(f"索引里有 {summary.documents} 份文件、{summary.passages} 个段落。")
    return EXIT_FINDING if summary.reading.failures else EXIT_FINE


def _open(options: argparse.Namespace) -> Any:
    from knowledge.index import open_index  # noqa: PLC0415

    return open_index(options.index, encoder(options.encoder))


def _list(options: argparse.Namespace) -> int:
    index = _open(options)
    counts: dict[str, int] = {}
    for passage in index.passages:
        counts[passage.doc_id] = counts.get(passage.doc_id, 0) + 1
    rows = [
        {
            "id": document.id,
            "title": document.title,
            "issuer": document.issuer,
            "number": document.number,
            "published": document.published,
            "source": document.source,
            "passages": counts.get(document.id, 0),
        }
        for document in index.documents
    ]
    if options.json:
        print(json.dumps({"documents": rows}, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row['id']}\t{row['published'] or '-'}\t{row['passages']} 段\t{row['title']}")
    return EXIT_FINE


def _check(options: argparse.Namespace) -> int:
    index = _open(options)
    wrong = [passage.id for passage in index.passages if not _holds(index.document(passage.doc_id).text, passage)]
    report = {"documents": len(index.documents), "passages": len(index.passages), "wrong_offsets": wrong}
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    elif wrong:
        print(f"有 {len(wrong)} 个段落的位置不对：{'、'.join(wrong[:5])}")
    else:
        print(f"索引完好：{report['documents']} 份文件、{report['passages']} 个段落。")
    return EXIT_FINDING if wrong else EXIT_FINE


def _holds(text: str, passage: Any) -> bool:
    return bool(text[passage.start : passage.end] == passage.text)


def _search(options: argparse.Namespace) -> int:
    from knowledge.retrieve import Retriever  # noqa: PLC0415

    query = clean.characters(options.query)
    hits = Retriever(_open(options)).search(query, options.k)
    rows: list[dict[str, Any]] = [
        {
            "doc_id": hit.passage.doc_id,
            "title": hit.passage.title,
            "headings": list(hit.passage.headings),
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.passage.text,
            "score": round(hit.score, 4),
            "lexical": round(hit.lexical, 4),
            "dense": round(hit.dense, 4),
            "alignment": round(hit.alignment, 4),
            "matched": list(hit.matched),
        }
        for hit in hits
    ]
    if options.json:
        print(json.dumps({"query": query, "hits": rows}, ensure_ascii=False))
        return EXIT_FINE
    for number, row in enumerate(rows, start=1):
        print(
            f"{number}. {row['score']:.3f}（词 {row['lexical']:.2f}，向量 {row['dense']:.2f}，逐词 {row['alignment']:.2f}）{' > '.join(row['headings'])}"
        )
        print(f"   {row['text'][:_SHOWN_CHARACTERS].replace(chr(10), ' ')}…")
        print(f"   匹配：{'、'.join(row['matched']) or '无'}")
    return EXIT_FINE


if __name__ == "__main__":
    sys.exit(main())
