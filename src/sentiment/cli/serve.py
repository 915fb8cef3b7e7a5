"""`sentiment serve`: predictions over HTTP, with a web page."""

from typing import Annotated

import typer

from sentiment.cli import options
from sentiment.errors import printable


def serve(
    model: options.Model = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for a free one.")] = 8000,
    root_path: Annotated[
        str, typer.Option(help="Path that a proxy puts in front of all of the server's, such as /app.")
    ] = "",
) -> None:
    """Serve predictions over HTTP, with a web page."""
    from sentiment.server import address

    prefix = address.prefix(root_path)
    listener = address.listen(host, port)  # before the slow imports: a port in use is reported at once
    from sentiment.inference.predictor import Predictor
    from sentiment.server import app, uvicorn_server

    predictor = Predictor(model, threads=1)  # more would slow each other down
    application = app.create(predictor, address.host_names(listener, host))
    print(f"{printable(predictor.artifact.description)}; at {address.url(listener)} until Ctrl-C", flush=True)
    uvicorn_server.run(application, listener, prefix)
