"""Write the reference of all parameters, docs/parameters.md, and the JSON schema that editors read.

python -m sentiment.reports.parameters          # after a change of params.yaml or params.py
python -m sentiment.reports.parameters --check  # are both up to date?

Types and ranges come from the model in params.py, values and meanings from params.yaml and its comments.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from ruamel.yaml import YAML

from sentiment import params
from sentiment.errors import UserError
from sentiment.reports import markdown
from sentiment.system import command, files

PAGE, SCHEMA = Path("docs/parameters.md"), Path("docs/params.schema.json")
INTRODUCTION = """\
# Parameters

Written by `python -m sentiment.reports.parameters` from [params.yaml](../params.yaml) and the types in
[params.py](../src/sentiment/params.py). Change a parameter in params.yaml, or for a single run with
`dvc exp run -S train.learning_rate=0.001`. Every parameter is required, all mistakes are refused in one line.
Editors with a YAML language server, such as VS Code with its extension YAML, complete and check params.yaml
while you type, by [params.schema.json](params.schema.json).
"""


def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if it would.")] = False,
) -> None:
    """Write docs/parameters.md and docs/params.schema.json."""
    described = schema(Path("params.yaml"))
    content = {PAGE: page(described), SCHEMA: json.dumps(described, indent=2, ensure_ascii=False) + "\n"}
    for path, new in content.items():
        if path.is_file() and path.read_text("utf-8") == new:
            continue
        if check:
            raise UserError(f"{path}: not up to date; run `python -m sentiment.reports.parameters`")
        with files.replacing(path) as part:
            part.write_text(new, "utf-8")


def schema(path: Path) -> dict[str, Any]:
    """The JSON schema of params.yaml; the file at `path` has each parameter's meaning and usual value."""
    params.load(path=path)  # refuses what is no params.yaml
    values = YAML().load(path.read_text("utf-8"))
    described: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    described |= params.Params.model_json_schema()
    for name, section in described["properties"].items():
        _describe(section, values, name)
        if "$ref" not in section:
            section["default"] = values[name]
            del section["title"]
            continue
        definition = described["$defs"][section["$ref"].rpartition("/")[2]]
        for key, parameter in definition["properties"].items():
            _describe(parameter, values[name], key)
            parameter["default"] = values[name][key]
            del parameter["title"]
    return described


def _describe(entry: dict[str, Any], values: Any, key: str) -> None:
    """Take the comment beside `key`, of one line or several, as the description of its schema."""
    if key in values.ca.items:
        comment = values.ca.items[key][2].value.partition("\n\n")[0]
        entry["description"] = " ".join(line.strip(" #") for line in comment.splitlines())


def page(described: dict[str, Any]) -> str:
    """docs/parameters.md, of what `schema` returns."""
    sections = {name: one for name, one in described["properties"].items() if "$ref" in one}
    alone = {name: one for name, one in described["properties"].items() if name not in sections}
    parts = [INTRODUCTION, _table(alone)]
    for name, section in sections.items():
        definition = described["$defs"][section["$ref"].rpartition("/")[2]]
        meaning = section.get("description", "")
        parts.append(f"## {name}\n" + (f"\n{_sentence(meaning)}\n" if meaning else ""))
        parts.append(_table(definition["properties"]))
    return "\n".join(parts)


def _table(properties: dict[str, Any]) -> str:
    rows = [
        (f"`{key}`", f"`{json.dumps(one['default'])}`", allowed(one), _cell(one.get("description", "")))
        for key, one in properties.items()
    ]
    return markdown.table(("parameter", "value", "allowed", "meaning"), rows) + "\n"


def allowed(kind: dict[str, Any]) -> str:
    """The values that the JSON schema of one parameter allows, in words."""
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    if kind["type"] == "boolean":
        return "`true`, `false`"
    if kind["type"] == "array":
        items = kind["items"]
        return f"list of `{items['const']}`" if "const" in items else "list of text"
    if kind["type"] == "string":
        return "text, not empty" if kind.get("minLength") else "text"
    return f"{kind['type']}, {_bounds(kind)}"


def _bounds(kind: dict[str, Any]) -> str:
    above, below = kind.get("exclusiveMinimum"), kind.get("exclusiveMaximum")
    low = _number(kind["minimum"]) if above is None else f"above {_number(above)}"
    return f"{low} to " + (_number(kind["maximum"]) if below is None else f"below {_number(below)}")


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


if __name__ == "__main__":
    command.run(main)
