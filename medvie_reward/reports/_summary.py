"""What all forms of a report say of an evaluation: sentences below the tables, the order of fields."""

from __future__ import annotations

from medvie_reward._core.names import counted, first_few
from medvie_reward.corpus import TITLES, Evaluation
from medvie_reward.metrics import Scores
from medvie_reward.reports._tables import number, rate
from medvie_reward.spec import KINDS


def worst_first(scores: Scores) -> list[tuple[str, Scores]]:
    """Return the fields by F1, the lowest first; of equal ones, those with the most gold leaves first."""
    return sorted(scores.fields.items(), key=lambda item: (item[1].f1, -item[1].n_gold, item[0]))


def summary_lines(evaluation: Evaluation, leaves: bool | None = None) -> list[tuple[str, str]]:
    """Return the headline sentences of an evaluation, each with a label.

    Parameters
    ----------
    evaluation
        What to describe.
    leaves
        Whether to describe leaves; if not given, only if F1 was asked for.
    """
    shown = "f1" in evaluation.metrics if leaves is None else leaves
    lines = _leaves(evaluation) if shown else []
    statuses = ", ".join(f"{k:,} {status}" for status, k in evaluation.statuses.items())
    lines.append(("Answers", f"{rate(evaluation.parse_rate)} found ({statuses})"))
    if evaluation.format_rate is not None:
        lines.append(("Format", f"{rate(evaluation.format_rate)} of completions well formed"))
    if evaluation.form_hint:
        lines.append(("Hint", evaluation.form_hint))
    if evaluation.renamed:
        renamed = [f"{written!r} as {read!r} ({k:,})" for (written, read), k in evaluation.renamed.items()]
        lines.append(("Renamed", f"read as (documents): {first_few(renamed)}"))
    if evaluation.missing or evaluation.extra:
        lines.append(
            (
                "Unmatched",
                f"{counted(evaluation.missing, 'gold document')} without a prediction, "
                f"{counted(evaluation.extra, 'prediction')} without a gold document (left out)",
            )
        )
    if evaluation.limited and shown:
        lines.append(
            (
                "Limited",
                f"{evaluation.limited:,} of {counted(evaluation.n, 'document')} reached the spec's "
                "max_work: their pairs may not be best",
            )
        )
    if evaluation.published.limited:
        names = " or ".join(TITLES[name] for name in evaluation.published.asked())
        lines.append(
            (
                "Bounded",
                f"{evaluation.published.limited:,} of {counted(evaluation.n, 'document')} reached the "
                f"work limit of {names}: their values may be too low",
            )
        )
    slower = ": the same numbers as the compiled kernel, slower" if evaluation.engine == "textbook" else ""
    lines.append(("Engine", evaluation.engine + slower))
    return lines


def _leaves(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Describe how many leaves have which outcome."""
    s, counts, n = evaluation.micro, evaluation.micro.counts, evaluation.sources
    kinds = ", ".join(f"{number(getattr(counts, kind))} {kind}" for kind in KINDS)
    lines = [
        (
            "Leaves",
            f"{number(s.n_gold)} gold, {number(s.n_pred)} predicted: "
            f"{number(s.correct)} correct, {number(s.wrong)} wrong, {number(s.missing)} missing, "
            f"{number(s.hallucinated)} hallucinated ({kinds})",
        ),
        (
            "Misplaced",
            f"{number(counts.misplaced)} of the wrong and hallucinated hold a value that the gold has "
            "elsewhere",
        ),
    ]
    if n:
        where = "the source text" if n == evaluation.n else f"the {n:,} source texts given"
        lines.append(
            ("Ungrounded", f"{number(counts.ungrounded)} of them hold a value that is nowhere in {where}")
        )
    if counts.critical:
        wrong, critical = number(counts.wrong_critical), number(counts.critical)
        lines.append(("Critical", f"{wrong} of {critical} critical gold leaves wrong"))
    if counts.agreed_blank:
        lines.append(("Blank", f"{number(counts.agreed_blank)} blank on both sides, in no score"))
    lines.append(
        (
            "Rates",
            f"{rate(s.hallucination_rate)} of predicted leaves hallucinated, "
            f"{rate(s.omission_rate)} of gold leaves omitted",
        )
    )
    return lines
