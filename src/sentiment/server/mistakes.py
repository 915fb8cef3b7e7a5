"""A sentence that the model in use gets wrong, to be shown beside its accuracy."""

from sentiment.inference.predictor import Predictor
from sentiment.server.schemas import Mistake

# Their labels are plain to a reader, but hang on a negation.
HARD = (
    Mistake(text="Nothing about this film is bad.", label="positive"),
    Mistake(text="I cannot say that it is a good film.", label="negative"),
    Mistake(text="It is not a bad film at all.", label="positive"),
    Mistake(text="There is not one dull scene in it.", label="positive"),
    Mistake(text="I wish I could say that I loved it.", label="negative"),
)


def first(predictor: Predictor) -> Mistake | None:
    """Return the first of the HARD sentences that `predictor` gives the wrong label, or None."""
    labels = predictor.predict([one.text for one in HARD]).label.tolist()
    return next((one for one, label in zip(HARD, labels, strict=True) if label not in ("", one.label)), None)
