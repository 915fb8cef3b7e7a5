"""The page at /docs: the OpenAPI description for people to read, without scripts or a network."""

import json
from html import escape
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
TEMPLATE = Path(__file__).with_name("api.html").read_text("utf-8")
PLACE = "<!-- operations -->"


def render(openapi: Schema, url: str) -> str:
    """Return the page for an OpenAPI description; `url` is the server's, and ends in a slash."""
    schemas = openapi["components"]["schemas"]
    operations = [
        _operation(f"{method.upper()} {path}", operation, schemas, f"{url}{path.removeprefix('/')}")
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    return TEMPLATE.replace(PLACE, "\n".join(operations))


def _operation(name: str, operation: Schema, schemas: Schema, url: str) -> str:
    request, answer = _schema(operation.get("requestBody"), schemas), operation["responses"]["200"]
    others = [(code, one["description"]) for code, one in operation["responses"].items() if code != "200"]
    parts = [
        f"<h2><code>{escape(name)}</code></h2><p>{escape(operation['description'])}</p>",
        f"<pre>{escape(_curl(url, request))}</pre>",
        _table("Request", _fields(request, schemas)),
        _table("Answer", _fields(_schema(answer, schemas), schemas)),
        _table("Otherwise, with one line in detail", sorted(others)),
    ]
    return "\n".join(filter(None, parts))


def _schema(message: Schema | None, schemas: Schema) -> Schema:
    """Return the schema of a body in JSON; an empty one where there is none."""
    content = (message or {}).get("content", {}).get("application/json", {"schema": {}})
    return _resolved(content["schema"], schemas)


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _fields(schema: Schema, schemas: Schema, prefix: str = "") -> list[tuple[str, str]]:
    """Return the name and the description of each field, and of those within it."""
    rows = []
    for name, field in schema.get("properties", {}).items():
        inner = _resolved(field.get("items", field), schemas)
        many = "[]" if "items" in field else ""
        about = field.get("description") or inner.get("description") or ""
        rows.append((f"{prefix}{name}{many}", about))
        rows += _fields(inner, schemas, f"{prefix}{name}{many}.")
    return rows


def _curl(url: str, request: Schema) -> str:
    if not request:
        return f"curl {url}"
    [example] = request["examples"]
    return f"curl {url} -H 'Content-Type: application/json' -d '{json.dumps(example)}'"


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    cells = [f"<tr><td><code>{escape(name)}</code><td>{escape(about)}" for name, about in rows]
    return f"<h3>{title}</h3><table>{''.join(cells)}</table>" if rows else ""
