"""Print a digest of the kernel's sources; the compiled module carries it, so that a stale one is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOM = Path(__file__).resolve().parent.parent / "medvie_reward" / "alignment"


def digest() -> str:
    """Return 16 hexadecimal digits that change with any of the sources."""
    found = hashlib.sha256()
    for path in [ROOM / "kernel.cpp", *sorted((ROOM / "kernel").glob("**/*.h"))]:
        found.update(path.relative_to(ROOM).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


if __name__ == "__main__":
    print(digest())
