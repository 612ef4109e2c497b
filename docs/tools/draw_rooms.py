"""Draw the rooms of the package: ``python docs/tools/draw_rooms.py`` writes docs/images/rooms.svg.

The order comes from the layers contract in pyproject.toml, sizes and imports from the code, the job of a room
from the first line of its docstring. Needs the ``dev`` extra (grimp comes with import-linter).
"""

from __future__ import annotations

import ast
import sys
from html import escape
from pathlib import Path
from typing import Final

import grimp

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "medvie_reward"
PICTURE: Final = ROOT / "docs" / "images" / "rooms.svg"
_WIDTH: Final = 960  # px
_HEIGHT: Final = 58  # px, of one room
_GAP: Final = 10  # px


def layers() -> list[list[str]]:
    """Return the rooms from the top of the house to its floor; rooms of one layer share a list."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]


def describe(room: str) -> tuple[str, int, int]:
    """Return the job of a room, its number of modules and its lines of code."""
    files = sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]
    first = PACKAGE / room / "__init__.py"
    job = ast.get_docstring(ast.parse((first if first.is_file() else files[0]).read_text(encoding="utf-8")))
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    return (job or "").splitlines()[0].replace("`", ""), len(files), lines


def below(graph: grimp.ImportGraph, room: str, rooms: list[str]) -> list[str]:
    """Return the rooms that a room imports from, in the order of the house."""
    ours = f"medvie_reward.{room}"
    modules = {ours, *graph.find_descendants(ours)}
    seen = {name for module in modules for name in graph.find_modules_directly_imported_by(module)}
    parts = {name.split(".")[1] for name in seen if name.startswith("medvie_reward.")}
    return [name for name in rooms if name in parts and name != room]


def draw() -> str:
    """Return the picture as SVG."""
    graph = grimp.build_graph("medvie_reward")
    house = layers()
    rooms = [room for layer in house for room in layer]
    boxes, y = [], _GAP
    for layer in house:
        width = (_WIDTH - _GAP * (len(layer) + 1)) / len(layer)
        wide = len(layer) == 1
        for n, room in enumerate(layer):
            x = _GAP + n * (width + _GAP)
            job, modules, lines = describe(room)
            imports = ", ".join(name for name in below(graph, room, rooms) if name not in layer)
            size = f"{modules} module{'s' * (modules > 1)}, {lines:,} lines"
            texts = [(18, "t", f"{room} ({size})")]
            texts += [(34, "j", job)] if wide else []
            texts += [(50, "i", f"imports {imports}")] if imports and wide else []
            boxes.append(f'<rect x="{x:.0f}" y="{y}" width="{width:.0f}" height="{_HEIGHT}" rx="6"/>')
            boxes += [
                f'<text class="{kind}" x="{x + 10:.0f}" y="{y + down}">{escape(text)}</text>'
                for down, kind, text in texts
            ]
        y += _HEIGHT + _GAP
    style = (
        "rect{fill:#eef6f5;stroke:#00796b}text{font-family:sans-serif;fill:#222}"
        ".t{font-size:14px;font-weight:bold}.j{font-size:12px}.i{font-size:11px;fill:#666}"
    )
    title = "The rooms of medvie_reward: each imports only from the rooms below it"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" role="img">'
    return "\n".join([head, f"<title>{title}</title>", f"<style>{style}</style>", *boxes, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
