"""The verb ``medvie select``: arguments, files, a short table."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING, Any, Final

from medvie_reward._core.names import counted
from medvie_reward._version import __version__
from medvie_reward.cli._options import positive, whole
from medvie_reward.cli._parser import STANDARD, InputFile, OutputFile, add_old_name
from medvie_reward.cli._progress import progress
from medvie_reward.cli._streams import print_json
from medvie_reward.errors import InputError, SpecError

if TYPE_CHECKING:
    from medvie_reward.corpus import RowFile
    from medvie_reward.selection import Coverage, Selection

SELECT_HELP: Final = """\
Choose a subset of documents that is as diverse as possible: in report type, in which fields are filled, in
the length of lists, in the shape of the text and, where given, in image embeddings.

GOLD holds one JSON value per line, read as by `medvie score`. The chosen rows are written unchanged in the
order of picking: its first rows are the best smaller subset. Images are not read.
"""
_ROWS: Final = (
    ("largest_distance", "largest distance to a chosen one", ".3f"),
    ("mean_distance", "mean distance to a chosen one", ".3f"),
    ("report_types", "report types", "g"),
    ("fields", "fields", "g"),
    ("rare_fields", "fields in under 1% of documents", "g"),
    ("fewest_items", "fewest list items", "g"),
    ("most_items", "most list items", "g"),
)


def add_select_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie select``."""
    parser.add_argument("golds", metavar="GOLD", action=InputFile, help="documents to choose from, JSONL")
    parser.add_argument(
        "-k", type=positive, metavar="K", help="number of documents; optional if --quota gives numbers"
    )
    how = parser.add_argument_group("how to choose")
    how.add_argument(
        "--method",
        metavar="NAME",
        default="kcentre",
        help="kcentre: each document is the one farthest from all chosen before it (default: %(default)s)",
    )
    how.add_argument(
        "--embeddings", action=InputFile, metavar="FILE", help=".npy, one row of numbers per row of GOLD"
    )
    how.add_argument(
        "--weights",
        metavar="GROUP=W,…",
        help="weights of type, fields, lists, text, embeddings: 1 where not named; 0 leaves a group out",
    )
    how.add_argument("--by", metavar="KEY", help="stratify by this key")
    how.add_argument(
        "--quota",
        action=InputFile,
        metavar="RULE",
        help="proportional (default), equal, or a JSON object of numbers per value of --by (text or a file)",
    )
    rows = parser.add_argument_group("rows")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    rows.add_argument(
        "--type-key",
        metavar="KEY",
        default="report_type",
        help="key of the report type (default: %(default)s)",
    )
    rows.add_argument(
        "--schema", action=InputFile, metavar="FILE", help="JSON Schema: names fields that no document fills"
    )
    out = parser.add_argument_group("output")
    out.add_argument(
        "-o",
        "--out",
        action=OutputFile,
        printed=False,
        metavar="FILE",
        required=True,
        help="write the chosen rows",
    )
    ids = out.add_argument(
        "--ids-out", dest="ids", action=OutputFile, printed=False, metavar="FILE",
        help="write the chosen ids, one per line",
    )  # fmt: skip
    add_old_name(parser, "--ids", ids)
    report = out.add_argument(
        "--json", action=OutputFile, metavar="FILE",
        help="write the coverage as JSON; - prints it instead of the table",
    )  # fmt: skip
    add_old_name(parser, "--report", report)
    out.add_argument(
        "--plot",
        action=OutputFile,
        printed=False,
        metavar="FILE",
        help="draw the coverage: .png, .svg or .pdf",
    )
    baselines = out.add_argument(
        "--baselines",
        type=positive,
        default=20,
        metavar="N",
        help="number of random selections to compare with (default: 20)",
    )
    add_old_name(parser, "--random", baselines)
    out.add_argument("--seed", type=whole, default=0, metavar="S", help="random seed (default: 0)")
    parser.set_defaults(run=run_select)


def run_select(options: argparse.Namespace) -> int:
    """Choose, write, print; returns the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    quota = _quota(options.quota, options.by)
    k = options.k if options.k is not None or not isinstance(quota, dict) else sum(quota.values())
    if k is None:
        raise InputError("expected -k, the number of documents to choose")
    weights = _weights(options.weights)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.corpus import GOLD_KEYS, NewFile, RowFile
    from medvie_reward.selection import (
        check_method,
        check_plot,
        cover,
        plot_coverage,
        read_candidates,
        read_embeddings,
        select,
    )

    check_method(options.method)
    if options.plot:
        check_plot(options.plot)
    schema = _schema_fields(options.schema)
    with contextlib.ExitStack() as stack:
        golds = stack.enter_context(RowFile(options.golds, GOLD_KEYS, options.gold_key, options.id_key))
        if options.ids and not golds.has_ids:
            raise InputError(f"has no ids in {golds.id_key!r}: expected them, to write --ids-out", golds.name)
        # Opened before the work, so that a name that cannot be written fails at once.
        files = {
            name: stack.enter_context(NewFile(file))
            for name in ("out", "ids", "json")
            if (file := getattr(options, name)) and file != STANDARD
        }
        stack.enter_context(progress(options, "choosing", None))
        profiles, strata = read_candidates(golds, options.type_key, options.by)
        selection = select(
            profiles,
            k,
            options.method,
            weights=weights,
            embeddings=read_embeddings(options.embeddings, len(golds)) if options.embeddings else None,
            strata=strata if options.by else None,
            quota=quota,
        )
        coverage = cover(
            profiles,
            selection.features.matrix,
            selection.picks,
            strata=strata if options.by else None,
            quotas=selection.quotas,
            draws=options.baselines,
            seed=options.seed,
            schema=schema,
        )
        _write(files, golds, selection, coverage, options)
        if options.plot:
            plot_coverage(coverage, options.plot)
    if options.json != STANDARD:
        sys.stdout.write("".join(f"{line}\n" for line in _table(selection, coverage, options.method)))
    return 0


def _weights(text: str | None) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in text.split(",") if text else ():
        name, equals, value = part.partition("=")
        try:
            number = float(value) if equals else None
        except ValueError:
            number = None
        if number is None or name.strip() in weights:
            raise InputError(f"--weights: expected GROUP=NUMBER once for each group, got {part!r}")
        weights[name.strip()] = number
    return weights


def _quota(text: str | None, by: str | None) -> str | dict[str, int]:
    """Read a rule or numbers; what they must add up to is checked where they are used."""
    if text is None:
        return "proportional"
    if by is None:
        raise InputError("--quota splits picks among the values of a member: expected --by KEY beside it")
    if text in ("proportional", "equal"):
        return text
    from medvie_reward._core.files import read_json
    from medvie_reward.corpus import read_line

    inline = text.lstrip().startswith("{")
    found = read_line(text.encode(), "--quota", 1) if inline else read_json(text)
    whole = isinstance(found, dict) and found and all(type(x) is int and x >= 0 for x in found.values())
    if not whole:
        raise InputError(
            f"expected an object of integers per value of {by!r}, got {str(found)[:80]}",
            "--quota" if inline else text,
        )
    return dict(found)


def _schema_fields(file: str | None) -> tuple[str, ...]:
    if file is None:
        return ()
    from medvie_reward._core.files import read_json
    from medvie_reward.selection import schema_fields

    try:
        return schema_fields(read_json(file))
    except SpecError as error:
        raise InputError(str(error), file) from None


def _write(
    files: dict[str, Any],
    golds: RowFile,
    selection: Selection,
    coverage: Coverage,
    options: argparse.Namespace,
) -> None:
    import orjson

    for pick in selection.picks:
        # A fragment is written as it is, so that a row stays the very text that it was.
        files["out"].write(orjson.Fragment(golds.line(pick).strip()))
        if "ids" in files:
            name = golds.ids[pick]
            if name.splitlines() != [name]:
                raise golds.place(pick).error(
                    f"the id {name!r} is no line of text: expected one, to write --ids-out"
                )
            files["ids"].write(orjson.Fragment(name.encode()))
    if options.json:
        made = {
            "version": __version__,
            "method": options.method,
            "weights": selection.features.weights,
            "columns": selection.features.widths,
            "by": options.by,
            "quotas": selection.quotas,
            "distinct": selection.distinct,
            "picks": [golds.ids[n] if golds.has_ids else n + 1 for n in selection.picks],
            **coverage.as_dict(),
        }
        if "json" in files:
            files["json"].write(made, indent=True)
        else:
            print_json(made)


def _table(selection: Selection, coverage: Coverage, method: str) -> list[str]:
    weights = ", ".join(
        f"{name} {weight:g}" + ("" if selection.features.widths[name] else " (all alike)")
        for name, weight in selection.features.weights.items()
    )
    repeats = coverage.n - selection.distinct
    lines = [
        f"{coverage.k:,} of {counted(coverage.n, 'document')}, {method}, weights: {weights}",
        *([f"{counted(repeats, 'exact repeat')}, taken only after all others"] if repeats else []),
        "",
        f"{'':34}{'all':>8}{'chosen':>10}   random, mean (min to max of {len(coverage.seeds)})",
    ]
    for name, label, form in _ROWS:
        band = coverage.random[name]
        whole = coverage.whole[name]
        if name in ("report_types", "rare_fields") and not whole:
            continue
        shown = "" if name.endswith("distance") else format(whole, form)
        mean = format(band.mean, ".3f" if form == ".3f" else ".1f")
        spread = f"({format(band.low, form)} to {format(band.high, form)})"
        lines.append(f"{label:34}{shown:>8}{format(coverage.chosen[name], form):>10}   {mean} {spread}")
    if selection.quotas:
        given = ", ".join(f"{name} {quota}" for name, quota in selection.quotas.items() if quota)
        lines += ["", f"quotas: {given}"]
    if coverage.unfilled:
        lines += ["", f"fields of the schema that no document fills: {', '.join(coverage.unfilled)}"]
    return lines
