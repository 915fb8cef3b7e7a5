import numpy as np
import pandas as pd

from sentiment.evaluation import label_errors


def test_labels_turned_on_purpose_are_found_the_surest_first():
    random = np.random.default_rng(0)
    labels = np.arange(400) % 2
    probabilities = np.where(labels == 1, 0.9, 0.1) + random.uniform(-0.08, 0.08, 400)
    turned = np.array([3, 50, 121, 300])
    probabilities[turned] = np.where(labels[turned] == 1, 0.99, 0.01)
    labels[turned] = 1 - labels[turned]
    found = label_errors.find(labels, probabilities)
    assert set(found) == set(turned)

    doubt = np.abs(labels - probabilities)[found]
    assert (np.diff(doubt) <= 0).all()


def test_where_the_model_is_always_right_no_label_is_doubtful():
    labels = np.arange(20) % 2
    found = label_errors.find(labels, np.where(labels == 1, 0.999, 0.001))
    assert len(found) == 0
    predictions = pd.DataFrame({"row": range(20), "label": labels, "network": 0.5, "baseline": 0.5})
    assert len(label_errors.table(predictions, found)) == 0


def test_the_reason_is_that_of_the_other_label():
    predictions = pd.DataFrame(
        {"row": [7, 8, 9], "label": [0, 1, 1], "network": [0.98, 0.9, 0.8], "baseline": [0.4, 0.9, 0.9]}
    )
    [row] = label_errors.table(predictions, np.array([0])).to_dict("records")
    assert (row["row"], row["label"], row["network"], row["baseline"]) == (7, "negative", 0.98, 0.4)
    assert row["reason"] == (
        "the network gives positive 98.0%, more than to the average review labelled so (85.0%); "
        "the n-grams disagree (40.0%)"
    )
