import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import run, small_params

from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary

COMMAND = ("python", "-m", "sentiment.stages.tokenize", "clean.parquet", "tokens", "tokens.json")


def make_corpus(folder: Path, **tokenize) -> None:
    """Write 200 clean reviews; every fifth has a word of its own, every tenth is long."""
    random = np.random.default_rng(1)
    texts = []
    for i in range(200):
        words = ["this", "film", "was", random.choice(["good", "bad"]), *([] if i % 5 else [f"unique{i}"])]
        words += ["and", "then", "some", "more"] * (20 if i % 10 == 0 else 1)
        texts.append(" ".join(random.permutation(words)))  # in one order, they would be near-duplicates
    labels = pa.array([i % 2 for i in range(200)], pa.int8())
    pq.write_table(pa.table({"text": texts, "label": labels}), folder / "clean.parquet")
    small_params(folder, tokenize={"max_tokens": 30, **tokenize})


@pytest.fixture
def corpus(tmp_path):
    make_corpus(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder in which the stage has run."""
    folder = tmp_path_factory.mktemp("done")
    make_corpus(folder)
    run(*COMMAND, cwd=folder, PYTHONHASHSEED="1")
    return folder


def test_three_parts_share_one_vocabulary_and_metrics_describe_them(done):
    parts = {part: dataset.load(done / "tokens" / part) for part in dataset.PARTS}
    assert [len(reviews) for reviews in parts.values()] == [144, 16, 40]
    vocabulary = Vocabulary.load(done / "tokens" / "vocabulary.json")
    texts = pq.read_table(done / "clean.parquet")["text"].to_pylist()
    for reviews in parts.values():
        for index in range(len(reviews)):
            tokens = vocabulary.tokenize(texts[reviews.rows[index]])
            assert reviews[index].tolist() == vocabulary.encode(tokens).tolist()
            assert reviews.labels[index] == reviews.rows[index] % 2
    metrics = json.loads((done / "tokens.json").read_text())
    truncated = parts["train"].rows % 10 == 0
    assert metrics["train"]["truncated_share"] == round(float(truncated.mean()), 4)
    assert "groups" not in metrics["train"]
    assert metrics["vocabulary"] == 2 + 9  # padding, unknown, and the words that many reviews have


def test_the_same_bytes_twice(done, corpus):
    run(*COMMAND, cwd=corpus, PYTHONHASHSEED="2")
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.glob("tokens/**/*") if path.is_file()}
        for folder in (done, corpus)
    )
    assert first == second
    assert len(first) == 13


def test_the_vocabulary_is_fitted_on_the_training_part_alone(tmp_path):
    make_corpus(tmp_path, min_count=1)
    run(*COMMAND, cwd=tmp_path)
    train, test = (dataset.load(tmp_path / "tokens" / part) for part in ("train", "test"))
    vocabulary = Vocabulary.load(tmp_path / "tokens" / "vocabulary.json")
    own = {f"unique{row}" for row in train.rows if row % 5 == 0}
    assert {token for token in vocabulary.tokens if "unique" in token} == own
    metrics = json.loads((tmp_path / "tokens.json").read_text())
    assert metrics["train"]["unknown_share"] == 0
    assert metrics["test"]["unknown_share"] == round(float((test.ids == 1).mean()), 4) > 0


def grouped(path, groups: int):
    table = pq.read_table(path)
    names = [f"film {row % groups}" for row in range(len(table))]
    pq.write_table(table.append_column("group", pa.array(names)), path)


def test_groups_stay_together_and_metrics_count_them(corpus):
    grouped(corpus / "clean.parquet", 25)
    run(*COMMAND, cwd=corpus)
    parts = [dataset.load(corpus / "tokens" / part) for part in dataset.PARTS]
    films = [set(part.rows % 25) for part in parts]
    assert [len(part) for part in parts] == [144, 16, 40]
    assert len(set.union(*films)) == sum(map(len, films)) == 25
    metrics = json.loads((corpus / "tokens.json").read_text())
    assert [metrics[part]["groups"] for part in dataset.PARTS] == [len(part) for part in films] == [18, 2, 5]


def with_twins(path) -> dict[int, int]:
    """Every ninth review becomes another one with one word more; the row of that one by its own."""
    table = pq.read_table(path)
    texts = table["text"].to_pylist()
    twins = {row: (row + 100) % 200 for row in range(0, 90, 9)}
    for row, twin in twins.items():
        texts[row] = f"{texts[twin]} again"
    pq.write_table(table.set_column(0, "text", pa.array(texts)), path)
    return twins


def test_near_duplicates_are_in_one_part_and_all_others_stay_where_they_were(done, corpus):
    twins = with_twins(corpus / "clean.parquet")
    run(*COMMAND, cwd=corpus)
    before, after = (
        {part: set(dataset.load(folder / "tokens" / part).rows.tolist()) for part in dataset.PARTS}
        for folder in (done, corpus)
    )
    assert any((row in rows) != (twin in rows) for rows in before.values() for row, twin in twins.items())
    assert all((row in rows) == (twin in rows) for rows in after.values() for row, twin in twins.items())
    for part, rows in before.items():
        assert rows ^ after[part] <= set(twins.values())
    metrics = json.loads((corpus / "tokens.json").read_text())
    alike = {*twins, *twins.values()}
    assert [metrics[part]["near_duplicates"] for part in dataset.PARTS] == [
        len(alike & after[part]) for part in dataset.PARTS
    ]
    assert json.loads((done / "tokens.json").read_text())["test"]["near_duplicates"] == 0


def two_groups(path):
    grouped(path, 2)


def all_alike(path):
    table = pq.read_table(path)
    texts = [f"{'one text for all of the reviews ' * 5} {row}" for row in range(len(table))]
    pq.write_table(table.set_column(0, "text", pa.array(texts)), path)


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-100])


def other_columns(path):
    pq.write_table(pa.table({"text": ["a"]}), path)


def three_reviews(path):
    pq.write_table(pq.read_table(path).slice(0, 3), path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (Path.unlink, "clean.parquet: no such file; run `dvc repro clean` or `dvc pull`"),
        (cut_short, "clean.parquet: not cleaned reviews, or damaged; run `dvc repro clean`"),
        (other_columns, "clean.parquet: not cleaned reviews, or damaged; run `dvc repro clean`"),
        (
            three_reviews,
            "3 reviews cannot be split as params.yaml's split says, both labels in each part; add",
        ),
        (all_alike, "too many reviews are nearly the same: kept in one part, they leave "),
        (two_groups, "the parts of the split need a group each, but there is only 'film 0' of 100 reviews"),
    ],
)
def test_reviews_that_cannot_be_read_or_split_are_told_in_one_line(corpus, damage, message):
    damage(corpus / "clean.parquet")
    result = run(*COMMAND, cwd=corpus, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith(f"error: {message}")
    assert "Traceback" not in result.stderr
    assert not (corpus / "tokens").exists()


def test_imdb_npz_keeps_its_split_and_its_ids(tmp_path):
    random = np.random.default_rng(0)
    train, test = ([random.integers(1, 90, length).tolist() for length in range(n)] for n in (50, 30))
    labels = {"y_train": np.arange(50) % 2, "y_test": np.arange(30) % 2}
    np.savez(tmp_path / "imdb.npz", x_train=np.array(train, object), x_test=np.array(test, object), **labels)
    command = "python", "-m", "sentiment.stages.tokenize", "imdb.npz", "tokens", "tokens.json"
    small_params(
        tmp_path, tokenize={"numbering": "imdb", "vocabulary_size": 60, "max_tokens": 40, "head": 0.0}
    )
    run(*command, cwd=tmp_path)
    parts = {part: dataset.load(tmp_path / "tokens" / part) for part in dataset.PARTS}
    assert [len(reviews) for reviews in parts.values()] == [45, 5, 30]
    for part, reviews in parts.items():
        assert (reviews.rows >= 50).all() if part == "test" else (reviews.rows < 50).all()
        for index, row in enumerate(reviews.rows):
            # As keras.datasets.imdb.load_data(num_words=64) and pad_sequences(maxlen=40) give it.
            ids = [1, *(rank + 3 if rank + 3 < 64 else 2 for rank in (train + test)[row])]
            assert reviews[index].tolist() == ids[-40:]
    assert Vocabulary.load(tmp_path / "tokens" / "vocabulary.json").tokens[:2] == ("#1", "#2")
    assert json.loads((tmp_path / "tokens.json").read_text())["test"]["unknown_share"] > 0

    small_params(tmp_path)
    result = run(*command, cwd=tmp_path, check=False)
    assert result.returncode == 1
    assert result.stderr == "error: imdb.npz: holds ids, not texts: tokenize.numbering must be imdb for it\n"


def test_many_unknown_tokens_are_told(tmp_path):
    make_corpus(tmp_path, vocabulary_size=2)
    assert (
        "of the validation part's tokens are unknown: set tokenize.tokenizer"
        in run(*COMMAND, cwd=tmp_path).stderr
    )
