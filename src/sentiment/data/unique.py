"""Clean, unique reviews: what is done to a block of a corpus, and to all reviews that are equal."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING

import numpy as np

from sentiment.data.corpus import Review
from sentiment.data.text import clean

if TYPE_CHECKING:  # pandas and pyarrow take a second to import
    import pandas as pd
    import pyarrow as pa


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


def unique(rows: pa.Table, labels: np.ndarray) -> tuple[pa.Table, Counter[str]]:
    """Return the unique reviews of a bucket in the order of their SHA-256, and the numbers of its rows.

    rows: as `cleaned` makes them, all with equal texts among them.
    labels: int8, the label of each `value`, 1, 0, or -1 for rows that are dropped.

    Of equal reviews one is kept, that of the first group by name, or none if their labels contradict each
    other. The result has the columns text (string), label (int8) and perhaps group (string). Every row is
    counted once: `rows` is the sum of `reviews` and the five kinds of dropped rows.
    """
    frame = rows.to_pandas()
    labelled = frame.assign(label=labels[frame["value"]])
    known = labelled[labelled["label"] >= 0]
    if "group" in known:
        known = known.sort_values("group", kind="stable")
    distinct = known.drop_duplicates(["raw", "label"])
    full = distinct[distinct["text"] != ""]
    agreeing = full[full.groupby("sha256")["label"].transform("nunique") == 1]
    kept = agreeing.drop_duplicates("sha256").sort_values("sha256")
    positive = int(kept["label"].sum())
    return _table(kept), Counter(
        {
            "rows": len(frame),
            "other_labels": len(frame) - len(known),
            "exact_duplicates": len(known) - len(distinct),
            "empty_after_cleaning": len(distinct) - len(full),
            "contradictions": len(full) - len(agreeing),
            "duplicates_after_cleaning": len(agreeing) - len(kept),
            "reviews": len(kept),
            "positive": positive,
            "negative": len(kept) - positive,
        }
    )


def _checksum(text: str) -> bytes:
    """16 bytes that differ between any two texts; these may have halves of surrogate pairs."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _table(kept: pd.DataFrame) -> pa.Table:
    import pyarrow as pa

    types = {"text": pa.string(), "label": pa.int8(), "group": pa.string()}
    return pa.table(
        {name: pa.array(kept[name].tolist(), kind) for name, kind in types.items() if name in kept}
    )
