"""How large the HTML report of a corpus is, what writing it costs, and how long a browser takes to show it.

Writes golds and completions of generated reports, scores them once without and once with ``--html``, and
prints a Markdown table: the report's size beside that of the two files, the seconds of both runs and the
largest memory. With ``--browser`` the report is opened in Debian's Chromium from its file (see
`tests/browser/requirements.txt`): seconds until the list is there, until the last document is shown, and
until a filter is done, as medians of ``--rounds`` fresh pages.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from corpus import command, memory, write_corpus
from tables import made_with, markdown

PAUSE = 0.05
"""Seconds between two looks at the memory."""

HELPERS = Path(__file__).resolve().parents[1] / "tests" / "lib"


def run(folder: Path, *more: str) -> tuple[float, float]:
    """Run `medvie-score` once; gives seconds and the largest resident memory in MB."""
    begun, most = time.perf_counter(), 0.0
    with subprocess.Popen(command(folder, 1, *more), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, memory(process.pid)[0])
            time.sleep(PAUSE)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return time.perf_counter() - begun, most


def browse(report: Path, documents: int, rounds: int) -> list[float]:
    """Open a report; gives the median seconds until the list, the last document and a filter are shown."""
    sys.path.append(str(HELPERS))
    from helpers.chromium import chromium

    times: list[list[float]] = []
    with chromium() as browser:
        for _ in range(rounds):
            page = browser.new_page()
            marks = [time.perf_counter()]
            page.goto(report.resolve().as_uri())
            page.wait_for_selector("#document-table tbody tr")
            marks.append(time.perf_counter())
            page.evaluate(f"location.hash = '#document-{documents}'")
            page.wait_for_selector("#document table")
            marks.append(time.perf_counter())
            page.evaluate("location.hash = '#documents'")
            page.select_option("#outcome", "misplaced")
            page.wait_for_selector("#list:visible")
            marks.append(time.perf_counter())
            times.append([b - a for a, b in pairwise(marks)])
            page.close()
    return [statistics.median(column) for column in zip(*times, strict=True)]


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=5000, help="default: %(default)s")
    parser.add_argument("--rows", type=int, default=20, help="per document (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=2025, help="of the generator (default: %(default)s)")
    parser.add_argument("--browser", action="store_true", help="open it in Chromium too")
    parser.add_argument("--rounds", type=int, default=5, help="fresh pages to open (default: %(default)s)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_corpus(folder, args.documents, args.rows, args.seed)
        given = sum((folder / name).stat().st_size for name in ("gold.jsonl", "preds.jsonl")) / 1e6
        report = folder / "report.html"
        plain, small = run(folder)
        seconds, large = run(folder, "--html", str(report))
        size = report.stat().st_size / 1e6
        shown = browse(report, args.documents, args.rounds) if args.browser else None
    print(made_with(args.seed))
    print(f"{args.documents:,} documents of {args.rows} rows, {given:,.1f} MB in two files, one worker.\n")
    print(
        markdown(
            ["", "table only", "with --html", "ratio"],
            [
                ["size (MB), beside the two files", f"{given:,.1f}", f"{size:,.1f}", f"{size / given:.2f}"],
                ["seconds", f"{plain:,.1f}", f"{seconds:,.1f}", f"{seconds / plain:.2f}"],
                ["resident memory (MB)", f"{small:,.0f}", f"{large:,.0f}", f"{large / small:.2f}"],
            ],
        )
    )
    if shown is not None:
        print(
            f"\nIn Chromium, from the file: list shown after {shown[0]:.2f} s, the last document after "
            f"{shown[1]:.2f} s more, a filter over all documents after {shown[2]:.2f} s."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
