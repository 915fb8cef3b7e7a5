"""What may be predicted: several texts, and nothing that only looks like them."""

from collections.abc import Iterable, Mapping

from sentiment.data import text_file


def as_list(texts: Iterable[str]) -> list[str]:
    """Return `texts` as a list.

    Raises TypeError for a single str, a dict, a DataFrame and what is no str, ValueError for a text that is
    longer than any file's may be.
    """
    if isinstance(texts, str | bytes):
        raise TypeError("expected several texts, as in predict([text]), not a single one")
    if isinstance(texts, Mapping):
        raise TypeError("expected texts, not a dict; pass its values, as in predict(reviews.values())")
    if hasattr(texts, "columns"):  # going through a DataFrame gives the names of its columns
        kind = type(texts).__name__
        raise TypeError(
            f'expected texts, not a {kind}; pass one of its columns, as in predict(frame["review"])'
        )
    texts = list(texts)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {number} is not a str but {type(text).__name__}")
        if text_file.too_long(text):
            raise ValueError(f"text {number} has more than {text_file.LONGEST:,} bytes")
    return texts
