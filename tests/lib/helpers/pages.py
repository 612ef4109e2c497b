"""The pages of ``docs`` as programs: their blocks are run in order, and what is printed is compared.

A block ``sh`` is run by bash, a block ``python`` in one set of names for the whole page. The block ``text``
that comes next is what it has to print; without one it has to print nothing. A block with a title is written
into the file of that name. In a block ``text``, ``…`` stands for anything in a line, and on a line of its own
for any lines.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[3]
# Blocks that show something and do nothing.
SHOWN = ("math", "yaml", "toml")
# What a shell may have set that changes what is printed.
_UNSET = (
    "COLUMNS",
    "LINES",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "PYTHONWARNINGS",
    "PYTHONDEVMODE",
    "BASH_ENV",
    "CDPATH",
)
_FENCE = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, its title if it has one, its text, and what it has to print."""

    language: str
    title: str | None
    text: str
    printed: str = ""


def blocks_of(page: str) -> list[Block]:
    """Give the blocks of a page in order, each with the output that is shown behind it."""
    found: list[Block] = []
    for language, title, text in _FENCE.findall(page):
        if language != "text":
            found.append(Block(language, title or None, text))
        elif not found or found[-1].printed or found[-1].language not in ("sh", "python"):
            raise ValueError(f"output of nothing: {text[:60]!r}")
        else:
            found[-1] = found[-1]._replace(printed=text)
    return found


def is_shown(printed: str, shown: str) -> bool:
    """Tell whether a page shows what was printed; see the top of this module."""
    lines = [
        r"(?:.*\n)*?" if line == "…\n" else re.escape(line).replace("…", ".*?")
        for line in shown.splitlines(keepends=True)
    ]
    return re.fullmatch("".join(lines), printed) is not None


def run_page(name: str, folder: Path, installs: list[str]) -> Iterator[tuple[Block, str]]:
    """Run a page in a folder that has the examples in it.

    Parameters
    ----------
    name
        The page's name in ``docs``.
    folder
        Where to work.
    installs
        Takes in the commands that install something; they are not run.

    Yields
    ------
    tuple
        Every block that was run, and what it printed.
    """
    (folder / "examples").symlink_to(ROOT / "examples")
    names: dict[str, Any] = {}
    for block in blocks_of((ROOT / "docs" / name).read_text(encoding="utf-8")):
        if block.title is not None:
            (folder / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "sh":
            if "pip install" in block.text:
                installs.append(block.text)
            else:
                yield block, _run_shell(block.text, folder)
        elif block.language == "python":
            yield block, _run_python(block.text, names, folder)
        elif block.language not in SHOWN:
            raise ValueError(f"{name}: a block of the language {block.language!r}, which nobody checks")


def _run_shell(text: str, folder: Path) -> str:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    # The width that the tables have where nobody looks, and no colours. BLAS makes no threads: where a
    # machine is full of them, it complains on standard error.
    settings = {
        **os.environ,
        "PATH": path,
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=folder,
        env={key: value for key, value in settings.items() if key not in _UNSET},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.stdout


def _run_python(text: str, names: dict[str, Any], folder: Path) -> str:
    out = io.StringIO()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(text, "page", "exec"), names)
    finally:
        os.chdir(before)
    return out.getvalue()
