"""Chinese train tickets of EATEN (Guo et al. 2019, arXiv 1909.09380): pickles of eight fields per ticket.

``dataset_trainticket`` of https://github.com/beacandler/EATEN has pickles, ``real_1920.pkl`` for the real
tickets and ``text_synth.pkl`` for made ones: a dict from the image's name without its suffix to the fields.
Pickles can run any code when they are read. These are read without: one that asks for anything but
containers, texts and numbers is refused.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

from medvie_reward.datasets._annotated import texts
from medvie_reward.errors import GoldError

FIELDS: Final = (
    "ticket_num", "starting_station", "train_num", "destination_station", "date", "ticket_rates",
    "seat_category", "name",
)  # fmt: skip
_OPCODES: Final = {opcode.code: opcode for opcode in pickletools.opcodes}
# What pickle documents for a pickle that is none, or is cut short.
_BROKEN: Final = (
    pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, OverflowError,
    TypeError, ValueError,
)  # fmt: skip


class _Plain(pickle.Unpickler):
    """Reads containers, texts and numbers; nothing can be imported, hence nothing called."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        raise GoldError(f"the pickle asks for {module}.{name}: expected containers, texts and numbers alone")


def read_pickle(data: bytes) -> Any:
    """Read a pickle that holds plain values; byte strings of Python 2 are read as UTF-8.

    Raises
    ------
    GoldError
        If it is no whole pickle, or asks for anything that is not plain.
    """
    try:
        _check_numbers(data)
        return _Plain(io.BytesIO(data), encoding="utf-8").load()
    except GoldError:
        raise
    except _BROKEN as error:
        raise GoldError(f"expected a pickle of a dict of tickets: {error}") from None


def _check_numbers(data: bytes) -> None:
    """Refuse numbers of seen values past the pickle's length.

    Python's table of them grows to the largest, so that a few bytes could fill the memory.
    """
    stream = io.BytesIO(data)
    while code := stream.read(1):
        opcode = _OPCODES[code.decode("latin-1")]
        if opcode.name == "STOP":
            return
        try:
            value = 0 if opcode.arg is None else opcode.arg.reader(stream)
        except UnicodeDecodeError:  # a text of Python 2, which is read past before it is decoded
            continue
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and int(value or 0) > len(data):
            raise GoldError(f"the pickle numbers a value {value}: expected numbers below its length")


def read_tickets(value: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Return the name and the fields of every ticket.

    Raises
    ------
    GoldError
        If it is no dict from names to fields.
    """
    if not isinstance(value, dict) or not value:
        raise GoldError(f"expected an object of tickets by name, got {type(value).__name__} - at $")
    for name, fields in value.items():
        if not isinstance(name, str):
            raise GoldError(f"expected the image's name as key, got {name!r} - at $")
        plain = dict(fields) if isinstance(fields, dict) else fields
        yield name, texts(plain, FIELDS, f"$[{name!r}]")
