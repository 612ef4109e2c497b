"""How long `medvie-score` takes for a corpus, and how much memory, with one worker and with more.

Writes golds and completions of generated reports, scores them once per number of workers, and prints a
Markdown table. The tables that `medvie-score` prints must be the same bytes, and with ``--json`` the files of
all figures too. Memory is the largest sum over the process and its children, read from ``/proc`` (Linux) ten
times a second: *resident* counts a page that two processes share twice, *proportional* once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from reports import completion, perturb, report
from tables import made_with, markdown

PAUSE: Final = 0.1
"""Seconds between two looks at the memory."""


class Run(NamedTuple):
    """What one call of `medvie-score` took: seconds, the largest memory in MB, and what it gave."""

    seconds: float
    resident: float
    proportional: float
    output: bytes


class Unequal(Exception):
    """Two numbers of workers gave different bytes."""


def write_corpus(folder: Path, documents: int, rows: int, seed: int) -> None:
    """Write ``gold.jsonl`` and ``preds.jsonl``, a line per document."""
    rng = Random(seed)
    with (
        open(folder / "gold.jsonl", "w", encoding="utf-8") as golds,
        open(folder / "preds.jsonl", "w", encoding="utf-8") as preds,
    ):
        for n in range(documents):
            gold = report(rng, rows)
            pred = {"id": str(n), "completion": completion(perturb(rng, gold))}
            golds.write(json.dumps({"id": str(n), "gold": gold}, ensure_ascii=False) + "\n")
            preds.write(json.dumps(pred, ensure_ascii=False) + "\n")


def command(folder: Path, workers: int, *more: str) -> list[str]:
    """Give the command that scores a written corpus."""
    files = [str(folder / name) for name in ("preds.jsonl", "gold.jsonl")]
    program = "import sys; from medvie_reward.cli._main import main_score; sys.exit(main_score())"
    return [sys.executable, "-c", program, "--quiet", f"--workers={workers}", *more, *files]


def family(pid: int) -> Iterator[int]:
    """Give a process and all that descend from it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def memory(pid: int) -> tuple[float, float]:
    """Give the resident and the proportional memory of a family of processes in MB; 0 where it has ended."""
    resident = proportional = 0
    try:
        for member in family(pid):
            for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
                if line.startswith("Rss:"):
                    resident += int(line.split()[1])
                elif line.startswith("Pss:"):
                    proportional += int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0, 0.0
    return resident * 1024 / 1e6, proportional * 1024 / 1e6


def score(folder: Path, workers: int, whole: bool) -> Run:
    """Run `medvie-score` once.

    Raises
    ------
    subprocess.CalledProcessError
        If it fails.
    """
    figures = folder / f"figures-{workers}.json"
    run = command(folder, workers, *(["--json", str(figures)] if whole else []))
    resident = proportional = 0.0
    with open(folder / f"table-{workers}.txt", "w+b") as table:
        begun = time.perf_counter()
        process = subprocess.Popen(run, stdout=table)
        while process.poll() is None:
            now = memory(process.pid)
            resident, proportional = max(resident, now[0]), max(proportional, now[1])
            try:
                process.wait(PAUSE)
            except subprocess.TimeoutExpired:
                continue
        seconds = time.perf_counter() - begun
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, run)
        table.seek(0)
        output = table.read()
    return Run(seconds, resident, proportional, output + (figures.read_bytes() if whole else b""))


def measure(folder: Path, documents: int, workers: list[int], whole: bool) -> list[list[str]]:
    """Score with each number of workers; one line of the table each.

    Raises
    ------
    Unequal
        If one gives other bytes than the first.
    """
    lines: list[list[str]] = []
    expected: bytes | None = None
    for n in workers:
        run = score(folder, n, whole)
        expected = run.output if expected is None else expected
        if run.output != expected:
            raise Unequal(f"{n} workers gave other bytes than {workers[0]}; see {folder}")
        cells = [f"{run.seconds:,.1f}", f"{documents / run.seconds:,.0f}"]
        lines.append([str(n), *cells, f"{run.resident:,.0f}", f"{run.proportional:,.0f}"])
    return lines


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=100_000, help="default: %(default)s")
    parser.add_argument("--rows", type=int, default=20, help="per document (default: %(default)s)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=2025, help="of the generator (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="let it write all figures, and compare them too")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where to write the corpus and leave it; one that is there is scored as it is",
    )
    args = parser.parse_args(argv)
    if min(args.documents, args.rows, *args.workers) < 1:
        parser.error("expected at least 1 document, row and worker")
    return args


def main() -> int:
    """Run it."""
    args = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "preds.jsonl").exists():
            write_corpus(folder, args.documents, args.rows, args.seed)
        with open(folder / "gold.jsonl", "rb") as golds:
            documents = sum(1 for _ in golds)  # a corpus that was found may have another number
        size = sum((folder / name).stat().st_size for name in ("gold.jsonl", "preds.jsonl")) / 1e6
        try:
            lines = measure(folder, documents, args.workers, args.json)
        except Unequal as error:
            print(f"corpus: {error}", file=sys.stderr)
            return 1
    print(made_with(args.seed))
    given = "table and figures" if args.json else "table"
    print(f"{documents:,} documents of {args.rows} rows, {size:,.0f} MB in two files; same {given}.\n")
    head = ["workers", "seconds", "documents a second", "resident (MB)", "proportional (MB)"]
    print(markdown(head, lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
