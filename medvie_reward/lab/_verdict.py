"""A verdict on a spec in words, with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from medvie_reward.lab._break_even import BreakEven
from medvie_reward.lab._edits import LONGER, SHORTER, SLIPPED, Outcome
from medvie_reward.lab._push import Push
from medvie_reward.lab._signal import Signal
from medvie_reward.lab._trap import Trap

SOUND: Final = "nothing found"
"""The verdict where there is no reason for another."""
VERDICTS: Final[dict[str, str]] = {
    "collapse": "likely to collapse",
    "swell": "likely to swell",
    "trap": "may collapse",
    "terse": "may leave out what it reads badly",
    "free": "may make things up",
    "silent": "likely to leave critical fields out",
    "blind": "does not see values in the wrong row",
    "even": "little to learn from",
    "sound": SOUND,
}
"""What each verdict is called; the first that has a reason counts."""

_FEW: Final = 20
_FEW_LEAVES: Final = 0.15
_ONE_LEAF: Final = 0.05
_HALF: Final = 0.5
_EVEN: Final = 0.5
_FLOOR: Final = 0.25
_MOST_FIELDS: Final = 3


class Reason(NamedTuple):
    """A reason for a verdict."""

    verdict: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """What a reward will probably make of a model.

    Attributes
    ----------
    code
        One of `VERDICTS`.
    reasons
        All that was found, those for this verdict first.
    """

    code: str
    reasons: tuple[Reason, ...]

    @property
    def title(self) -> str:
        """The verdict in words."""
        return VERDICTS[self.code]

    def text(self, spec: str) -> str:
        """Return the verdict on a spec and its reasons as sentences."""
        return " ".join([f"{spec}: {self.title}.", *(f"{reason.text}." for reason in self.reasons)])


def judge(
    trap: Trap,
    edits: Sequence[Outcome],
    pushes: Sequence[Push],
    break_evens: Sequence[BreakEven],
    signal: Signal,
    floor: float,
    best_share: float,
    surest: str,
) -> Verdict:
    """Return the verdict on a spec.

    Parameters
    ----------
    trap, edits, pushes, break_evens, signal, floor, best_share
        What was found; see `SpecLook`.
    surest
        The field that is read most surely.
    """
    by_name = {edit.edit: edit for edit in edits}
    drift = {push.name: push for push in pushes}
    reasons = [
        *_of_shorter(by_name, trap, best_share, surest),
        *_of_longer(by_name, drift, floor),
        *_of_fields(break_evens),
        *_of_rows(by_name[SLIPPED]),
        *_of_signal(signal),
    ]
    order = list(VERDICTS)
    reasons.sort(key=lambda reason: order.index(reason.verdict))
    return Verdict(reasons[0].verdict if reasons else "sound", tuple(reasons))


def _of_shorter(edits: Mapping[str, Outcome], trap: Trap, best_share: float, surest: str) -> Iterator[Reason]:
    alone = edits[SHORTER[0]]
    few = trap.shown and (trap.kept <= _FEW_LEAVES or best_share <= _ONE_LEAF)
    code = "collapse" if few else "trap" if alone.pays else "terse"
    if alone.pays:
        yield Reason(code, f"{surest} alone earns {alone.reward.value:+.2f} (F1 {alone.f1.value:+.2f})")
    if trap.shown:
        yield Reason(
            code,
            f"Answers cut to {trap.kept:.0%} of their leaves earn {trap.gain.value:+.2f} "
            f"(F1 {trap.f1.value:+.2f})",
        )
    if (alone.pays or trap.shown) and best_share < _HALF:
        yield Reason(code, f"By closed form it is best to write {best_share:.0%} of a document's leaves")


def _of_longer(edits: Mapping[str, Outcome], drift: Mapping[str, Push], floor: float) -> Iterator[Reason]:
    paid = [edits[name] for name in LONGER if edits[name].pays]
    free = [edits[name] for name in LONGER if edits[name].free]
    longer = drift["length"].drift > 0 and drift["length"].clear
    for edit in paid:
        said = edit.edit.capitalize()
        yield Reason("swell", f"{said}: earns {edit.reward.value:+.2f} (F1 {edit.f1.value:+.2f})")
    for edit in free:
        text = f"{edit.edit.capitalize()}: costs nothing (F1 {edit.f1.value:+.2f})"
        yield Reason("swell" if longer or paid else "free", text)
    if longer and (free or paid):
        yield Reason("swell", f"The first update lengthens answers ({drift['length'].drift:+.3f})")
    if floor > _FLOOR:
        text = f"In {floor:.0%} of the answers with something right, hallucination costs nothing more"
        yield Reason("swell" if free and longer else "free", text)


def _of_fields(found: Sequence[BreakEven]) -> Iterator[Reason]:
    below = [one for one in found if one.below and one.answered >= _FEW]
    for one in below[:_MOST_FIELDS]:
        above = f"it pays above {one.pays_above:.0%}" if one.pays_above <= 1 else "it never pays"
        yield Reason("silent", f"{one.field} is read right with {one.accuracy:.0%}, {above}")


def _of_rows(slip: Outcome) -> Iterator[Reason]:
    if slip.free or slip.pays:
        yield Reason("blind", f"{slip.edit.capitalize()}: costs nothing (F1 {slip.f1.value:+.2f})")


def _of_signal(signal: Signal) -> Iterator[Reason]:
    if signal.even_matching > _EVEN:
        yield Reason("even", f"In {signal.even_matching:.0%} of the groups all answers earn the same")
