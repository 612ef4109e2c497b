"""What an audit found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

from medvie_reward._version import __version__

Outcome: TypeAlias = Literal["pass", "FAIL", "not applicable"]

PASS: Final = "pass"
FAIL: Final = "FAIL"
NOT_APPLICABLE: Final = "not applicable"


@dataclass(frozen=True)
class Verdict:
    """What came of one attack or invariant.

    Attributes
    ----------
    attack, family
        What it is called.
    says
        What the attacked completion is.
    rule
        What has to hold of the means over the documents.
    verdict
        ``pass``, ``FAIL`` or ``not applicable``.
    reason
        Why it does not apply, or what was found; may be empty.
    honest, attacked
        The two rewards, means over the documents, as they are shown; for the families ``time``, ``faults``
        and ``state``, times and numbers of calls.
    documents
        The number of documents behind it.
    share, honest_share
        The same as shares of the documents' ranges, 0 for a useless answer and 1 for the gold document;
        ``None`` where there are none.
    worst, worst_honest, worst_attacked
        The document that is farthest from the rule, and its rewards.
    completion
        The beginning of the attacked completion there.
    """

    attack: str
    family: str
    says: str
    rule: str
    verdict: Outcome
    reason: str = ""
    honest: str = ""
    attacked: str = ""
    documents: int = 0
    honest_share: float | None = None
    share: float | None = None
    worst: str = ""
    worst_honest: float | None = None
    worst_attacked: float | None = None
    completion: str = ""


@dataclass(frozen=True)
class Audit:
    """What an audit found: one verdict an attack.

    Attributes
    ----------
    reward
        What the reward is called.
    signature
        Whose signature it has: ``verl``, ``verl-batch``, ``trl``, ``plain``, or ``spec`` for a spec.
    form
        How completions were written.
    gold_as
        Whether the reward got gold documents as JSON text or as objects.
    documents
        The number of gold documents.
    calls
        How often the reward was called for the attacks.
    useless, gold
        The mean rewards of a well-formed answer without a right value, and of the gold documents: the ends of
        the range.
    spec
        The signature of the spec; empty for a function.
    verdicts
        One per attack, in the order of the families.
    """

    reward: str
    signature: str
    form: str
    gold_as: str
    documents: int
    calls: int
    useless: float | None
    gold: float | None
    spec: str
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether no attack succeeded and every invariant holds."""
        return not self.failures

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """The verdicts that are ``FAIL``."""
        return tuple(verdict for verdict in self.verdicts if verdict.verdict == FAIL)

    @property
    def counts(self) -> dict[str, int]:
        """The number of verdicts of each kind."""
        return {
            kind: sum(verdict.verdict == kind for verdict in self.verdicts)
            for kind in (PASS, FAIL, NOT_APPLICABLE)
        }

    def __str__(self) -> str:
        from medvie_reward.reports import audit_text

        return audit_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {"version": __version__, "passed": self.passed, "counts": self.counts, **asdict(self)}

    def to_markdown(self) -> str:
        """Return the table as GitHub Markdown."""
        from medvie_reward.reports import audit_markdown

        return audit_markdown(self)

    def to_html(self) -> str:
        """Return the table as one HTML file that needs nothing else."""
        from medvie_reward.reports import audit_html

        return audit_html(self)
