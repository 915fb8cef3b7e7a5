"""Texts as arguments: those that look like options, and those in another encoding."""

from typing import Any

from typer.core import TyperCommand

from sentiment.errors import UserError


class TextCommand(TyperCommand):
    """A command whose arguments are texts, one of which may begin with a hyphen."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if type(error).__name__ == "NoSuchOption":  # click's, of which newer Typers have a copy
                error.message += "; put -- before a text that begins with -"  # type: ignore[attr-defined]
            raise


def decoded(text: str, source: str) -> str:
    """Return `text`; raises UserError if Python could not decode it, and keeps its bytes as surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        problem = f"not UTF-8, after {error.start} characters"
        raise UserError(f"{source}: {problem}; set your terminal to UTF-8, or use --file") from None
    return text
