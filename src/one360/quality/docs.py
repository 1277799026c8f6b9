"""Renders the results of all expectations as one self-contained web page.

In the manner of Great Expectations' Data Docs, which load styles from a content
network and carry a tracking pixel; this page loads nothing and works offline.

Run as ``python -m one360.quality.docs --dataset demo --out site``.
"""

from __future__ import annotations

import argparse
import sys
from html import escape
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from one360.errors import One360Error, UsageError
from one360.paths import dataset_paths, shown

#: Status → what a reader sees, the worst first.
STATUS_NAMES = {"failed": "failed", "passed": "passed", "not_applicable": "not applicable"}
CHECKPOINT_NAMES = {
    "raw_in": "Raw in: the data as it arrived",
    "marts_out": "Marts out: what is published",
}

CHECKPOINT_TABLES = ("quality.gx_raw_in", "quality.gx_marts_out")
AS_OF = "behaviour.int_behaviour__as_of"

_STYLE = """
:root { color-scheme: light dark; --page: #fafaf8; --card: #fff; --ink: #1d2327;
  --soft: #667079; --line: #e3e5e1; --good: #1f7a4d; --bad: #b3261e; --warn: #9a6700;
  --none: #8a929a; }
@media (prefers-color-scheme: dark) { :root { --page: #15181b; --card: #1d2125;
  --ink: #e6e8ea; --soft: #9aa3ab; --line: #31373d; --good: #5bc08e; --bad: #ff8a80;
  --warn: #e3b341; --none: #78818a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif; }
.page { display: grid; grid-template-columns: 16rem minmax(0, 1fr); max-width: 82rem;
  margin: 0 auto; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem;
  border-right: 1px solid var(--line); font-size: .875rem; }
nav h2 { margin: 1.2rem 0 .3rem; font-size: .75rem; letter-spacing: .05em;
  text-transform: uppercase; color: var(--soft); }
nav a { display: flex; justify-content: space-between; gap: .5rem; padding: .15rem .4rem;
  color: inherit; text-decoration: none; border-radius: 4px; }
nav a:hover { background: var(--line); }
main { padding: 1.5rem 2rem 4rem; }
h1 { margin: 0; font-size: 1.6rem; }
h2.checkpoint { margin: 2.2rem 0 .6rem; font-size: 1.2rem; }
.lead { margin: .2rem 0 1.2rem; color: var(--soft); }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; }
.tile { min-width: 8rem; padding: .7rem 1rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; }
.tile b { display: block; font-size: 1.5rem; line-height: 1.2;
  font-variant-numeric: tabular-nums; }
.filter { margin: 1.2rem 0 0; color: var(--soft); font-size: .875rem; }
.filter label { margin-right: 1rem; }
section { margin: .8rem 0; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; overflow-x: auto; }
section h3 { display: flex; gap: .8rem; align-items: baseline; margin: 0;
  padding: .6rem 1rem; font-size: 1rem; }
section h3 small { font-weight: normal; color: var(--soft); }
section h3 .score { margin-left: auto; white-space: nowrap; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .35rem 1rem; text-align: left; vertical-align: top;
  border-top: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
td.rule { min-width: 18rem; overflow-wrap: anywhere; }
td.status { white-space: nowrap; }
.passed { color: var(--good); } .failed { color: var(--bad); }
.failed.warning { color: var(--warn); } .not_applicable { color: var(--none); }
body:has(#hide_passed:checked) tr[data-status="passed"],
body:has(#hide_not_applicable:checked) tr[data-status="not_applicable"] { display: none; }
@media (max-width: 60rem) { .page { display: block; } nav { display: none; }
  main { padding: 1rem; } }
"""
_MARKS = {"passed": "✓", "failed": "✗", "not_applicable": "–"}


def render_results(results: pd.DataFrame, dataset: str, titles: dict[str, str]) -> str:
    """A web page of the rows of ``quality.data_quality_results``.

    Args:
        results: Rows with the columns of that table.
        dataset: Name of the data set, for the heading.
        titles: Suite → what its table is.
    """
    day = results["as_of_date"].iloc[0] if len(results) else pd.NaT
    as_of = "an unknown day" if pd.isna(day) else str(pd.Timestamp(day).date())
    tiles = "".join(
        f'<div class="tile"><b class="{css}">{count:,}</b>{escape(name)}</div>'
        for name, css, count in _counts(results)
    )
    navigation, body = [], []
    for checkpoint, heading in CHECKPOINT_NAMES.items():
        rows = results[results["checkpoint"] == checkpoint]
        if rows.empty:
            continue
        navigation.append(f"<h2>{escape(checkpoint.replace('_', ' '))}</h2>")
        body.append(f'<h2 class="checkpoint">{escape(heading)}</h2>')
        for suite, group in rows.groupby("suite", sort=False):
            anchor = f"{checkpoint}-{suite}"
            navigation.append(
                f'<a href="#{escape(anchor)}">{escape(str(suite))}{_score(group)}</a>'
            )
            body.append(_suite(anchor, str(suite), titles.get(str(suite), ""), group))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Data quality · {escape(dataset)}</title>
<style>{_STYLE}</style>
</head>
<body>
<div class="page">
<nav><a href="../index.html">← all docs</a>{"".join(navigation)}</nav>
<main>
<h1>Data quality</h1>
<p class="lead">Data set {escape(dataset)}, as of {escape(as_of)}. A failed critical
expectation stops the build, so what is published has none; a failed warning is listed.</p>
<div class="tiles">{tiles}</div>
<p class="filter"><label><input type="checkbox" id="hide_passed"> hide passed</label>
<label><input type="checkbox" id="hide_not_applicable" checked> hide not applicable
(empty table or column)</label></p>
{"".join(body)}
</main>
</div>
</body>
</html>
"""


def render_index(dataset: str, pages: dict[str, tuple[str, str]]) -> str:
    """The front page: link → (name, one line about it)."""
    cards = "".join(
        f'<section><h3><a href="{escape(link)}">{escape(name)}</a></h3>'
        f'<p style="margin:0;padding:0 1rem .8rem">{escape(text)}</p></section>'
        for link, (name, text) in pages.items()
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>one360 · {escape(dataset)}</title>
<style>{_STYLE} main {{ max-width: 46rem; margin: 0 auto; }} a {{ color: inherit; }}</style>
</head>
<body><main>
<h1>one360</h1>
<p class="lead">One ID, customer 360 and tags: data set {escape(dataset)}.</p>
{cards}
</main></body>
</html>
"""


def read_results(warehouse: Path) -> pd.DataFrame:
    """Results of both checkpoints with the date the data is as of.

    Read from the tables of the checkpoints, not from ``data_quality_results``: that one
    is not built when a checkpoint has stopped the build, and then people want to look.

    Raises:
        UsageError: the data set has not been built.
    """
    if not warehouse.exists():
        raise UsageError(f"{shown(warehouse)} is not there; run `make build` first")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        built = {
            f"{schema}.{table}"
            for schema, table in connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
        }
        tables = [name for name in CHECKPOINT_TABLES if name in built]
        if not tables:
            raise UsageError(f"{shown(warehouse)} holds no results; run `make build` first")
        results = pd.concat([connection.execute(f"from {name}").df() for name in tables])
        results["as_of_date"] = pd.NaT
        if AS_OF in built:
            results["as_of_date"] = connection.execute(f"from {AS_OF}").df()["as_of_date"].iloc[0]
        return results


def main(arguments: list[str] | None = None) -> int:
    """Write ``quality/index.html`` and ``index.html`` below the folder ``--out``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dataset", help="data set (default: ONE360_DATASET or demo)")
    parser.add_argument("--out", type=Path, default=Path("site"))
    options = parser.parse_args(arguments)
    try:
        paths = dataset_paths(options.dataset)
        results = read_results(paths.warehouse)
    except One360Error as error:
        print(error, file=sys.stderr)
        return error.exit_code
    folder = options.out / "quality"
    folder.mkdir(parents=True, exist_ok=True)
    page = render_results(results, paths.dataset, suite_titles())
    (folder / "index.html").write_text(page, encoding="utf-8")
    pages = {
        "quality/index.html": (
            "Data quality",
            "Every expectation on the raw data and on the marts, and what was found.",
        )
    }
    if (options.out / "dbt" / "index.html").exists():
        pages["dbt/index.html"] = (
            "Models and columns",
            "Every table with its columns, tests and SQL, and the graph of what feeds what.",
        )
    (options.out / "index.html").write_text(render_index(paths.dataset, pages), encoding="utf-8")
    return 0


def suite_titles() -> dict[str, str]:
    """Suite → what its table is, of both checkpoints."""
    # imported here: Great Expectations takes seconds
    from one360.quality.marts_out import marts_out_suites
    from one360.quality.raw_in import raw_in_suites
    from one360.raw_files.declared import declared_tables

    suites = (*raw_in_suites(declared_tables()), *marts_out_suites(pd.Timestamp("2000-01-01"), 0.3))
    return {suite.name: suite.title for suite in suites}


def _counts(results: pd.DataFrame) -> list[tuple[str, str, int]]:
    failed = results["status"] == "failed"
    critical = results["severity"] == "critical"
    return [
        ("expectations", "", len(results)),
        ("passed", "passed", int((results["status"] == "passed").sum())),
        ("critical failed", "failed", int((failed & critical).sum())),
        ("warnings", "failed warning", int((failed & ~critical).sum())),
        ("not applicable", "not_applicable", int((results["status"] == "not_applicable").sum())),
    ]


def _score(group: pd.DataFrame) -> str:
    evaluated = group[group["status"] != "not_applicable"]
    if evaluated.empty:
        return '<span class="score not_applicable">–</span>'
    passed = int((evaluated["status"] == "passed").sum())
    if passed == len(evaluated):
        css = "passed"
    else:
        failed = evaluated[evaluated["status"] == "failed"]
        css = "failed" if (failed["severity"] == "critical").any() else "failed warning"
    return f'<span class="score {css}">{passed}/{len(evaluated)}</span>'


def _suite(anchor: str, suite: str, title: str, group: pd.DataFrame) -> str:
    rows = "".join(_row(row) for row in group.to_dict("records"))
    return (
        f'<section id="{escape(anchor)}"><h3>{escape(suite)} <small>{escape(title)}</small>'
        f"{_score(group)}</h3>"
        '<table><thead><tr><th>Result</th><th>Expected</th><th>Severity</th><th class="figure">'
        'Found</th><th class="figure">Rows</th><th class="figure">Unexpected</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )


def _row(row: dict[Any, Any]) -> str:
    status, severity = row["status"], row["severity"]
    css = f"{status} {severity}" if status == "failed" else status
    # one row of facts has a figure instead of a share
    is_share = row["evaluated_rows"] > 1 and not pd.isna(row["unexpected_percent"])
    share = "" if not is_share else f"{row['unexpected_percent']:.3g} %"
    found = "" if pd.isna(row["observed_value"]) else row["observed_value"]
    evaluated = "" if status == "not_applicable" else f"{row['evaluated_rows']:,.0f}"
    return (
        f'<tr data-status="{escape(status)}" title="{escape(row["expectation"])}">'
        f'<td class="status {escape(css)}">{_MARKS[status]} {escape(STATUS_NAMES[status])}</td>'
        f'<td class="rule">{escape(row["rule"])}</td><td>{escape(severity)}</td>'
        f'<td class="figure">{escape(found)}</td><td class="figure">{evaluated}</td>'
        f'<td class="figure">{share}</td></tr>'
    )


if __name__ == "__main__":
    sys.exit(main())
