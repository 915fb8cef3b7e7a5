"""Tokens to ids and back; saved as readable JSON, together with the settings that produce the tokens."""

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from sentiment.data.text import TOKENIZERS, Tokenizer, tokenizer
from sentiment.errors import UserError
from sentiment.system import files

PADDING, UNKNOWN = 0, 1
FIRST = 2  # the id of the most frequent token
Numbering = Literal["frequency", "imdb", "hash"]
NUMBERINGS = get_args(Numbering)
# As in keras.datasets.imdb.load_data, where id 3 is unused.
IMDB_START, IMDB_UNKNOWN, IMDB_FIRST = 1, 2, 4


@dataclass(frozen=True)
class Vocabulary:
    """The `tokens` that have an id of their own, most frequent first, and the settings from text to ids.

    For the `numbering` hash, `tokens` are names of buckets, and the checksum of a token selects its bucket.
    """

    tokenizer: Tokenizer
    lowercase: bool
    max_tokens: int
    head: float
    tokens: tuple[str, ...] = ()
    numbering: Numbering = "frequency"

    @property
    def unknown(self) -> int:
        """The id of all tokens without an id of their own."""
        return IMDB_UNKNOWN if self.numbering == "imdb" else UNKNOWN

    @property
    def first(self) -> int:
        """The id of the most frequent token, or of the first bucket; lower ids are special."""
        return IMDB_FIRST if self.numbering == "imdb" else FIRST

    @property
    def size(self) -> int:
        """The number of ids, special ones included."""
        return self.first + len(self.tokens)

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each token."""
        return {token: id for id, token in enumerate(self.tokens, self.first)}

    @property
    def names(self) -> list[str]:
        """The token, or the special name, of each id."""
        special = ["<padding>", "<unknown>"]
        if self.numbering == "imdb":
            special = ["<padding>", "<start>", "<unknown>", "<unused>"]
        return [*special, *self.tokens]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the whole content, which a model stores to recognize its vocabulary."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def __getstate__(self) -> dict[str, Any]:
        """What goes to other processes: not what is cached, as a tokenizer cannot be pickled."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of a clean text."""
        return self._tokenizer(text)

    @cached_property
    def _tokenizer(self) -> Callable[[str], list[str]]:
        return tokenizer(self.tokenizer, self.lowercase)

    def fit(self, counts: Mapping[str, int], size: int, min_count: int) -> "Vocabulary":
        """Return a vocabulary of the `size` most frequent tokens that occur at least `min_count` times.

        `counts` are those of the tokens in the training part; ties are broken alphabetically. For the
        numbering hash, there are `size` buckets.
        """
        if self.numbering == "hash":
            return replace(self, tokens=tuple(f"<bucket {number}>" for number in range(size)))
        ranked = sorted((-count, token) for token, count in counts.items() if count >= min_count)
        return replace(self, tokens=tuple(token for _, token in ranked[:size]))

    def truncate(self, tokens: list[Any]) -> list[Any]:
        """Return at most `max_tokens` tokens: head and tail, where a review mostly gives its verdict."""
        if len(tokens) <= self.max_tokens:
            return tokens
        head = round(self.max_tokens * self.head)
        return tokens[:head] + tokens[len(tokens) - (self.max_tokens - head) :]

    def truncates(self, tokens: list[str]) -> bool:
        """Return whether `encode` truncates these tokens, before which the numbering imdb puts a start id."""
        return len(tokens) + (self.numbering == "imdb") > self.max_tokens

    def encode(self, tokens: list[str]) -> np.ndarray:
        """Return the ids of the tokens, truncated: int32, at least one.

        An empty review becomes one unknown token, because cuDNN's LSTM fails on a row of padding only.
        """
        if self.numbering == "hash":
            ids = [self.first + zlib.crc32(token.encode()) % len(self.tokens) for token in tokens]
        else:
            known, unknown = self.ids, self.unknown
            ids = [known.get(token, unknown) for token in tokens]  # inlined: it runs for each token
        if self.numbering == "imdb":
            ids = [IMDB_START, *ids]
        return np.array(self.truncate(ids) or [self.unknown], np.int32)

    def save(self, path: str | Path) -> None:
        """Write the vocabulary as JSON."""
        files.write_json(path, asdict(self))

    @classmethod
    def load(cls, path: str | Path) -> "Vocabulary":
        """Read a vocabulary that `save` wrote; raises UserError if the file is missing or invalid."""
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
    """Return whether all fields have allowed types and values."""
    known = vocabulary.tokenizer in TOKENIZERS and vocabulary.numbering in NUMBERINGS
    lowercase, maximum, tokens = vocabulary.lowercase, vocabulary.max_tokens, vocabulary.tokens
    length = isinstance(maximum, int) and maximum > 0 and 0 <= vocabulary.head <= 1
    named = all(isinstance(token, str) for token in tokens)
    enough = bool(tokens) or vocabulary.numbering != "hash"
    return known and isinstance(lowercase, bool) and length and named and enough
