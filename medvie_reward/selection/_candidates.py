"""Files of what can be selected -> profiles, strata, embeddings, the fields of a schema.

Of a row its gold is read, its report type, and the member that it is stratified by; never an image.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from medvie_reward._core.json_values import first_accepted, plain
from medvie_reward._core.names import counted
from medvie_reward.corpus import Place, RowFile
from medvie_reward.errors import GoldError, InputError
from medvie_reward.metrics import read_gold
from medvie_reward.selection._features import Profile, profile
from medvie_reward.spec import Spec, pattern_of, rules_of

if TYPE_CHECKING:
    import numpy.typing as npt

_MAX_DEPTH: Final = 128
_READ: Final = Spec(max_depth=_MAX_DEPTH)
_BLOCK: Final = 1_024


class Candidates(NamedTuple):
    """What can be selected, in the file's order.

    Attributes
    ----------
    profiles
        One per row.
    strata
        The value that each row is stratified by; empty where none was asked for.
    """

    profiles: list[Profile]
    strata: list[str]


def read_candidates(rows: RowFile, kind_key: str = "report_type", by: str | None = None) -> Candidates:
    """Read the rows of a file.

    Parameters
    ----------
    rows
        The file; its key names the member that holds the gold.
    kind_key
        The member that holds the report type: in every row or in none.
    by
        The member to stratify by.

    Raises
    ------
    InputError
        If a row is no usable gold, lacks a member that others have, or has something else than a string, a
        number, true or false there; it names the file and the line.
    """
    profiles: list[Profile] = []
    strata: list[str] = []
    has_kinds: bool | None = None
    for n in range(len(rows)):
        row = rows.row(n).value
        gold = rows.value(n)
        has_kind = type(row) is dict and rows.key is not None and kind_key in row
        if has_kind is not (has_kind if has_kinds is None else has_kinds):
            raise rows.place(n).error(
                f"has {'a' if has_kind else 'no'} member {kind_key!r} while rows before it have "
                f"{'none' if has_kind else 'one'}: expected a report type in every row or in none"
            )
        has_kinds = has_kind
        try:
            # Text is a gold written as JSON, as for the scores; anything else is taken as it stands.
            gold = (
                read_gold(gold, _READ)
                if isinstance(gold, str)
                else plain(gold, GoldError, _MAX_DEPTH, "gold")
            )
        except GoldError as error:
            raise rows.place(n).error(str(error)) from None
        profiles.append(
            profile(first_accepted(gold), _word(row, kind_key, rows.place(n)) if has_kind else None)
        )
        if by is not None:
            strata.append(_word(row, by, rows.place(n)))
    return Candidates(profiles, strata)


def _word(row: Any, key: str, at: Place) -> str:
    found = row.get(key) if type(row) is dict else None
    if type(found) in (str, int, float, bool):
        return found if type(found) is str else str(found)
    got = "nothing" if found is None else type(found).__name__
    raise at.error(f"expected a string or a number - at $.{key}, got {got}")


def read_embeddings(name: str, n: int) -> npt.NDArray[Any]:
    """Open a file of embeddings without loading it.

    Parameters
    ----------
    name
        An ``.npy`` file with a row per document, in the order of the documents' file.
    n
        The number of documents.

    Returns
    -------
    numpy.ndarray
        Shape (n, dimensions), as stored.

    Raises
    ------
    InputError
        If it is no such file, has another shape, or holds something else than finite numbers in the range of
        float32.
    """
    import numpy as np

    try:
        found = np.load(name, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", name) from None
    except (ValueError, EOFError) as error:
        raise InputError(f"expected a .npy file of numbers: {error}", name) from None
    if not isinstance(found, np.ndarray):
        raise InputError("expected one array in a .npy file, got a .npz archive", name)
    if found.ndim != 2 or not found.shape[1]:
        raise InputError(f"expected the shape (documents, dimensions), got {found.shape}", name)
    if len(found) != n:
        raise InputError(
            f"has {counted(len(found), 'row')}: expected {n:,}, one per document in the file's order", name
        )
    if found.dtype.kind not in "fiu":
        raise InputError(f"expected real numbers, got {found.dtype}", name)
    largest = float(np.finfo(np.float32).max)
    for a in range(0, n, _BLOCK):
        good = np.abs(found[a : a + _BLOCK].astype(np.float64)) <= largest
        if not good.all():
            row, column = (int(x[0]) for x in np.nonzero(~good))
            raise InputError(
                f"expected finite numbers in the range of float32, got {found[a + row, column]} in row "
                f"{a + row + 1}, column {column + 1}",
                name,
            )
    return found


def schema_fields(schema: Mapping[str, Any] | bool) -> tuple[str, ...]:
    """Return the leaf fields that a JSON Schema names; names left open (``*``) are no fields of it.

    Raises
    ------
    SpecError
        If the schema is wrong.
    """
    rules = rules_of(schema)
    return tuple(
        rule.path for rule in rules if rule.lists is None and not {None, ...} & set(pattern_of(rule.path))
    )
