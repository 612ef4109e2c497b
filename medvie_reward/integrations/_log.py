"""What a run is told: every kind of message once, however many samples it is true of."""

from __future__ import annotations

import re
from threading import Lock
from typing import Final

MOST_KINDS: Final = 20
"""So many kinds of message are told of one fault; a run in which each row differs is told no more."""

# What may differ between two messages of one kind: what is quoted, and numbers.
_PARTICULARS: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?""")


class Told:
    """The kinds of message that were told already; threads may share it."""

    def __init__(self) -> None:
        self._kinds: dict[str, set[str]] = {}
        self._lock = Lock()

    def is_new(self, fault: str, message: str) -> bool:
        """Check whether a message is the first of its kind, and remember it.

        Parameters
        ----------
        fault
            What the message is about; each has kinds of its own.
        message
            The text. Messages that differ in numbers and quoted words only are of one kind.
        """
        kind = _PARTICULARS.sub("#", message)
        with self._lock:
            known = self._kinds.setdefault(fault, set())
            if kind in known or len(known) >= MOST_KINDS:
                return False
            known.add(kind)
            return True
