"""When a model gives a text no label: where it knows no word of it. Defined here alone.

A word is a token with a letter. Punctuation marks and figures may be known, but a probability by these alone
says nothing of the text.
"""

from sentiment.data.vocabulary import Vocabulary

UNTOLD = "can't tell"  # what people read in place of a label


def abstains(vocabulary: Vocabulary, tokens: list[str]) -> bool:
    """Whether a model with this `vocabulary` knows none of the words in a text, of which it has all `tokens`.

    Words in the middle that is cut from a long text do not count. For the numbering hash, to which no token
    is unknown, every word counts as known.
    """
    hashed, known = vocabulary.numbering == "hash", vocabulary.ids
    start = [""] if vocabulary.numbering == "imdb" else []  # as `encode` puts an id there, but no word
    read = vocabulary.truncate([*start, *tokens])
    return not any((hashed or token in known) and any(map(str.isalpha, token)) for token in read)
