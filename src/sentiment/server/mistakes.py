"""A sentence that the model in use gets wrong, to be shown beside its accuracy."""

from sentiment.data.labels import NAMES
from sentiment.inference.predictor import Predictor
from sentiment.server.schemas import Mistake

# Their labels are plain to a reader, but hang on a negation.
HARD = (
    Mistake(text="Nothing about this film is bad.", label="positive"),
    Mistake(text="I cannot say that it is a good film.", label="negative"),
    Mistake(text="It is not a bad film at all.", label="positive"),
    Mistake(text="There is not one dull scene in it.", label="positive"),
    Mistake(text="I wish I could say that I loved it.", label="negative"),
    Mistake(text="There is no better way to spend two hours.", label="positive"),
    Mistake(text="No film has ever made me laugh harder.", label="positive"),
)


def first(predictor: Predictor) -> Mistake | None:
    """Return the first of the HARD sentences that `predictor` gives the wrong label, or None."""
    predictions = predictor.predict([one.text for one in HARD])
    for one, label in zip(HARD, predictions.label.tolist(), strict=True):
        right = str(predictions.names[NAMES.tolist().index(one.label)])
        if label not in ("", right):
            return Mistake(text=one.text, label=right)
    return None
