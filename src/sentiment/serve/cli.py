"""The command `sentiment`: ask an exported model.

One function a subcommand, each in its own module; what takes long to import, they import when they run.
"""

import typer

from sentiment import console
from sentiment.serve import predict, score, web

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="Is a review positive?"
)
app.command()(predict.predict)
app.command()(score.score)
app.command()(web.serve)


def main() -> None:
    """Run it."""
    console.run(app)


if __name__ == "__main__":
    main()
