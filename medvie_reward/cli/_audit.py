"""The verb ``medvie audit``: arguments, gold documents, tables."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.cli._options import add_printed_arguments, numbers, positive
from medvie_reward.cli._parser import STANDARD, InputFile, OutputFile, RepeatedOption
from medvie_reward.cli._progress import progress
from medvie_reward.cli._spec import add_reading_arguments, add_spec_arguments, read_spec
from medvie_reward.cli._streams import print_json
from medvie_reward.errors import InputError

if TYPE_CHECKING:
    from medvie_reward.audits import Audit
    from medvie_reward.spec import Spec

AUDIT_HELP: Final = """\
Attack a reward function with answers that are not honest, and check what must hold of any reward.

The reward is a spec, or with --reward a function with verl's parameters (data_source, solution_str,
ground_truth, extra_info), TRL's (completions and a column such as ground_truth), or (completion, gold).
GOLD holds gold documents, read as by `medvie score`; without it, the package's forty lab reports.
"""

AUDIT_EPILOG: Final = """\
exit codes: 0 no failure, 1 an attack succeeded or an invariant does not hold, 2 a usage or input error,
130 interrupted, 141 broken pipe, 143 terminated.
"""

# Names of the options that choose a spec, and so say nothing about a function.
_SPEC_OPTIONS: Final = ("preset", "schema", "rules", "lists", "set", "alpha", "format", "repair")


def add_audit_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie audit``."""
    parser.add_argument(
        "golds", metavar="GOLD", nargs="?", action=InputFile,
        help="gold documents, JSONL (default: the reports that come with the package)",
    )  # fmt: skip
    reward = parser.add_argument_group("reward")
    reward.add_argument(
        "--reward", metavar="MODULE:FUNCTION", help="audit this function (default: the reward of a spec)"
    )
    reward.add_argument(
        "--form", choices=("think", "answer", "think_json", "fence", "json"),
        help="how completions are written (default: the spec's --format, or what earns most)",
    )  # fmt: skip
    reward.add_argument(
        "--gold-as", choices=("text", "object"),
        help="hand over gold documents as JSON text or as objects (default: text to trainers' functions)",
    )  # fmt: skip
    reward.add_argument(
        "--range",
        metavar="LOW,HIGH",
        help="the least and the largest reward there may be (default: the spec's)",
    )
    add_reading_arguments(add_spec_arguments(parser))
    rows = parser.add_argument_group("rows")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    rows.add_argument("--limit", type=positive, metavar="N", help="take the first N documents only")
    attacks = parser.add_argument_group("attacks")
    attacks.add_argument(
        "--only", metavar="NAME", action=RepeatedOption, default=[],
        help="run this family or attack only; may be repeated",
    )  # fmt: skip
    attacks.add_argument(
        "--skip", metavar="NAME", action=RepeatedOption, default=[],
        help="leave out this family or attack, which the table says; may be repeated",
    )  # fmt: skip
    attacks.add_argument(
        "--list", action="store_true", help="print the attacks and their rules, and do nothing"
    )
    out = parser.add_argument_group("output")
    add_printed_arguments(out)
    out.add_argument(
        "--markdown", action=OutputFile, metavar="FILE", help="write the table as Markdown; - prints it"
    )
    out.add_argument("--html", action=OutputFile, printed=False, metavar="FILE", help="write one HTML file")
    parser.set_defaults(run=run_audit)


def run_audit(options: argparse.Namespace) -> int:
    """Read, attack, print; returns the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    limits = _limits(options.range)
    reward = _reward(options)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.audits import ATTACKS, audit
    from medvie_reward.corpus import NewFile

    if options.list:
        _print_attacks()
        return 0
    with contextlib.ExitStack() as stack:
        files = {
            name: stack.enter_context(NewFile(to))
            for name in ("json", "markdown", "html")
            if (to := getattr(options, name)) not in (None, STANDARD)
        }
        ids, golds = _golds(options, reward, stack)
        advance = stack.enter_context(progress(options, "attacking", len(ATTACKS)))
        made = audit(
            reward, golds, ids=ids, form=options.form, gold_as=options.gold_as, limits=limits,
            only=options.only, skip=options.skip, advance=advance,
        )  # fmt: skip
        if "json" in files:
            files["json"].write(made.to_dict(), indent=True)
        if "markdown" in files:
            files["markdown"].write_text(made.to_markdown())
        if "html" in files:
            files["html"].write_text(made.to_html())
    _print(made, options)
    return 0 if made.passed else 1


def _print(made: Audit, options: argparse.Namespace) -> None:
    if options.json == STANDARD:
        print_json(made.to_dict())
    elif options.markdown == STANDARD:
        sys.stdout.write(made.to_markdown())
    else:
        from medvie_reward.reports import print_audit

        print_audit(made, sys.stdout)


def _limits(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    found = numbers("--range", text, float)
    if len(found) != 2 or not found[0] < found[1]:
        raise InputError(f"--range: expected LOW,HIGH, two numbers with the smaller one first, got {text!r}")
    return found[0], found[1]


def _reward(options: argparse.Namespace) -> Spec | str:
    if options.reward is None:
        return read_spec(options)
    configured: dict[str, Any] = getattr(options, "configured", {})
    usual = {"preset": "clinical"}
    for name in _SPEC_OPTIONS:
        given = getattr(options, name)
        if given not in (None, False, [], usual.get(name), configured.get(name)):
            raise InputError(f"--{name} belongs to a spec: expected it without --reward")
    if ":" not in options.reward:
        raise InputError(f"--reward: expected MODULE:FUNCTION, got {options.reward!r}")
    function: str = options.reward
    return function


def _golds(
    options: argparse.Namespace, reward: Spec | str, stack: contextlib.ExitStack
) -> tuple[list[str] | None, list[Any] | None]:
    """Read the gold documents; ``None`` for those that come with the package."""
    from medvie_reward.audits import shipped_golds
    from medvie_reward.corpus import GOLD_KEYS, RowFile, read_gold_at
    from medvie_reward.spec import Spec

    if options.golds is None:
        shipped = shipped_golds()[: options.limit]
        return [name for name, _ in shipped], [gold for _, gold in shipped]
    file = stack.enter_context(RowFile(options.golds, GOLD_KEYS, options.gold_key, options.id_key))
    n = min(len(file), options.limit or len(file))
    spec = reward if isinstance(reward, Spec) else Spec()
    ids = [file.ids[k] if file.has_ids else str(k + 1) for k in range(n)]
    return ids, [read_gold_at(file, k, spec) for k in range(n)]


def _print_attacks() -> None:
    from medvie_reward.audits import ATTACKS

    for attack in ATTACKS:
        sys.stdout.write(f"{attack.family}/{attack.name}: {attack.says} Rule: {attack.rule}.\n")
