"""The embed stage as `dvc repro` runs it, on a small corpus."""

import hashlib
import json
from collections import Counter
from importlib.metadata import version
from itertools import chain

import numpy as np
import pytest
from conftest import run, small_params

from sentiment.data import dataset
from sentiment.data.vocabulary import Vocabulary
from sentiment.embedding import matrix, word_vectors
from sentiment.system.machine import processor


@pytest.fixture(scope="module")
def corpus():
    """200 reviews of five tokens, of which every other has `good` or `fine`."""
    texts = [f"a {('good', 'tree', 'fine', 'leaf')[i % 4]} film over there".split() for i in range(200)]
    vocabulary = Vocabulary("regexp", True, 60, 0.5).fit(Counter(chain(*texts)), size=100, min_count=1)
    return dataset.ragged(
        [vocabulary.encode(text) for text in texts], np.ones(200), np.arange(200)
    ), vocabulary


@pytest.fixture
def stage(corpus, tmp_path):
    """Run the stage in tmp_path with these parameters of the embedding."""
    reviews, vocabulary = corpus
    reviews.save(tmp_path / "tokens" / "train")
    vocabulary.save(tmp_path / "tokens" / "vocabulary.json")

    def run_stage(check: bool = True, seed: str = "0", **changes):
        small_params(tmp_path, embedding={"dimensions": 8, **changes})
        command = ["python", "-m", "sentiment.stages.embed", "tokens", "e.npy", "m.json"]
        return run(*command, cwd=tmp_path, check=check, PYTHONHASHSEED=seed)

    return run_stage


def test_the_stage_gives_the_same_bytes_twice(corpus, stage, tmp_path):
    vocabulary = corpus[1]
    contents = []
    for seed in ("1", "2"):  # of Python's own hashes, on which nothing may depend
        stage(seed=seed)
        contents.append((tmp_path / "e.npy").read_bytes())
    assert contents[0] == contents[1]
    assert matrix.load(tmp_path / "e.npy", vocabulary).shape == (vocabulary.size, 8)
    assert json.loads((tmp_path / "m.json").read_text()) == {
        "vocabulary_share": 1,
        "token_share": 1,
        "environment": {"gensim": version("gensim"), "processor": processor()},
    }


def test_the_stage_reads_a_file(corpus, stage, tmp_path):
    vocabulary = corpus[1]
    word_vectors.write(
        tmp_path / "v.txt", {"good": np.arange(8, dtype=np.float32), "Fine": np.ones(8, np.float32)}
    )
    stage(init="file", file="v.txt")
    made = matrix.load(tmp_path / "e.npy", vocabulary)
    assert made[vocabulary.ids["good"]].tolist() == list(range(8))
    assert made[vocabulary.ids["fine"]].tolist() == [1] * 8
    assert json.loads((tmp_path / "m.json").read_text()) == {
        "vocabulary_share": round(2 / len(vocabulary.tokens), 4),
        "token_share": 0.1,  # every other review has one of the two among its five tokens
        "sha256": hashlib.sha256((tmp_path / "v.txt").read_bytes()).hexdigest(),
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"file": ""}, "params.yaml: embedding.file: embedding.init is file: name one here, by path or URL"),
        ({"file": "none.vec"}, "none.vec: no such file; embedding.file in params.yaml names it"),
        ({"file": "HTTP://127.0.0.1:9/v.txt"}, "HTTP://127.0.0.1:9/v.txt: cannot be downloaded (no conn"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(stage, tmp_path, changes, message):
    result = stage(check=False, init="file", **changes)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith(f"error: {message}")
    assert not {"e.npy", "m.json"} & {path.name for path in tmp_path.iterdir()}
