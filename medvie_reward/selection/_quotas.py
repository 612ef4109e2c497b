"""How many documents of each stratum a selection takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from medvie_reward._core.names import counted
from medvie_reward.errors import ArgumentError

RULES: Final = ("proportional", "equal")
"""Names of the rules that need no numbers."""


def split_quota(sizes: Mapping[str, int], k: int, rule: str | Mapping[str, Any]) -> dict[str, int]:
    """Split ``k`` picks among strata; the numbers always add up to ``k``.

    Parameters
    ----------
    sizes
        Number of documents of each stratum, in the order in which strata appear.
    k
        Number of picks.
    rule
        ``proportional``: by size, with what rounding leaves over given by largest remainder; ``equal``: the
        same for all, with what is left over given to the larger strata; ties in the order of ``sizes``. Or
        the numbers themselves, where a stratum that is not named gets none.

    Raises
    ------
    ArgumentError
        If there are fewer than ``k`` documents, a quota is more than its stratum holds, or given numbers do
        not add up to ``k``, name no stratum or are no integers.
    """
    check_count(k, sum(sizes.values()))
    if isinstance(rule, Mapping):
        quotas = _given(sizes, rule)
        if sum(quotas.values()) != k:
            raise ArgumentError(f"quotas add up to {sum(quotas.values())}: expected {k}, the number of picks")
    elif rule == "proportional":
        total = sum(sizes.values())
        quotas = {name: k * size // total for name, size in sizes.items()}
        order = sorted(sizes, key=lambda name: -(k * sizes[name] % total))
        _hand_out(quotas, order, k)
    elif rule == "equal":
        quotas = dict.fromkeys(sizes, k // len(sizes))
        _hand_out(quotas, sorted(sizes, key=lambda name: -sizes[name]), k)
    else:
        raise ArgumentError(f"no quota rule {rule!r}: expected {', '.join(RULES)} or numbers per stratum")
    for name, quota in quotas.items():
        if quota > sizes[name]:
            raise ArgumentError(
                f"quota of {quota} for {name!r}, which has {sizes[name]} documents: expected at most "
                f"{sizes[name]}" + ("; give numbers per stratum instead" if rule == "equal" else "")
            )
    return quotas


def check_count(k: int, n: int) -> None:
    """Check the number of picks.

    Raises
    ------
    ArgumentError
        If it is not between 1 and the number of documents.
    """
    if not 1 <= k <= n:
        raise ArgumentError(f"{counted(k, 'pick')} out of {counted(n, 'document')}: expected 1 to {n:,}")


def _hand_out(quotas: dict[str, int], order: list[str], k: int) -> None:
    for name in order[: k - sum(quotas.values())]:
        quotas[name] += 1


def _given(sizes: Mapping[str, int], rule: Mapping[str, Any]) -> dict[str, int]:
    for name, quota in rule.items():
        if name not in sizes:
            raise ArgumentError(f"quota for {name!r}: expected one of {', '.join(map(repr, sizes))}")
        if type(quota) is not int or quota < 0:
            raise ArgumentError(f"quota for {name!r}: expected an integer of at least 0, got {quota!r}")
    return {name: rule.get(name, 0) for name in sizes}
