"""The one kind of error that is the user's, and text that is safe to print."""


class UserError(Exception):
    """A mistake of the user's: the message says what, where and what to do, in one line."""


def printable(text: str) -> str:
    """`text` without what would steer a terminal, such as the escape sequences in a hostile file's name."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
