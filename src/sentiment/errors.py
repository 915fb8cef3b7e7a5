"""Users' errors, and text that is safe to print."""


class UserError(Exception):
    """An error of the user's: one line that says what is wrong, where, and what to do."""


def printable(text: str) -> str:
    """Replace what could control a terminal, such as escape sequences in the name of a hostile file."""
    return "".join(character if character.isprintable() else "?" for character in text)
