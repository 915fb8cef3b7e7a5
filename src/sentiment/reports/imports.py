"""Draw which room of the package imports which, into docs/imports.svg.

python -m sentiment.reports.imports          # after a change of imports
python -m sentiment.reports.imports --check  # is docs/imports.svg up to date?
"""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from itertools import pairwise
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from sentiment.errors import UserError
from sentiment.system import command, files

PACKAGE = Path(__file__).parents[1]
DRAWING = Path("docs/imports.svg")
FRONT = "sentiment"  # the package's own __init__.py
LAYERS = (  # a room imports rooms of lower layers, and nothing else of the package
    ("cli", "stages"),
    (FRONT, "scoring", "server", "pages"),
    ("evaluation", "reports"),
    ("inference", "export", "training"),
    ("network", "embedding"),
    ("ensemble",),
    ("ngrams", "params", "metrics"),
    ("data",),
    ("engine",),
    ("system",),
    ("errors",),
)
WIDTH, GAP_Y, BOX_X, BOX_Y = 760, 90, 104, 34  # of the drawing, its layers and boxes
LAYER = {room: index for index, rooms in enumerate(LAYERS) for room in rooms}


class Import(NamedTuple):
    """One import of a module of ours, anywhere in a file: at its top, in a function, for types only."""

    room: str
    imported: str  # the room
    where: str  # path and line


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
) -> None:
    """Draw the imports between rooms into docs/imports.svg."""
    found = list(imports(PACKAGE))
    if wrong := violations(found):
        raise UserError("; ".join(wrong))
    drawing = draw({(one.room, one.imported) for one in found if one.room != one.imported})
    if not check:
        with files.replacing(DRAWING) as part:
            part.write_text(drawing, "utf-8")
    elif not DRAWING.is_file() or DRAWING.read_text("utf-8") != drawing:
        raise UserError(f"{DRAWING}: not up to date; run `python -m sentiment.reports.imports`")


def imports(package: Path) -> Iterator[Import]:
    """All imports of a `package`'s modules by each other, those within a room, too."""
    for path in sorted(package.rglob("*.py")):
        module = ".".join((package.name, *path.relative_to(package).with_suffix("").parts))
        for name, line in _imported(ast.parse(path.read_text("utf-8")), module.rpartition(".")[0]):
            if name.split(".")[0] == package.name:
                where = f"{path.relative_to(package.parent)}:{line}"
                yield Import(_room(package, module), _room(package, name), where)


def _imported(tree: ast.Module, package: str) -> Iterator[tuple[str, int]]:
    """The full name of each thing that a module of `package` imports, with the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            yield from ((f"{origin}.{alias.name}", node.lineno) for alias in node.names)


def _room(package: Path, name: str) -> str:
    """The room of what is called `name` in full."""
    room = [*name.split("."), "__init__"][1]
    there = (package / room).is_dir() or (package / f"{room}.py").is_file()
    return room if there and room != "__init__" else FRONT


def violations(found: list[Import]) -> list[str]:
    """A line for each import that does not lead to a lower layer, or from one stage to another."""
    wrong = []
    for one in found:
        if unknown := {one.room, one.imported} - set(LAYER):
            wrong.append(f"{one.where}: {unknown.pop()} is in no layer; give it one in LAYERS")
        elif one.room == one.imported == "stages":
            wrong.append(f"{one.where}: a stage imports another")
        elif one.room != one.imported and LAYER[one.room] >= LAYER[one.imported]:
            wrong.append(f"{one.where}: {one.room} imports {one.imported}, which is not in a lower layer")
    return wrong


def draw(edges: set[tuple[str, str]]) -> str:
    """An SVG of the layers, top to bottom; an import has no line where other lines lead to the same room."""
    lines = [_line(a, b) for a, b in sorted(edges) if not _implied(a, b, edges)]
    boxes = [_box(room, sorted(b for a, b in edges if a == room)) for room in LAYER]
    size = f"{WIDTH} {GAP_Y * len(LAYERS)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" font-family="sans-serif" '
            'font-size="15" text-anchor="middle" stroke="#2b5c9e" fill="none">',
            "<title>Imports between the rooms of the package: all of them lead downward</title>",
            '<marker id="head" markerWidth="9" markerHeight="8" refX="7" refY="4" orient="auto">'
            '<path d="M1 1 L7 4 L1 7"/></marker>',
            *lines,
            *boxes,
            "</svg>\n",
        ]
    )


def _place(room: str) -> tuple[float, float]:
    """The centre of a room's box."""
    row = LAYERS[LAYER[room]]
    return WIDTH * (row.index(room) + 0.5) / len(row), GAP_Y * (LAYER[room] + 0.5)


def _implied(start: str, end: str, edges: set[tuple[str, str]]) -> bool:
    """Whether there is another way from `start` to `end`."""
    reached = {b for a, b in edges if a == start and b != end}
    while more := {b for a, b in edges if a in reached} - reached:
        reached |= more
    return end in reached


def _line(room: str, imported: str) -> str:
    """An arrow from one box to another, around those of the layers between them."""
    (x, y), (end, _) = _place(room), _place(imported)
    steps = LAYER[imported] - LAYER[room]
    lean = (end - x) / steps / 12  # the lines of a box begin and end side by side
    points = [(x + lean, y + BOX_Y / 2)]
    for step, layer in enumerate(range(LAYER[room] + 1, LAYER[imported]), 1):
        straight = x + (end - x) * step / steps
        beside = [_place(box)[0] + side * (BOX_X / 2 + 12) for box in LAYERS[layer] for side in (-1, 1)]
        points.append((min(beside, key=lambda gap: abs(gap - straight)), GAP_Y * (layer + 0.5)))
    points.append((end - lean, GAP_Y * (LAYER[imported] + 0.5) - BOX_Y / 2 - 2))
    curves = [
        f"C{x1:.0f} {(y1 + y2) / 2:.0f} {x2:.0f} {(y1 + y2) / 2:.0f} {x2:.0f} {y2:.0f}"
        for (x1, y1), (x2, y2) in pairwise(points)
    ]
    return f'<path d="M{points[0][0]:.0f} {points[0][1]:.0f} {" ".join(curves)}" marker-end="url(#head)"/>'


def _box(room: str, imported: list[str]) -> str:
    x, y = _place(room)
    return (
        f"<g><title>{room} imports {', '.join(imported) or 'nothing'}</title>"
        f'<rect x="{x - BOX_X / 2:.0f}" y="{y - BOX_Y / 2:.0f}" width="{BOX_X}" height="{BOX_Y}" rx="6" '
        f'fill="#eef3fa"/><text x="{x:.0f}" y="{y + 5:.0f}" fill="black" stroke="none">{room}</text></g>'
    )


if __name__ == "__main__":
    command.run(main)
