"""``python -m knowledge build | add | remove | list | check | export | import | search``."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from knowledge import clean
from knowledge.catalogue import State
from knowledge.embed import BACKENDS, Embedder, encoder
from knowledge.errors import KnowledgeError
from knowledge.sources.fetch import Web

if TYPE_CHECKING:
    from knowledge.build import Summary
    from knowledge.check import Report

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
        part.add_argument("sources", nargs="+", metavar="SOURCE", help="文件、文件夹、.jsonl 文件集、网址或网站地图")
        part.add_argument("--allow-host", action="append", default=[], metavar="HOST", help="可信的内网主机，可写多个")
        part.add_argument(
            "--delay", type=_seconds, default=1.0, metavar="SECONDS", help="两次访问同一网站的间隔，默认 1 秒"
        )
        part.add_argument("--ca-file", type=Path, metavar="FILE", help="单位自己的根证书（PEM），用于内网的 https 网站")
        part.add_argument("--ocr", action="store_true", help="识别扫描页里的文字（另需安装 policy-assistant[ocr]）")
        _common(part, command)
    part = commands.add_parser("remove", help="移除文件")
    part.add_argument("documents", nargs="+", metavar="DOC_ID")
    part.add_argument("--forget", action="store_true", help="连同保存的原件和所有旧版本一起彻底删除，无法恢复")
    _common(part, _remove)
    part = commands.add_parser("list", help="列出文件")
    part.add_argument("--all", action="store_true", help="也列出被替换和移除的版本")
    part.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
    _common(part, _list)
    part = commands.add_parser("check", help="检查索引是否完好")
    part.add_argument("--repair", action="store_true", help="用保存的原件重建损坏的部分")
    part.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
    _common(part, _check)
    part = commands.add_parser("export", help="把所有文件（含旧版本）备份成一个文件")
    part.add_argument("file", type=Path, metavar="FILE")
    _common(part, _export)
    part = commands.add_parser("import", help="用备份建立索引")
    part.add_argument("file", type=Path, metavar="FILE")
    part.add_argument("--replace", action="store_true", help="换掉已有的索引")
    _common(part, _import)
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


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d{1,3}(?:\.\d{1,3})?", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"应为秒数，不是 {text}")
    return float(text)


def _web(options: argparse.Namespace) -> Web:
    return Web(allowed_hosts=frozenset(options.allow_host), delay=options.delay, ca_file=options.ca_file)


def _common(part: argparse.ArgumentParser, command: Callable[[argparse.Namespace], int]) -> None:
    part.add_argument("--index", type=Path, required=True, metavar="DIR", help="索引所在的文件夹")
    part.add_argument("--encoder", metavar="NAME", help="编码器的名称或路径，默认为随附的；同一个索引要一直用同一个")
    part.add_argument("--backend", choices=BACKENDS, default=BACKENDS[0], help="公开编码器用什么运行，默认 torch")
    part.set_defaults(command=command)


def _encoder(options: argparse.Namespace) -> Embedder:
    return encoder(options.encoder, options.backend)


def _build(options: argparse.Namespace) -> int:
    from knowledge.build import build  # noqa: PLC0415  # only commands that write need it

    made = build(options.index, options.sources, _encoder(options), _web(options), recognizing=options.ocr)
    return _changed(options, made)


def _add(options: argparse.Namespace) -> int:
    from knowledge.build import add  # noqa: PLC0415

    made = add(options.index, options.sources, _encoder(options), _web(options), recognizing=options.ocr)
    return _changed(options, made)


def _remove(options: argparse.Namespace) -> int:
    if options.forget:
        from knowledge.forget import forget  # noqa: PLC0415

        code = _changed(options, forget(options.index, options.documents, _encoder(options)))
        print(f"已彻底删除 {len(set(options.documents))} 份文件的所有版本；以前导出的备份里可能还有，请另行处理。")
        return code
    from knowledge.build import remove  # noqa: PLC0415

    return _changed(options, remove(options.index, options.documents, _encoder(options)))


AFTER_CHANGE = "policy_assistant.index_changed"
"""Entry points of this group are called with an index that was changed by a command, and its encoder."""


def _changed(options: argparse.Namespace, summary: Summary) -> int:
    """Report what was done, and let others do what they keep beside an index; their faults cost only that."""
    from importlib.metadata import entry_points  # noqa: PLC0415

    code = _report(summary)
    for hook in entry_points(group=AFTER_CHANGE) if summary.changes else ():
        try:
            hook.load()(options.index, _encoder(options))
        except (KnowledgeError, OSError, ImportError, AttributeError) as error:
            print(f"提示：建好之后的 {hook.name} 没有做成：{error}", file=sys.stderr)
    return code


def _export(options: argparse.Namespace) -> int:
    from knowledge.backup import export  # noqa: PLC0415

    kept = export(options.index, options.file, _encoder(options))
    for lost in kept.lost:
        print(f"没有原件，不在备份里：{lost}", file=sys.stderr)
    print(f"已备份 {kept.documents} 份文件、共 {kept.versions} 个版本：{options.file}（{kept.size / 1e6:.1f} MB）。")
    return EXIT_FINDING if kept.lost else EXIT_FINE


def _import(options: argparse.Namespace) -> int:
    from knowledge.backup import attached, restore  # noqa: PLC0415

    summary = restore(options.index, options.file, _encoder(options), replacing=options.replace)
    for name in attached(options.file):
        print(f"提示：备份里还有 {name}，可用 python -m assistant import 恢复", file=sys.stderr)
    return _changed(options, summary)


def _report(summary: Summary) -> int:
    reading = summary.reading
    for name in reading.skipped:
        print(f"跳过：{name}", file=sys.stderr)
    for note in reading.notes:
        print(f"提示：{note}", file=sys.stderr)
    for doc_id, others in summary.twins.items():
        print(f"内容相同：{doc_id} 与 {'、'.join(others)}，回答时只用一份，两处都列为来源", file=sys.stderr)
    for failure in reading.failures:
        print(f"失败：{failure}", file=sys.stderr)
    if reading.failures:
        print(f"有 {len(reading.failures)} 处没有读成，其余已经收入。", file=sys.stderr)
    changes = [
        f"{what} {count} 份"
        for what, count in (("新增", summary.added), ("更新", summary.replaced), ("移除", summary.removed))
        if count
    ]
    told = "，".join(changes) or "没有变化"
    print(f"索引里有 {summary.documents} 份文件、{summary.passages} 个段落（{told}）。")
    return EXIT_FINDING if reading.failures else EXIT_FINE


def _open(options: argparse.Namespace) -> Any:
    from knowledge.index import open_index  # noqa: PLC0415

    return open_index(options.index, _encoder(options))


def _list(options: argparse.Namespace) -> int:
    from knowledge import generation  # noqa: PLC0415

    catalogue = generation.read(options.index, generation.serving(options.index)).catalogue
    rows = [entry.to_json() for entry in (*catalogue.current, *(catalogue.history if options.all else ()))]
    if options.json:
        print(json.dumps({"documents": rows}, ensure_ascii=False))
        return EXIT_FINE
    for row in rows:
        told = [f"第 {row['version']} 版"] if row["version"] > 1 else []
        told += [f"同 {row['same_as']}"] if row["same_as"] else [f"{row['passages']} 段"]
        told += [] if row["state"] == State.CURRENT else [_STATES[row["state"]]]
        print(f"{row['id']}\t{row['published'] or row['written'] or '-'}\t{'，'.join(told)}\t{row['title']}")
    return EXIT_FINE


_STATES = {State.SUPERSEDED: "已被替换", State.REMOVED: "已移除"}


def _check(options: argparse.Namespace) -> int:
    from knowledge.check import check, repair  # noqa: PLC0415

    report = (repair if options.repair else check)(options.index, _encoder(options))
    if options.json:
        print(json.dumps({**asdict(report), "repaired": options.repair}, ensure_ascii=False))
    else:
        for finding in report.findings:
            print(f"损坏：{finding}")
        for doc_id in report.lost:
            print(f"无法恢复：{doc_id}，请用 add 重新加入")
        print(_verdict(report, options))
    return EXIT_FINDING if report.lost or (report.findings and not options.repair) else EXIT_FINE


def _verdict(report: Report, options: argparse.Namespace) -> str:
    held = f"{report.documents} 份文件、{report.passages} 个段落"
    if not report.findings:
        return f"索引完好：{held}。"
    if options.repair:
        return f"已经修复：{held}。"
    return f"有 {len(report.findings)} 处损坏。修复：python -m knowledge check --repair --index {options.index}"


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
            "title_support": round(hit.title, 4),
            "matched": list(hit.matched),
        }
        for hit in hits
    ]
    if options.json:
        print(json.dumps({"query": query, "hits": rows}, ensure_ascii=False))
        return EXIT_FINE
    for number, row in enumerate(rows, start=1):
        print(
            f"{number}. {row['score']:.3f}（词 {row['lexical']:.2f}，向量 {row['dense']:.2f}，逐词 {row['alignment']:.2f}，标题 {row['title_support']:.2f}）{' > '.join(row['headings'])}"
        )
        print(f"   {row['text'][:_SHOWN_CHARACTERS].replace(chr(10), ' ')}…")
        print(f"   匹配：{'、'.join(row['matched']) or '无'}")
    return EXIT_FINE


if __name__ == "__main__":
    sys.exit(main())
