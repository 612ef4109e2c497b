"""Leaves pooled by path, as the paper and Donut do: who stood in which row is not looked at."""

from __future__ import annotations

from typing import Any

from medvie_reward.comparators import FORMS, KnownForms
from medvie_reward.tree import donut_leaves, is_empty, scalar_text


class Field:
    """The gold's leaves at one path of member names.

    Attributes
    ----------
    members
        The fields one name further down.
    texts
        Normal form -> how many gold leaves have it.
    n
        Number of gold leaves here.
    blanks
        Number of empty values here.
    """

    __slots__ = ("blanks", "members", "n", "texts")

    def __init__(self) -> None:
        self.members: dict[str, Field] = {}
        self.texts: dict[str, int] = {}
        self.n = 0
        self.blanks = 0

    def add(self, text: str) -> None:
        """Take in one gold leaf."""
        self.texts[text] = self.texts.get(text, 0) + 1
        self.n += 1


class Pool:
    """A gold value prepared for counting leaves by path.

    Parameters
    ----------
    gold
        A plain JSON value.
    text
        Name of the normal form of leaf values.
    reading
        ``json`` (a path is its member names, one after the other) or ``donut`` (see `donut_leaves`).
    """

    def __init__(self, gold: Any, text: str, reading: str) -> None:
        self.form = self.known_form = KnownForms(FORMS[text]).__getitem__
        self.reading = reading
        self.root = Field()
        if reading == "donut":
            for key, value, _, _ in donut_leaves(gold):
                self.root.members.setdefault(key, Field()).add(value)
        else:
            self._add(gold, self.root)

    def _add(self, value: Any, field: Field) -> None:
        if is_empty(value):
            field.blanks += 1
        elif type(value) is dict:
            for key, x in value.items():
                child = field.members.get(key)
                if child is None:
                    child = field.members[key] = Field()
                self._add(x, child)
        elif type(value) is list:
            for x in value:
                self._add(x, field)
        else:
            field.add(self.form(scalar_text(value)))

    def count(self) -> int:
        """Count the gold's leaves."""
        n = 0
        level = [self.root]
        while level:
            n += sum(field.n for field in level)
            level = [inner for field in level for inner in field.members.values()]
        return n

    def weigh(self, predicted: Any) -> tuple[int, int, int]:
        """Count a prediction's leaves.

        Returns
        -------
        tuple
            Correct leaves, leaves paired with a gold leaf of the same path, and all leaves.
        """
        found: dict[Field, list[str]] = {}
        nowhere = Field()
        if self.reading == "donut":
            for key, value, _, _ in donut_leaves(predicted):
                found.setdefault(self.root.members.get(key, nowhere), []).append(value)
        else:
            self._collect(predicted, self.root, nowhere, found)
        correct = paired = total = 0
        for field, texts in found.items():
            total += len(texts)
            paired += min(len(texts), field.n)
            left = dict(field.texts)
            for text in texts:
                n = left.get(text, 0)
                if n:
                    left[text] = n - 1
                    correct += 1
        return correct, paired, total

    def _collect(self, value: Any, field: Field, nowhere: Field, found: dict[Field, list[str]]) -> None:
        if type(value) is dict:
            members = field.members
            for key, x in value.items():
                child = members.get(key, nowhere)
                if x.__class__ is str:
                    if x and (text := self.form(x)):
                        found.setdefault(child, []).append(text)
                else:
                    self._collect(x, child, nowhere, found)
        elif type(value) is list:
            for x in value:
                self._collect(x, field, nowhere, found)
        elif text := self.form(scalar_text(value)):
            found.setdefault(field, []).append(text)
