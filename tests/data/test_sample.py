"""data/sample.csv: made by its script to the byte, in Kaggle's format, and hard without word order."""

import csv
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from sentiment.data.text import REGEXP, clean

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str]]:
    with (DATA / "sample.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    assert header == ["review", "sentiment"]
    return [(review, sentiment) for review, sentiment in rows]


@pytest.fixture(scope="module")
def labels_of(rows) -> dict[str, list[str]]:
    """The labels that each text has after cleaning, one for each of its rows."""
    labels = defaultdict(list)
    for review, sentiment in rows:
        labels[clean(review)].append(sentiment)
    return labels


def test_script_reproduces_the_committed_file(tmp_path):
    script = shutil.copy(DATA / "make_sample.py", tmp_path)
    subprocess.run([sys.executable, "-I", script], check=True, cwd="/")
    assert (tmp_path / "sample.csv").read_bytes() == (DATA / "sample.csv").read_bytes()


def test_file_is_small_utf8_with_unix_line_ends():
    content = (DATA / "sample.csv").read_bytes()
    assert len(content) < 1_800_000
    assert b"\r" not in content and content.endswith(b"\n")
    assert "é" in content.decode("utf-8")


@pytest.mark.parametrize("trait", ["<br /><br />", "<i>", "&amp;", '"', " & ", "  ", " out of ten"])
def test_has_the_traits_of_the_real_reviews(rows, trait):
    assert sum(trait in review for review, _ in rows) > 100


def test_contents_are_as_data_readme_says(rows, labels_of):
    contradicting = [labels for labels in labels_of.values() if len(set(labels)) == 2]
    kept = [labels[0] for labels in labels_of.values() if len(set(labels)) == 1]
    lengths = [len(re.findall(REGEXP, text)) for text in labels_of]
    counts = {
        "reviews | 6,000: 3,000 positive, 3,000 negative": len(rows) == 6000
        and [sentiment for _, sentiment in rows].count("positive") == 3000,
        "exact duplicates | 48": len(rows) - len(set(rows)) == 48,
        "other HTML or white space | 46": len({review for review, _ in rows}) - len(labels_of) == 46,
        "once with each label | 3 (6 rows)": [len(labels) for labels in contradicting] == [2] * 3,
        "5,900: 2,950 positive, 2,950 negative": len(kept) == 5900 and kept.count("positive") == 2950,
        "median 40, 95% have at most 60": np.quantile(lengths, (0.5, 0.95)).tolist() == [40, 60],
    }
    assert all(counts.values()), counts
    readme = (DATA / "README.md").read_text("utf-8")
    assert not [text for text in counts if text not in readme]


def test_n_grams_with_naive_bayes_weights_stay_under_85_percent(labels_of):
    texts = [text for text, labels in labels_of.items() if len(set(labels)) == 1]
    labels = np.array([labels_of[text][0] == "positive" for text in texts])
    split = train_test_split(texts, labels, test_size=0.2, random_state=42, stratify=labels)
    train_texts, test_texts, train, test = split
    vectorizer = CountVectorizer(binary=True, ngram_range=(1, 3), min_df=2, token_pattern=REGEXP)
    counts = vectorizer.fit_transform(train_texts)
    positive, negative = (1 + counts[train == label].sum(axis=0) for label in (True, False))
    ratio = np.log(positive / positive.sum()) - np.log(negative / negative.sum())
    for C in (0.3, 10):
        model = LogisticRegression(C=C, max_iter=1000).fit(counts.multiply(ratio).tocsr(), train)
        assert 0.5 < model.score(vectorizer.transform(test_texts).multiply(ratio).tocsr(), test) < 0.85
