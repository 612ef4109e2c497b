"""A set's name and where it lies -> its annotated documents, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from medvie_reward.datasets._annotated import SPLITS, Annotated
from medvie_reward.datasets._files import Files
from medvie_reward.datasets._folder_sets import read_funsd, read_sroie, read_xfund
from medvie_reward.datasets._row_sets import read_cord, read_ticket
from medvie_reward.errors import ArgumentError, InputError

_FORMS: Final[dict[str, Callable[[Files, bool], Iterator[Annotated]]]] = {
    "funsd": read_funsd,
    "xfund": read_xfund,
}
_OTHERS: Final[dict[str, Callable[[Files], Iterator[Annotated]]]] = {
    "cord": read_cord,
    "sroie": read_sroie,
    "ticket": read_ticket,
}
SETS: Final = tuple(sorted({*_FORMS, *_OTHERS}))
"""Names of the sets that can be read."""


def read_set(
    name: str, source: str, *, split: str | None = None, sections: bool = False
) -> Iterator[Annotated]:
    """Read the annotated documents of a public set.

    Parameters
    ----------
    name
        One of `SETS`.
    source
        A folder, a ``.zip`` or a file, as the set is distributed.
    split
        One of `SPLITS`: only documents of that part.
    sections
        For funsd and xfund: keep questions in objects under their headers.

    Raises
    ------
    ArgumentError
        If an argument is not usable, an annotation is not what it should be (it names file, line or JSON
        path), an id repeats, or there are no documents.
    """
    if name not in SETS:
        raise ArgumentError(f"unknown set {name!r}: expected one of {', '.join(SETS)}")
    if split is not None and split not in SPLITS:
        raise ArgumentError(f"unknown split {split!r}: expected one of {', '.join(SPLITS)}")
    if sections and name not in _FORMS:
        raise ArgumentError(f"sections apply only to {' and '.join(_FORMS)}, not {name}")
    files = Files(source)
    try:
        documents = _FORMS[name](files, sections) if name in _FORMS else _OTHERS[name](files)
        yield from _chosen(documents, files, split)
    finally:
        files.close()


def _chosen(documents: Iterator[Annotated], files: Files, split: str | None) -> Iterator[Annotated]:
    seen: set[str] = set()
    splits: set[str] = set()
    given = 0
    for document in documents:
        splits.add(document.split or "unknown")
        if split not in (None, document.split):
            continue
        if document.id in seen:
            raise InputError(f"has two documents {document.id!r}: expected every id once", files.source)
        seen.add(document.id)
        given += 1
        yield document
    if not given:
        found = f", only of {', '.join(sorted(splits))}" if splits else ""
        wanted = "documents" if split is None else f"documents of the split {split!r}"
        raise InputError(f"has no {wanted}{found}", files.source)
