"""Tokens to ids and back, kept as readable JSON together with how the tokens were made."""

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from sentiment.data.text import TOKENIZERS, tokenizer
from sentiment.errors import UserError
from sentiment.system import files

PADDING, UNKNOWN = 0, 1
FIRST = 2  # the id of the most frequent token
Numbering = Literal["frequency", "imdb", "hash"]
NUMBERINGS = get_args(Numbering)
# As keras.datasets.imdb.load_data numbers: 3 stands for nothing.
IMDB_START, IMDB_UNKNOWN, IMDB_FIRST = 1, 2, 4


@dataclass(frozen=True)
class Vocabulary:
    """The `tokens` that have an id of their own, most frequent first, and how to get there.

    `numbering` is frequency, imdb, or hash: then `tokens` are but the names of buckets, and each token has
    the id of the one that its checksum says.
    """

    tokenizer: str
    lowercase: bool
    max_tokens: int
    head: float
    tokens: tuple[str, ...] = ()
    numbering: str = "frequency"

    @property
    def unknown(self) -> int:
        """The id of every token that has none of its own."""
        return IMDB_UNKNOWN if self.numbering == "imdb" else UNKNOWN

    @property
    def first(self) -> int:
        """The id of the most frequent token, or of the first bucket; others come before it."""
        return IMDB_FIRST if self.numbering == "imdb" else FIRST

    @property
    def size(self) -> int:
        """How many ids there are, padding and unknown included."""
        return self.first + len(self.tokens)

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each token."""
        return {token: id for id, token in enumerate(self.tokens, self.first)}

    @property
    def names(self) -> list[str]:
        """What each id stands for."""
        special = ["<padding>", "<unknown>"]
        if self.numbering == "imdb":
            special = ["<padding>", "<start>", "<unknown>", "<nothing>"]
        return [*special, *self.tokens]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything in it: a model belongs to the vocabulary it was trained with."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def tokenize(self, text: str) -> list[str]:
        """The tokens of a clean text."""
        return self._tokenizer(text)

    @cached_property
    def _tokenizer(self):
        return tokenizer(self.tokenizer, self.lowercase)

    def fit(self, reviews: Iterable[list[str]], size: int, min_count: int) -> "Vocabulary":
        """Return one with the `size` most frequent tokens that occur at least `min_count` times.

        `reviews` are tokens of the training part; ties go by alphabet. To hash, `size` buckets are all.
        """
        if self.numbering == "hash":
            return replace(self, tokens=tuple(f"<bucket {number}>" for number in range(size)))
        counts = Counter(token for review in reviews for token in review)
        ranked = sorted((-count, token) for token, count in counts.items() if count >= min_count)
        return replace(self, tokens=tuple(token for _, token in ranked[:size]))

    def cut(self, tokens: list) -> list:
        """The tokens that are read: all, or at most `max_tokens` of them.

        A longer review keeps its head and its tail, where the verdict mostly stands.
        """
        if len(tokens) <= self.max_tokens:
            return tokens
        head = round(self.max_tokens * self.head)
        return tokens[:head] + tokens[len(tokens) - (self.max_tokens - head) :]

    def cuts(self, tokens: list[str]) -> bool:
        """Whether `encode` cuts a review of `tokens`, with the start that imdb numbering puts first."""
        return len(tokens) + (self.numbering == "imdb") > self.max_tokens

    def encode(self, tokens: list[str]) -> np.ndarray:
        """The ids of those `tokens` that are read: int32, at least one.

        An empty review is a single unknown token, for a row that is padding alone breaks cuDNN's LSTM.
        """
        if self.numbering == "hash":
            ids = [self.first + zlib.crc32(token.encode()) % len(self.tokens) for token in tokens]
        else:
            known, unknown = self.ids, self.unknown
            ids = [known.get(token, unknown) for token in tokens]  # no call more: this is for each token
        if self.numbering == "imdb":
            ids = [IMDB_START, *ids]
        return np.array(self.cut(ids) or [self.unknown], np.int32)

    def save(self, path: str | Path) -> None:
        """Write it as JSON."""
        files.write_json(path, asdict(self))

    @classmethod
    def load(cls, path: str | Path) -> "Vocabulary":
        """Read a vocabulary that `save` wrote; raises UserError where `path` does not hold one."""
        try:
            content = files.read_json(path)
            vocabulary = cls(**content | {"tokens": tuple(content["tokens"])})
            if not _is_valid(vocabulary):
                raise ValueError
        except FileNotFoundError:
            raise UserError(f"{path}: no such file; run `dvc repro tokenize` or `dvc pull`") from None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise UserError(f"{path}: not a vocabulary of this project; run `dvc repro tokenize`") from None
        return vocabulary


def _is_valid(vocabulary: Vocabulary) -> bool:
    """Whether everything in it is of the kind that it should be."""
    known = vocabulary.tokenizer in TOKENIZERS and vocabulary.numbering in NUMBERINGS
    cut = isinstance(vocabulary.max_tokens, int) and vocabulary.max_tokens > 0 and 0 <= vocabulary.head <= 1
    named = all(isinstance(token, str) for token in vocabulary.tokens)
    enough = bool(vocabulary.tokens) or vocabulary.numbering != "hash"
    return known and isinstance(vocabulary.lowercase, bool) and cut and named and enough
