"""What the pages share: templates that escape what they are given, with style and Vega's scripts inlined."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).parent


def render(template: str, **content: Any) -> str:
    """Fill the `template` of this folder; what is missing in `content` raises jinja2.UndefinedError."""
    pages = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals.update(style=lambda: inlined("style.css"), script=inlined_vega, script_of_ours=inlined)
    return pages.get_template(template).render(**content) + "\n"


def inlined(name: str) -> Markup:
    """A file of this folder, as it stands in a page."""
    return Markup((FOLDER / name).read_text("utf-8").rstrip())


def inlined_vega(package: str) -> Markup:
    """One of Vega's packages under its licence, without the address of a map that is not there."""
    licence = (FOLDER / "vega" / f"{package}.LICENSE").read_text("utf-8").strip()
    script = inlined(f"vega/{package}.min.js").partition("//# sourceMappingURL=")[0].rstrip()
    return Markup(f"/*! {package}\n{licence}\n*/\n{script}")
