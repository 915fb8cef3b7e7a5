"""Write as many reviews as you like, made of invented words, to measure what a corpus of that size takes.

    python -m benchmarks.synthetic 2000000 synthetic.parquet

Frequencies of words follow Zipf's law, with a tail that never ends, as each review has a word of its own;
lengths are lognormal, with the median of the IMDb reviews. Some words are opinions, most of which agree with
the label. There are HTML, duplicates, and reviews with a few words changed. The same size, the same bytes.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from sentiment.system.command import run
from sentiment.system.files import replacing

BLOCK = 10_000  # reviews that are written together
WORDS = 2**20  # besides those that occur once
EXPONENT = 1.15  # of Zipf's law
MEDIAN, SPREAD, SHORTEST, LONGEST = 190, 0.7, 10, 2500  # words and marks; SPREAD is of the logarithm
OPINIONS = np.arange(60, 460)  # the ranks of words that carry the label: even ones are positive
AGREEING = 0.15  # of them agree with the label for sure, the others by chance
SPECIAL = {0: "the", 1: ",", 2: ".", 20: "not", 50: ".<br /><br />"}  # by rank
DUPLICATES, NEARLY = 100, 100  # of BLOCK reviews: as many are copies of others, exact or with a word changed


def main(
    reviews: Annotated[int, typer.Argument(help="How many, positive and negative ones in equal numbers.")],
    path: Annotated[Path, typer.Argument(help="Parquet file to write: review and sentiment.")],
) -> None:
    """Write a corpus of reviews."""
    names, schema = words(), pa.schema([("review", pa.string()), ("sentiment", pa.string())])
    with replacing(path) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for start in range(0, reviews, BLOCK):
            size = min(BLOCK, reviews - start)
            texts, labels = block(names, start, size)
            values = [("negative", "positive")[label] for label in labels.tolist()]
            writer.write_table(pa.table([pa.array(texts), pa.array(values)], schema))


def words() -> np.ndarray:
    """WORDS different words by rank, object; the longer the rarer, as in languages."""
    syllables = ["".join(both) for both in product("bdfghklmnprstvz", "aeiou")]
    longer = ("".join(some) for length in (1, 2, 3, 4) for some in product(syllables, repeat=length))
    names = np.array([name for _, name in zip(range(WORDS), longer, strict=False)], object)
    names[list(SPECIAL)] = list(SPECIAL.values())
    return names


def block(names: np.ndarray, start: int, size: int) -> tuple[list[str], np.ndarray]:
    """The texts and labels, 1 for positive, of the reviews from number `start` on."""
    random = np.random.default_rng(start)
    labels = random.permutation(np.arange(size) % 2)
    lengths = review_lengths(random, size)
    ranks = zipf(random, lengths.sum())
    agree = np.isin(ranks, OPINIONS) & (random.random(len(ranks)) < AGREEING)
    ranks[agree] += (1 - labels.repeat(lengths)[agree]) - ranks[agree] % 2
    texts = list(joined(names[ranks], lengths, start))
    copies = random.permutation(size)[: size * (DUPLICATES + NEARLY) // BLOCK * 2].reshape(2, -1)
    for number, (copy, original) in enumerate(copies.T.tolist()):
        changed = number >= copies.shape[1] * DUPLICATES // (DUPLICATES + NEARLY)
        texts[copy] = f"{texts[original]} {names[number]}" if changed else texts[original]
        labels[copy] = labels[original]
    return texts, labels


def review_lengths(random: np.random.Generator, size: int) -> np.ndarray:
    """Lengths of reviews in words and marks: int (size)."""
    return np.exp(random.normal(np.log(MEDIAN), SPREAD, size)).astype(int).clip(SHORTEST, LONGEST)


def zipf(random: np.random.Generator, size: int) -> np.ndarray:
    """Ranks of words, int (size), from 0: rank r is as frequent as (r + 1) ** -EXPONENT."""
    tail = 1 - EXPONENT
    shares = 1 - random.random(size) * (1 - WORDS**tail)
    return np.minimum(shares ** (1 / tail), WORDS).astype(np.int64) - 1


def joined(words: np.ndarray, lengths: np.ndarray, start: int) -> Iterator[str]:
    """Texts of so many of the `words` each, and of one that is the number of the review, from `start` on."""
    ends = np.cumsum(lengths).tolist()
    for number, (first, end) in enumerate(zip([0, *ends], ends, strict=False), start):
        text = " ".join(words[first:end].tolist())
        yield f"{text} bo{number}".replace(" .", ".").replace(" ,", ",")


if __name__ == "__main__":
    run(main)
