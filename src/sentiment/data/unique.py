"""Clean, unique reviews: what is done to a block of a corpus, and to all reviews that are equal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import blake2b, sha256
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sentiment.data.corpus import Review
from sentiment.data.text import clean

if TYPE_CHECKING:  # pyarrow takes half a second to import
    import pyarrow as pa

COUNTS = (  # of the rows of a corpus, in this order
    "rows",
    "other_labels",
    "exact_duplicates",
    "empty_after_cleaning",
    "contradictions",
    "duplicates_after_cleaning",
    "reviews",
    "positive",
    "negative",
)


def cleaned(block: list[Review], buckets: int) -> pa.Table:
    """Return the reviews of a block, clean, for a shuffle by the SHA-256 of their texts.

    Equal texts are in the same bucket; by SHA-256, those of a bucket come before those of the next.
    Columns: bucket (int32), text (string), value (int32, the number of the label's value), group (string) if
    there are groups, sha256 (binary) of the text, and raw (binary), a checksum of the text as it was.
    """
    import pyarrow as pa

    raw, values, *groups = zip(*block, strict=True)
    texts = list(map(clean, raw))
    sums = [sha256(text.encode()).digest() for text in texts]
    columns = {
        "bucket": pa.array([int.from_bytes(one[:4], "big") * buckets >> 32 for one in sums], pa.int32()),
        "text": pa.array(texts, pa.string()),
        "value": pa.array(values, pa.int32()),
        **({"group": pa.array(groups[0], pa.string())} if groups else {}),
        "sha256": pa.array(sums, pa.binary(32)),
        "raw": pa.array([_checksum(text) for text in raw], pa.binary(16)),
    }
    return pa.table(columns)


def unique(rows: pa.Table, labels: Sequence[int]) -> tuple[pa.Table, Counter[str]]:
    """Return the unique reviews of a bucket in the order of their SHA-256, and the numbers of its rows.

    rows: as `cleaned` makes them, all with equal texts among them.
    labels: of each `value`, 1, 0, or -1 for rows that are dropped.

    Of equal reviews one is kept, that of the first group by name, or none if their labels contradict each
    other. The result has the columns text (string), label (int8) and perhaps group (string). Every row is
    counted once: `rows` is the sum of `reviews` and the five kinds of dropped rows.
    """
    reviews = [row | {"label": labels[row["value"]]} for row in rows.to_pylist()]
    known = [row for row in reviews if row["label"] >= 0]
    if "group" in rows.column_names:
        known.sort(key=itemgetter("group"))
    equal: dict[bytes, dict[tuple, dict[str, Any]]] = defaultdict(dict)
    for row in known:
        equal[row["sha256"]].setdefault((row["raw"], row["label"]), row)
    counts, kept = Counter(dict.fromkeys(COUNTS, 0)), []
    for _, distinct in sorted(equal.items()):
        if not (first := next(iter(distinct.values())))["text"]:
            counts["empty_after_cleaning"] += len(distinct)
        elif len({label for _, label in distinct}) > 1:
            counts["contradictions"] += len(distinct)
        else:
            counts["duplicates_after_cleaning"] += len(distinct) - 1
            counts["positive" if first["label"] else "negative"] += 1
            kept.append(first)
    counts["rows"], counts["other_labels"] = len(reviews), len(reviews) - len(known)
    counts["exact_duplicates"] = len(known) - sum(map(len, equal.values()))
    counts["reviews"] = len(kept)
    return _table(kept, rows.column_names), counts


def _checksum(text: str) -> bytes:
    """16 bytes that differ between any two texts; these may have halves of surrogate pairs."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _table(reviews: list[dict[str, Any]], columns: list[str]) -> pa.Table:
    import pyarrow as pa

    schema = [("text", pa.string()), ("label", pa.int8())]
    schema += [("group", pa.string())] if "group" in columns else []
    return pa.Table.from_pylist(reviews, pa.schema(schema))
