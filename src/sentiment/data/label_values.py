"""The values of a label column: which of them mean positive, and which negative.

Values are compared trimmed, in any case, and whole numbers by value: " POS " is pos, and 1.0 is 1.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.data.labels import NAMES
from sentiment.data.problems import shorten
from sentiment.errors import UserError, printable
from sentiment.system import files

WORDS = {"positive": 1, "pos": 1, "true": 1, "negative": 0, "neg": 0, "false": 0}
NUMBERS = ({"1": 1, "0": 0}, {"4": 1, "0": 0})  # where a column has no other numbers; 4 is Sentiment140's
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
LISTED = 10  # distinct values that an error message lists
RATINGS = 20  # distinct numbers, at most, that are taken for ratings


def canonical(value: object) -> str:
    """The form in which values are compared; that of a missing one is empty."""
    text = "" if value is None else str(value).strip().lower()
    whole = re.fullmatch(r"([+-]?\d+)\.0+", text)
    return whole[1] if whole else text


def usual(values: Iterable[str]) -> dict[str, int]:
    """The label of each value that needs no explanation, in a column of these canonical `values`."""
    numbers = {value for value in values if NUMBER.fullmatch(value)}
    return WORDS | next((pair for pair in NUMBERS if numbers <= pair.keys()), {})


def chosen(values: Iterable[str], positive: Sequence[object], negative: Sequence[object]) -> dict[str, int]:
    """The label of each canonical value: as `positive` and `negative` say, or `usual` if they are empty."""
    if not positive and not negative:
        return usual(values)
    return dict.fromkeys(map(canonical, negative), 0) | dict.fromkeys(map(canonical, positive), 1)


def listed(counts: Counter[str]) -> str:
    """The values in `counts`, as an error message lists them, the most frequent first."""
    common = counts.most_common()
    shown = ", ".join(f"{shorten(value)} ({count:,})" for value, count in common[:LISTED])
    return shown + (f" and {len(common) - LISTED:,} other values" if len(common) > LISTED else "")


def proposal(counts: Mapping[str, int]) -> tuple[list[str], list[str]] | None:
    """The positive and the negative ones of a column's values, where these say it; else None.

    Values with a usual meaning keep it, whatever others there are. Numbers are ratings: above and below the
    middle of their range.
    """
    values = sorted({canonical(value) for value in counts} - {""})
    known = usual(values)
    if {known[value] for value in values if value in known} == {0, 1}:
        return [v for v in values if known.get(v) == 1], [v for v in values if known.get(v) == 0]
    if 2 <= len(values) <= RATINGS and all(map(NUMBER.fullmatch, values)):
        values.sort(key=float)
        middle = (float(values[0]) + float(values[-1])) / 2
        return [v for v in values if float(v) > middle], [v for v in values if float(v) < middle]
    return None


def misfits(counts: Counter[str], others: Counter[str]) -> str:
    """What is told of a column whose values in `counts` are neither positive nor negative, unlike `others`.

    It ends in the lines of params.yaml that would take them, where they can be guessed.
    """
    told = f"neither positive nor negative: {listed(counts)}"
    proposed, question = proposal(counts + others), "?"
    if proposed is None and len(counts + others) == 2:
        (one, other), question = sorted(counts + others), ", or the other way round?"
        proposed = [one], [other]
    if proposed is None:
        return f"{told}; set clean.positive and clean.negative in params.yaml, or clean.label_column"
    names = zip(("positive", "negative"), proposed, strict=True)
    lines = [f"{name}: [{', '.join(map(_quoted, values))}]" for name, values in names]
    if set(map(canonical, counts)) - {canonical(value) for values in proposed for value in values}:
        lines.append("other: drop")
    return f"{told}; in params.yaml, under clean: {', '.join(lines)}{question}"


def _quoted(value: str) -> str:
    """A value as YAML, in a list."""
    return value if re.fullmatch(r"[\w.+-]+", value) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Labels:
    """What a corpus calls its two labels: the values of each, in the spelling that is most frequent there."""

    negative: tuple[str, ...] = (str(NAMES[0]),)
    positive: tuple[str, ...] = (str(NAMES[1]),)

    @classmethod
    def from_dict(cls, content: Mapping[str, Iterable[str]]) -> "Labels":
        """The labels of a manifest or of metrics; raises ValueError, KeyError or TypeError for others."""
        values = {name: tuple(content[name]) for name in ("negative", "positive")}
        if not all(values.values()) or not all(
            isinstance(one, str) for some in values.values() for one in some
        ):
            raise ValueError("expected values of both labels")
        return cls(**values)

    def to_dict(self) -> dict[str, list[str]]:
        """What `from_dict` reads."""
        return {"negative": list(self.negative), "positive": list(self.positive)}

    @property
    def names(self) -> np.ndarray:
        """The names of label 0 and 1, str (2): the corpus's own if each has a single value, else NAMES."""
        if len(self.negative) == len(self.positive) == 1:
            return np.array([printable(name) for name in (*self.negative, *self.positive)])
        return NAMES

    def parse(self, value: object) -> int:
        """The label that a `value` of another file means: as in the corpus, or as usual; else ValueError."""
        own = {
            canonical(one): label for label, some in enumerate((self.negative, self.positive)) for one in some
        }
        known = usual(own) | own
        try:
            return known[canonical(value)]
        except KeyError:
            raise ValueError(f"label {shorten(str(value))} is none of {', '.join(known)}") from None


def corpus_labels(metrics: Path) -> Labels:
    """What a corpus calls its labels, by metrics/data.json; raises UserError where that does not say so."""
    try:
        return Labels.from_dict(files.read_json(metrics)["labels"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        raise UserError(f"{metrics}: not the metrics of this pipeline; run `dvc repro evaluate`") from None
