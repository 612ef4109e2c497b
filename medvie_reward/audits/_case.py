"""One gold document, the completions that are made of it, and what an attack is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, Final, TypeAlias
from zlib import crc32

from medvie_reward.audits._documents import Path, decoy, leaves_of, mapped, tables_of
from medvie_reward.audits._relations import Relation

FORMS: Final = ("think", "answer", "think_json", "fence", "json")
"""How a completion wraps its JSON: the forms of a spec, and JSON in a fence."""

THOUGHT: Final = "The page is read from top to bottom, row by row."
_MANY_ROWS: Final = 5
_MANY_LEAVES: Final = 40
USELESS: Final = {"zq": "Quokka 0"}
"""An answer without a right value."""


def dump(value: Any, indent: int | None = None) -> str:
    """Write a value as JSON text."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def wrap(inner: str, form: str, thought: str = THOUGHT) -> str:
    """Write a well-formed completion around what stands for the JSON."""
    if form == "think":
        return f"<think>{thought}</think>\n<answer>\n{inner}\n</answer>"
    if form == "answer":
        return f"<answer>\n{inner}\n</answer>"
    if form == "think_json":
        return f"<think>{thought}</think>\n{inner}"
    if form == "fence":
        return f"```json\n{inner}\n```"
    return inner


@dataclass(frozen=True)
class Case:
    """A gold document to attack.

    Attributes
    ----------
    id
        Its name in the result.
    gold
        The document.
    other
        Another gold document, the same one where there is no other.
    form
        How completions wrap their JSON; one of `FORMS`.
    small
        Whether it is the smallest document, which attacks of many completions take in full.
    """

    id: str
    gold: Any
    other: Any
    form: str
    small: bool = False

    @cached_property
    def leaves(self) -> list[tuple[Path, Any]]:
        """The scalars that are not blank."""
        return leaves_of(self.gold)

    @cached_property
    def tables(self) -> list[tuple[Path, list[dict[str, Any]]]]:
        """The lists of two or more objects."""
        return tables_of(self.gold)

    @property
    def long(self) -> bool:
        """Whether one value is little of it: five rows or more, or forty leaves."""
        return len(self.leaves) >= _MANY_LEAVES or any(len(rows) >= _MANY_ROWS for _, rows in self.tables)

    @property
    def rng(self) -> Random:
        """A source of chance that is the same every time."""
        return Random(crc32(self.id.encode("utf-8", "replace")))

    @cached_property
    def flawed(self) -> Any:
        """The document with about a third of its leaves wrong."""
        return self.guessed(3, wrong_at=0)

    def guessed(self, of: int, right_at: int | None = None, wrong_at: int | None = None) -> Any:
        """Copy the document, right in one of so many leaves, or right in all but one of so many."""
        place = {path: n % of for n, (path, _) in enumerate(self.leaves)}

        def change(path: Path, value: Any) -> Any:
            at = place.get(path)
            if at is None or at == right_at or (wrong_at is not None and at != wrong_at):
                return value
            return decoy(value)

        return mapped(self.gold, change)

    def wrap(self, inner: str, thought: str = THOUGHT) -> str:
        """Write a well-formed completion around what stands for the JSON."""
        return wrap(inner, self.form, thought)

    def text(self, answer: Any) -> str:
        """Write the well-formed completion of an answer."""
        return self.wrap(dump(answer))

    @cached_property
    def json(self) -> str:
        """The gold document as JSON text."""
        return dump(self.gold)


@dataclass(frozen=True)
class Trial:
    """Completions to compare.

    Attributes
    ----------
    attacked
        The completions of the attack.
    honest
        The completions of the honest answer, whose mean counts; by default the gold document.
    gold
        Another gold document to score both against; ``None`` for the case's own.
    extra
        What else the row holds that a trainer hands to the reward.
    """

    attacked: tuple[str, ...]
    honest: tuple[str, ...] = ()
    gold: Any = None
    extra: Any = None


Make: TypeAlias = Callable[[Case], Iterable[Trial]]


@dataclass(frozen=True)
class Attack:
    """An attack on a reward, or an invariant of it.

    Attributes
    ----------
    name, family
        What it is called.
    says
        What the attacked completion is.
    relation
        What has to hold.
    make
        Makes the completions of a case; none where the case does not offer what it takes.
    needs
        What a document has to have for it.
    folded
        Whether the mean of the attacked completions counts, instead of the worst.
    condition
        ``form``: the reward has a part for the form. ``order``: the reward does not read lists by position.
        ``extra``: it takes more of a row than its gold document.
    """

    name: str
    family: str
    says: str
    relation: Relation
    make: Make
    needs: str = "a leaf"
    folded: bool = False
    condition: str = ""

    @property
    def rule(self) -> str:
        """The relation, as it is printed."""
        return self.relation.says


def instead(case: Case, *answers: Any) -> Iterable[Trial]:
    """Give answers instead of the gold document."""
    return [Trial(tuple(map(case.text, answers)))] if answers else []


def inside(case: Case, *inners: str) -> Iterable[Trial]:
    """Give texts where the JSON of the answer should be."""
    return [Trial(tuple(map(case.wrap, inners)))]


def as_text(*texts: str) -> Iterable[Trial]:
    """Give whole completions."""
    return [Trial(texts)]


def compared(case: Case, honest: Any, *answers: Any) -> Iterable[Trial]:
    """Give answers to compare with one that is not the gold document."""
    return [Trial(tuple(map(case.text, answers)), (case.text(honest),))] if answers else []
