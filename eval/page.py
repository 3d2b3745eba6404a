"""The report of a run as one HTML file: figures, slices, plots, and every case to be opened."""

from __future__ import annotations

import json
from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from eval import charts, judge
from eval.bilingual import Both
from eval.case_view import Passages, view
from eval.fault import LABELS, MEANINGS
from eval.html import LANGUAGE, both, facts, header, moment, option, section, shell, table
from eval.latency import P50, P95, P99
from eval.measure import Unit
from eval.scores import ENOUGH, MEASURES, OVERALL
from eval.table import field_label, headline, interval, value_label, whole
from eval.words import CASE_WORDS, VERDICTS, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.judge import Verdicts
    from eval.measure import Measure
    from eval.report import Report
    from eval.scores import Scores

_MOST_CHOICES = 60


def html(report: Report) -> Iterator[str]:
    """Yield report.html piece by piece; everything that comes from outside is escaped."""
    return shell(WORDS["title"], _body(report), _data(report), (LANGUAGE, "report.js"))


def _body(report: Report) -> Iterator[str]:
    scores, manifest = report.scores, report.manifest
    name = escape(PurePath(manifest.dataset).name)
    cases = len(scores.sheet.ids)
    finished = manifest.sessions[-1].finished if manifest.sessions else None
    size = both(Both(f"{cases} 个用例", f"{cases} cases"))
    code = f"{both(WORDS['revision'])} {escape((manifest.revision or '—')[:12])}"
    hashed = escape(manifest.dataset_sha256[:12])
    yield header(WORDS["title"], [f"{name} · {size} · {escape(moment(finished))}", f"{code} · SHA-256 {hashed}"])
    yield section(WORDS["headline"], _cards(report), note=WORDS["interval"])
    yield section(WORDS["faults"], _faults(scores), note=WORDS["faults_note"])
    yield section(
        WORDS["slices"],
        *_slices(scores),
        note=Both(
            f"细线是 95% 区间。灰色的组少于 {ENOUGH} 个用例，差别说明不了什么：全对时区间也是 100%，实际错误率仍可能高到 3 ÷ 用例数。",
            f"Thin lines are 95 % intervals. Grey groups have fewer than {ENOUGH} cases and tell little: where all are right "
            "the interval is 100 % too, yet the true error rate may be up to 3 ÷ cases.",
        ),
    )
    yield section(WORDS["plots"], f'<div class="plots">{_coverage(scores)}{_latency(scores)}</div>')
    yield section(
        WORDS["cases"],
        _controls(scores),
        '<p id="count" class="soft"></p><div id="cases" class="cases"></div>',
        f'<button id="more" hidden>{both(WORDS["more"])}</button>',
        f"<noscript><p>{both(WORDS['noscript'])}</p></noscript>",
        _legend(),
    )
    yield section(WORDS["measures"], _measures(scores))
    opinions = judge.verdicts(report)
    if opinions is not None:
        yield section(WORDS["judge"], _judge(opinions), note=WORDS["judge_note"])
    yield section(WORDS["made_with"], *_made_with(report))
    yield "</main>\n"


def _cards(report: Report) -> str:
    figures = report.scores.figures[OVERALL]
    cards = []
    for measure in headline(report.scores):
        estimate = figures[measure.name]
        shape = charts.bar(estimate, 1.0, few=estimate.n < ENOUGH, height=10) if measure.unit is Unit.SHARE else ""
        cards.append(
            f'<div class="card" title="{escape(measure.definition.zh)}"><span>{both(measure.label)}</span>'
            f"<b>{measure.show(estimate.value)}</b>{shape}"
            f"<small>{interval(measure, estimate)}<br>n={estimate.n}</small></div>"
        )
    rate = report.manifest.throughput
    if rate is not None:
        jobs = report.manifest.jobs
        cards.append(
            f'<div class="card"><span>{both(WORDS["throughput"])}</span><b>{rate:.1f}/s</b>'
            f"<small>{both(Both(f'{jobs} 个进程', f'{jobs} process(es)'))}</small></div>"
        )
    return f'<div class="cards">{"".join(cards)}</div>'


def _faults(scores: Scores) -> str:
    counts = scores.faults()
    if not counts:
        return f'<p class="good">{both(WORDS["no_faults"])}</p>'
    most = max(counts.values())
    rows = []
    for fault, label in LABELS.items():
        if counts[fault]:
            share = 100 * counts[fault] / most
            shape = f'<svg viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true"><rect class="bar" x="0" y="3" width="{share:.1f}" height="12"/></svg>'
            show = escape(json.dumps(["fault", fault.value]))
            rows.append(
                f'<span class="name"><button data-show="{show}">{both(label)}</button></span>{shape}'
                f'<span class="figure"><b>{counts[fault]}</b> <small>{both(MEANINGS[fault])}</small></span>'
            )
    return f'<div class="bars faults">{"".join(rows)}</div>'


def _slices(scores: Scores) -> Iterator[str]:
    told = headline(scores)
    choices = "".join(option(measure.name, measure.label) for measure in told)
    yield f'<div class="controls"><select id="measure" aria-label="measure">{choices}</select></div>'
    for position, measure in enumerate(told):
        hidden = " hidden" if position else ""
        yield f'<div data-measure="{escape(measure.name)}"{hidden}><div class="bars">{_bars(scores, measure)}</div></div>'


def _bars(scores: Scores, measure: Measure) -> str:
    values = [figures[measure.name].high for figures in scores.figures.values()]
    most = 1.0 if measure.unit is Unit.SHARE else max((value for value in values if value is not None), default=1.0)
    repeated = whole(scores)
    parts, shown_field = [], None
    for key, figures in scores.figures.items():
        estimate = figures[measure.name]
        if not estimate.n or key in repeated:
            continue
        if key[0] not in {shown_field, OVERALL[0]}:
            shown_field = key[0]
            parts.append(f"<h3>{both(field_label(shown_field))}</h3>")
        few = estimate.n < ENOUGH
        name = both(value_label(key))
        if key != OVERALL:
            name = f'<button data-show="{escape(json.dumps(key, ensure_ascii=False))}">{name}</button>'
        sign = '<span class="warn">*</span>' if few else ""
        parts.append(
            f'<span class="name">{name}</span>{charts.bar(estimate, most, few=few)}'
            f'<span class="figure">{measure.show(estimate.value)} <small>({interval(measure, estimate)}) n={estimate.n}{sign}</small></span>'
        )
    return "".join(parts)


def _coverage(scores: Scores) -> str:
    drawn = scores.sheet.curve
    if not drawn.coverage:
        return ""
    low = min(0.9, *drawn.accuracy)
    floor = max(0.0, int(low * 10) / 10)
    plane = charts.Plane((0.0, 1.0), (floor, 1.0))
    plane.line(list(zip(drawn.coverage, drawn.accuracy, strict=True)), "curve")
    plane.dot(drawn.coverage[-1], drawn.accuracy[-1], "", f"{drawn.coverage[-1]:.1%}, {drawn.accuracy[-1]:.1%}")
    shape = plane.svg(
        WORDS["coverage"],
        WORDS["coverage_accuracy"],
        ([0, 0.25, 0.5, 0.75, 1.0], charts.rounded_ticks(floor, 1.0)),
        ("{:.0%}", "{:.0%}"),
    )
    risk = "—" if drawn.risk is None else f"{drawn.risk:.4f}"
    said = Both(
        f"AURC {risk}（越小越好）。{WORDS['coverage_note'].zh}",
        f"AURC {risk} (lower is better). {WORDS['coverage_note'].en}",
    )
    return shape.removesuffix("</div>") + f"<small>{both(said)}</small></div>"


def _latency(scores: Scores) -> str:
    values = sorted(float(value) for value in scores.sheet.column(P50).values)
    low, high = max(values[len(values) // 50], 0.1), max(values[-1], 0.2)
    plane = charts.Plane((low, high if high > low else low * 2), (0.0, 1.0), logarithmic=True)
    step = max(1, len(values) // 200)
    shares = [(value, (at + 1) / len(values)) for at, value in enumerate(values)]
    plane.line([*shares[::step], shares[-1]], "curve")
    for row, measure in enumerate((P99, P95, P50)):
        value = scores.figures[OVERALL][measure.name].value
        if value:
            plane.upright(value, f"{measure.name.removeprefix('latency_')} {value:.0f} ms", row)
    return plane.svg(
        WORDS["milliseconds"],
        WORDS["latency"],
        (charts.powers(plane.across[0], plane.across[1]), [0, 0.25, 0.5, 0.75, 1.0]),
        ("{:g}", "{:.0%}"),
    )


def _controls(scores: Scores) -> str:
    counts = scores.faults()
    verdicts = "".join(option(value, text) for value, text in VERDICTS.items())
    kinds = [option("", WORDS["any_fault"]), *(option(fault.value, LABELS[fault]) for fault in LABELS if counts[fault])]
    hint = WORDS["search"]
    search = f'placeholder="{hint.zh}" data-zh="{hint.zh}" data-en="{hint.en}" aria-label="search"'
    parts = [
        f'<input id="search" type="search" {search}>',
        f'<select id="verdict" aria-label="verdict">{verdicts}</select>',
        f'<select id="fault" aria-label="fault">{"".join(kinds)}</select>',
    ]
    for field in scores.sheet.slices:
        keys = [key for key in scores.figures if key[0] == field]
        if 1 < len(keys) <= _MOST_CHOICES:
            label = field_label(field)
            every = option("", Both(f"{label.zh}：全部", f"{label.en}: all"))
            choices = "".join(option(key[1], value_label(key)) for key in keys)
            parts.append(f'<select data-field="{escape(field)}" aria-label="{escape(field)}">{every}{choices}</select>')
    return f'<div class="controls" id="controls">{"".join(parts)}</div>'


def _legend() -> str:
    marks = (("e", WORDS["is_evidence"]), ("c", WORDS["is_cited"]), ("f", WORDS["is_fact"]))
    said = "　".join(f'<mark class="{kind}">{both(text)}</mark>' for kind, text in marks)
    return f'<p class="legend"><small>{said}</small></p>'


def _measures(scores: Scores) -> str:
    rows = []
    for measure in MEASURES:
        estimate = scores.figures[OVERALL][measure.name]
        if estimate.n:
            arrow = {"higher": "↑", "lower": "↓", "neither": ""}[measure.direction.value]
            told = f"{both(measure.label)} <code>{escape(str(measure))}</code> {arrow}"
            about = f"<p><small>{both(measure.definition)} [{escape(measure.source)}]</small></p>"
            rows.append(
                (
                    f"<details><summary>{told}</summary>{about}</details>",
                    measure.show(estimate.value),
                    interval(measure, estimate),
                    str(estimate.n),
                )
            )
    return table((WORDS["measure"], WORDS["value"], WORDS["range"], WORDS["applies"]), rows, "stack")


def _judge(opinions: Verdicts) -> str:
    mean = opinions.mean
    value = "—" if mean.value is None else f"{mean.value:.1%} ({mean.low:.1%} ~ {mean.high:.1%})"
    agreement = "—" if opinions.agreement is None else f"{opinions.agreement:.1%} (n={opinions.compared})"
    return facts(
        [
            (Both("平均分", "Mean score"), value),
            (Both("已评", "Scored"), opinions.scored),
            (Both("未能评分", "Unscored"), opinions.unscored),
            (Both("与按要点判分一致", "Agreement with the facts"), agreement),
        ]
    )


def _made_with(report: Report) -> Iterator[str]:
    manifest = report.manifest
    yield facts(
        [
            (WORDS["dataset"], manifest.dataset),
            (Both("SHA-256", "SHA-256"), manifest.dataset_sha256),
            (WORDS["index"], manifest.index or "默认 / default"),
            (WORDS["revision"], manifest.revision or "—"),
            (WORDS["seed"], manifest.seed),
            (Both("Python", "Python"), manifest.python),
            (
                WORDS["sessions"],
                "；".join(
                    f"{moment(part.started)} – {moment(part.finished)} ({part.cases})" for part in manifest.sessions
                ),
            ),
        ]
    )
    for title, values in (
        (WORDS["index_manifest"], manifest.index_manifest),
        (WORDS["settings"], manifest.settings),
        (WORDS["parameters"], manifest.parameters),
        (WORDS["packages"], manifest.packages),
    ):
        if values:
            listed = facts((Both(str(name), str(name)), value) for name, value in values.items())
            yield f"<details><summary>{both(title)}</summary>{listed}</details>"


def _data(report: Report) -> dict[str, Any]:
    passages = Passages()
    titles: dict[str, str] = {}
    cases = []
    slices = report.scores.sheet.slices
    for at, (outcome, right, fault) in enumerate(report.judged()):
        groups = {field: values[at] for field, values in slices.items()}
        cases.append(view(outcome, passages, groups, fault, right=right))
        titles.update((source.doc_id, source.title) for source in (*outcome.answer.citations, *outcome.answer.related))
    return {
        "words": CASE_WORDS,
        "faults": {fault.value: (LABELS[fault], MEANINGS[fault]) for fault in LABELS},
        "passages": [(titles.get(doc_id, doc_id), text) for doc_id, text in passages.rows],
        "cases": cases,
    }
