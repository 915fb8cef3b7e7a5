"""What is said about a request that does not fit the schema."""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from sentiment.errors import printable


async def answer(_: Request, error: RequestValidationError) -> JSONResponse:
    """Say in one line what is wrong and where; unlike FastAPI's own answer, without the values sent."""
    first, *others = error.errors()
    if isinstance(first["input"], bytes):  # FastAPI parses only what is declared to be JSON
        return JSONResponse({"detail": "expected JSON, with the header Content-Type: application/json"}, 415)
    if first["type"] == "json_invalid":
        problem = f"body: not JSON: {first['ctx']['error']}, at character {first['loc'][1] + 1}"
    else:
        where = ".".join(printable(str(part))[:40] for part in first["loc"][1:])
        problem = f"{where or 'body'}: {_in_words(first)}"
    more = f" (and {len(others)} more)" if others else ""
    return JSONResponse({"detail": f"{problem}{more}"}, 422)


def _in_words(error: dict[str, Any]) -> str:
    """Return what is wrong with a value; Pydantic does not say how long a text is."""
    if error["type"] == "string_too_long":
        most = error["ctx"]["max_length"]
        return f"a text of {len(error['input']):,} characters; at most {most:,} are read: shorten or split it"
    if error["type"] == "too_long":
        most = error["ctx"]["max_length"]
        return f"{len(error['input']):,} texts; at most {most:,} are read at once: send several requests"
    return str(error["msg"])
