"""A sentiment classifier for reviews: an LSTM whose whole making is a DVC pipeline."""

TYPE_CHECKING = False  # type checkers take it for typing's, which would have to be imported
if TYPE_CHECKING:
    from pathlib import Path

    from sentiment.inference.predictor import Predictor


def load(path: "str | Path | None" = None) -> "Predictor":
    """Return the exported model in the folder `path`, ready to answer.

        sentiment.load().predict(["A fine film."]).probability

    Without `path` it is the workspace's own, models/export, or else the one that comes with the project,
    models/imdb. Raises sentiment.errors.UserError where there is none, or one that is not whole.
    """
    from sentiment.inference.predictor import (
        Predictor,  # numpy and onnxruntime: only what predicts pays for them
    )

    return Predictor(path)
