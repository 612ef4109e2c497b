"""One scored document: its row, and what is added up over a corpus besides."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from medvie_reward.alignment import Leaf
from medvie_reward.metrics import Counts, Numbers, Published

_NOT_ASKED: Final = Published()


class Document(NamedTuple):
    """One document's row.

    Attributes
    ----------
    id
        Its id, or its position counted from 1.
    counts
        Its leaves.
    precision, recall, f1, matching
        Its scores; all 0 where there is no answer.
    status
        One of `medvie_reward.STATUSES`.
    format_ok
        Whether its completion was well formed; ``None`` where the answer came without a text.
    limited
        Whether the work bound of the spec ran out.
    group
        The value that ``by`` sorts it under.
    published
        Its values of the published metrics that were asked for; 0.0 where there is no answer.
    """

    id: str
    counts: Counts
    precision: float
    recall: float
    f1: float
    matching: float
    status: str
    format_ok: bool | None
    limited: bool
    group: str | None
    published: Published = _NOT_ASKED

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; a published metric only where it was asked for."""
        made = self._asdict()
        del made["published"]
        return {**made, "counts": self.counts.to_dict(), **self.published.to_dict()}

    def as_dict(self) -> dict[str, Any]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


class Scored(NamedTuple):
    """A document scored.

    Attributes
    ----------
    document
        Its row.
    fields
        Its counts per field, as `Counts.numbers`.
    leaves
        Its leaves, where asked for.
    sourced
        Whether it had a source text.
    form
        Under which setting its text would be well formed, where it is not (see `likely_form`).
    renamed
        The prediction's names that were read as others (see `Spec.keys`): as written, and as read.
    """

    document: Document
    fields: dict[str, Numbers]
    leaves: list[Leaf]
    sourced: bool = False
    form: str = ""
    renamed: tuple[tuple[str, str], ...] = ()
