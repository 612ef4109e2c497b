"""Is it in the text? Gold values looked for in the OCR text of their own document, and of another one.

Reads rows of {gold, ocr_lines} and prints Markdown tables. Values from other documents are of the same field,
and are left out where they are the document's own in another spelling.
"""

from __future__ import annotations

import argparse
import json
import re
import string
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from medvie_reward._core.json_values import json_leaves, scalar_text
from medvie_reward.alignment import Source
from medvie_reward.comparators.number import read_quantity, value_text
from medvie_reward.comparators.text import folded_text

DATA: Final = Path(__file__).parents[2] / "shared" / "data" / "sroie_gold.jsonl"
DRAWS: Final = 5
SHORT_DIGITS: Final = 4
MISREAD: Final = (0.0, 0.01, 0.02, 0.05, 0.1)
SWAPPED: Final = 0.3
LONG_LETTERS: Final = 30
LEAST_START: Final = 4


@dataclass(frozen=True)
class Document:
    """A document's fields with their values, and the lines of its text."""

    fields: dict[str, list[str]]
    lines: list[str]


@dataclass(frozen=True)
class Case:
    """A value, the field that it is of, and whether it was held."""

    field: str
    value: str
    held: bool


def documents(path: Path) -> list[Document]:
    """Read a file of rows."""
    with path.open(encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    return [Document(fields(row["gold"]), row["ocr_lines"]) for row in rows]


def fields(gold: Any) -> dict[str, list[str]]:
    """Give the values of each field that are not empty."""
    found: dict[str, list[str]] = {}
    for names, _, _, raw in json_leaves(gold, folded_text):
        found.setdefault(".".join(names), []).append(scalar_text(raw))
    return found


def own(docs: Sequence[Document]) -> list[Case]:
    """Look for every value in its own document."""
    cases = []
    for doc in docs:
        source = Source(doc.lines)
        cases += [Case(field, value, source.holds(value)) for field, value in leaves(doc)]
    return cases


def foreign(docs: Sequence[Document], rng: Random) -> list[Case]:
    """Look in every document for values of other ones in place of each of its own."""
    cases = []
    for doc in docs:
        source = Source(doc.lines)
        for field, value in leaves(doc):
            same = Source(value)
            others = [rng.choice(rng.choice(docs).fields.get(field, [value])) for _ in range(DRAWS)]
            cases += [Case(field, other, source.holds(other)) for other in others if not same.holds(other)]
    return cases


def leaves(doc: Document) -> Iterator[tuple[str, str]]:
    """Give the fields of a document with each of their values."""
    for field, values in doc.fields.items():
        for value in values:
            yield field, value


def is_short_number(value: str) -> bool:
    """Tell whether a value is a number of so few digits that any page may hold it by chance."""
    quantity = read_quantity(value)
    return quantity is not None and sum(map(str.isdigit, value_text(quantity, kept=False))) < SHORT_DIGITS


def share(cases: Iterable[Case]) -> str:
    """Write how many of the cases are held."""
    held = [case.held for case in cases]
    return f"{sum(held) / len(held):.1%} of {len(held)}" if held else "-"


def print_shares(mine: Sequence[Case], others: Sequence[Case]) -> None:
    """Print both shares by field, and by what may or may not be held by chance."""
    print("| values | held by their own document | of other documents, held |\n|---|---|---|")
    groups: list[tuple[str, Callable[[Case], bool]]] = [
        *((field, partial(is_of, field)) for field in dict.fromkeys(case.field for case in mine)),
        ("**all**", lambda case: True),
        ("short numbers", lambda case: is_short_number(case.value)),
        ("all but short numbers", lambda case: not is_short_number(case.value)),
        ("with a comma", lambda case: "," in case.value),
        ("all without a comma", lambda case: "," not in case.value),
    ]
    for title, chosen in groups:
        print(f"| {title} | {share(filter(chosen, mine))} | {share(filter(chosen, others))} |")


def is_of(field: str, case: Case) -> bool:
    """Tell whether a case is of a field."""
    return case.field == field


# -- lines that were cut ---------------------------------------------------------------------------------


def are_cut(docs: Sequence[Document]) -> bool:
    """Tell whether the lines end at their first comma: then no line holds one, but values do."""
    return not any("," in line for doc in docs for line in doc.lines) and any(
        "," in value for doc in docs for _, value in leaves(doc)
    )


def mended(doc: Document) -> Document | None:
    """Put back what was cut off the lines of the values with commas; nothing where their start is not found.

    Each piece of a value between two commas that starts a line is where that line was; the others are put
    behind the piece before them. So the text comes out of the gold: what this can show is whether values
    are found over several lines, apart from each other and with letters misread, not how good OCR is.
    """
    lines = list(doc.lines)
    squeezed = [squeeze(line) for line in doc.lines]
    for _, value in leaves(doc):
        if "," not in value:
            continue
        at = None
        for piece in filter(squeeze, value.split(",")):
            start = start_of(squeeze(piece), squeezed)
            if start is not None:
                at, lines[start] = start, piece.strip()
            elif at is not None:
                lines[at] += f", {piece.strip()}"
            else:
                return None
    return Document(doc.fields, lines)


def squeeze(text: str) -> str:
    """Write a text as its letters and digits alone."""
    return re.sub(r"\W+", "", text.lower())


def start_of(piece: str, lines: Sequence[str]) -> int | None:
    """Find the line that is a piece, or the start of it."""
    if piece in lines:
        return lines.index(piece)
    starts = (i for i, line in enumerate(lines) if len(line) >= LEAST_START and piece.startswith(line))
    return next(starts, None)


def worn(lines: Sequence[str], misread: float, rng: Random) -> list[str]:
    """Misread some letters, and let some lines change places with the next."""
    made = [
        "".join(
            rng.choice(string.ascii_uppercase) if c.isalpha() and rng.random() < misread else c for c in line
        )
        for line in lines
    ]
    for i in range(len(made) - 1):
        if rng.random() < SWAPPED:
            made[i], made[i + 1] = made[i + 1], made[i]
    return made


def with_wrong_figure(value: str, rng: Random) -> str:
    """Change one digit."""
    at = rng.choice([i for i, c in enumerate(value) if c in string.digits])
    return f"{value[:at]}{rng.choice(string.digits.replace(value[at], ''))}{value[at + 1 :]}"


def print_worn(docs: Sequence[Document], seed: int) -> None:
    """Print how many long values are held in worn lines."""
    print("| letters misread | long values held | with one digit wrong | of another document |")
    print("|---|---|---|---|")
    for misread in MISREAD:
        rng = Random(seed)
        right, wrong, other = [], [], []
        for doc in docs:
            source = Source(worn(doc.lines, misread, rng))
            for field, value in leaves(doc):
                if len(squeeze(value)) < LONG_LETTERS:
                    continue
                right.append(Case(field, value, source.holds(value)))
                if any(c in string.digits for c in value):
                    changed = with_wrong_figure(value, rng)
                    wrong.append(Case(field, changed, source.holds(changed)))
                strange = rng.choice(rng.choice(docs).fields.get(field, [value]))
                if not Source(value).holds(strange):
                    other.append(Case(field, strange, source.holds(strange)))
        print(f"| {misread:.0%} | {share(right)} | {share(wrong)} | {share(other)} |")


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "path", type=Path, nargs="?", default=DATA, help="JSONL file of rows (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=2025, help="of the choice of documents (default: %(default)s)"
    )
    parser.add_argument("--failures", action="store_true", help="also list the values that are not held")
    return parser.parse_args(argv)


def main() -> int:
    """Run it."""
    args = arguments()
    try:
        docs = documents(args.path)
    except (OSError, ValueError, KeyError) as error:
        print(f"grounding: {args.path}: {error!r}", file=sys.stderr)
        return 1
    mine = own(docs)
    print(f"{len(docs)} documents, seed {args.seed}.\n")
    print_shares(mine, foreign(docs, Random(args.seed)))
    if are_cut(docs):
        whole = [made for doc in docs if (made := mended(doc)) is not None]
        print("\nThe lines of this file were cut at their first comma, so no value with one can be in them.")
        print(f"With what was cut put back, which can be done in {len(whole)} documents:\n")
        mine = own(whole)
        print_shares(mine, foreign(whole, Random(args.seed)))
        docs = whole
    print(f"\nWith letters misread and {SWAPPED:.0%} of the lines behind the next:\n")
    print_worn(docs, args.seed)
    if args.failures:
        print()
        for case in mine:
            if not case.held:
                print(f"- {case.field}: {case.value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
