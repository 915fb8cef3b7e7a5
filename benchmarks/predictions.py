"""What the models in a clone say about its test part and other texts: `reading` runs this in the clone."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment.data import dataset
from sentiment.data.text import clean
from sentiment.data.vocabulary import Vocabulary
from sentiment.stages.evaluate import predict
from sentiment.system.command import run

TEST = "test"


def main(data: Path, models: Path, texts: Path, predictions: Path) -> None:
    """Write PREDICTIONS of MODELS on the test part of the tokens in DATA and on TEXTS.

    TEXTS is a Parquet file with the columns set, text (raw) and label. PREDICTIONS has set and label, the
    test part first under the name test, and the probability of positive by each classifier.
    """
    vocabulary = Vocabulary.load(data / "tokens" / "vocabulary.json")
    test, others = dataset.load(data / "tokens" / "test"), pq.read_table(texts)
    encoded = [vocabulary.encode(vocabulary.tokenize(clean(text))) for text in others["text"].to_pylist()]
    labels = np.concatenate([test.labels, others["label"].to_numpy()])
    both = dataset.ragged([*(test[i] for i in range(len(test))), *encoded], labels, np.arange(len(labels)))
    sets = [TEST] * len(test) + others["set"].to_pylist()
    probabilities = predict(both, models, vocabulary)
    pq.write_table(pa.table({"set": sets, "label": labels, **probabilities}), predictions)


if __name__ == "__main__":
    run(main)
