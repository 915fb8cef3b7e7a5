import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import run, small_params

from sentiment.data import dataset
from sentiment.data.text import TOKENIZERS, tokenizer
from sentiment.data.vocabulary import Vocabulary

COMMAND = ("python", "-m", "sentiment.stages.tokenize", "clean.parquet", "tokens", "tokens.json")


@pytest.fixture
def corpus(tmp_path):
    """200 clean reviews; every fifth has a word of its own, every tenth is long."""
    random = np.random.default_rng(1)
    texts = [
        f"this film was {random.choice(['good', 'bad'])} {'' if i % 5 else f'unique{i}'} "
        + "and then some more " * (20 if i % 10 == 0 else 1)
        for i in range(200)
    ]
    labels = pa.array([i % 2 for i in range(200)], pa.int8())
    pq.write_table(pa.table({"text": texts, "label": labels}), tmp_path / "clean.parquet")
    small_params(tmp_path, tokenize={"max_tokens": 30})
    return tmp_path


def test_three_parts_one_vocabulary(corpus):
    run(*COMMAND, cwd=corpus)
    parts = {part: dataset.load(corpus / "tokens" / part) for part in dataset.PARTS}
    assert {part: len(reviews) for part, reviews in parts.items()} == {
        "train": 144,
        "validation": 16,
        "test": 40,
    }
    vocabulary = Vocabulary.load(corpus / "tokens" / "vocabulary.json")
    texts = pq.read_table(corpus / "clean.parquet")["text"].to_pylist()
    for reviews in parts.values():
        for index in range(len(reviews)):
            tokens = vocabulary.tokenize(texts[reviews.rows[index]])
            assert reviews[index].tolist() == vocabulary.encode(tokens).tolist()
            assert reviews.labels[index] == reviews.rows[index] % 2


def test_the_vocabulary_knows_the_training_part_alone(corpus):
    small_params(corpus, tokenize={"min_count": 1})
    run(*COMMAND, cwd=corpus)
    train, test = dataset.load(corpus / "tokens" / "train"), dataset.load(corpus / "tokens" / "test")
    own = {f"unique{row}" for row in train.rows if row % 5 == 0}
    assert {
        token for token in Vocabulary.load(corpus / "tokens" / "vocabulary.json").tokens if "unique" in token
    } == own
    metrics = json.loads((corpus / "tokens.json").read_text())
    assert metrics["train"]["unknown_share"] == 0
    assert metrics["test"]["unknown_share"] == round(float((test.ids == 1).mean()), 4) > 0


def test_metrics_tell_what_was_cut(corpus):
    run(*COMMAND, cwd=corpus)
    metrics = json.loads((corpus / "tokens.json").read_text())
    rows = dataset.load(corpus / "tokens" / "train").rows
    assert metrics["train"]["truncated_share"] == round(float((rows % 10 == 0).mean()), 4)
    assert metrics["vocabulary"] == 2 + len(
        ["this", "film", "was", "good", "bad", "and", "then", "some", "more"]
    )


def test_the_same_bytes_twice(corpus):
    contents = []
    for _ in range(2):
        run(*COMMAND, cwd=corpus)
        contents.append(
            {p.relative_to(corpus): p.read_bytes() for p in corpus.glob("tokens/**/*") if p.is_file()}
        )
    assert contents[0] == contents[1]
    assert len(contents[0]) == 13


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_tokenizer_keeps_negations(name):
    tokens = tokenizer(name, lowercase=True)("It DIDN'T work, not at all: 7/10!!!")
    assert "not" in tokens
    assert {"didn't", "n't", "didn"} & set(tokens)
    assert all(token == token.lower() for token in tokens)


def test_the_default_keeps_marks_and_runs_of_signs_together():
    text = "I'd give it 7.5/10... or 10/10?! \"Wow\" - 1930's"
    expected = ["I'd", "give", "it", "7.5/10", "...", "or", "10/10", "?!", '"', "Wow", '"', "-", "1930's"]
    assert tokenizer("regexp", lowercase=False)(text) == expected


def test_too_small_a_corpus_is_told_in_one_line(corpus):
    table = pq.read_table(corpus / "clean.parquet").slice(0, 3)
    pq.write_table(table, corpus / "clean.parquet")
    result = run(*COMMAND, cwd=corpus, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("error: 3 reviews cannot be split")
    assert not (corpus / "tokens").exists()


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def other_columns(path):
    pq.write_table(pa.table({"text": ["a"]}), path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "clean.parquet: no such file; run `dvc repro clean` or `dvc pull`"),
        (cut, "clean.parquet: not cleaned reviews, or damaged; run `dvc repro clean`"),
        (other_columns, "clean.parquet: not cleaned reviews, or damaged; run `dvc repro clean`"),
    ],
)
def test_missing_or_damaged_reviews_are_told_in_one_line(corpus, damage, message):
    damage(corpus / "clean.parquet")
    result = run(*COMMAND, cwd=corpus, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [f"error: {message}"]
