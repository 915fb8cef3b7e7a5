"""What several tests share: small reviews, small settings, and a working copy of the project."""

import csv
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

ROOT = Path(__file__).parents[1]
IMDB = "data/IMDB Dataset.csv"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# Enough for every code path, little enough for seconds.
SMALL = {
    "download": {"rows": 600},
    "tokenize": {"vocabulary_size": 300, "max_tokens": 60},
    "embedding": {"dimensions": 8},
    "model": {"lstm_units": 6, "chunk_length": 20},
    "train": {"batch_size": 32, "epochs": 2},
    "evaluate": {"bootstrap_samples": 50},
}

EMBEDDING = np.random.default_rng(0).normal(0, 0.3, (50, 8)).astype(np.float32)  # to go with `vocabulary`


SLOWEST = ("test_pipeline.py", "test_recipes.py")  # several runs of a whole pipeline in each


def pytest_collection_modifyitems(items: list) -> None:
    """Begin with the files that take longest: of two workers, none is left alone with one at the end."""
    items.sort(key=lambda item: item.path.name not in SLOWEST)


def small_params(folder: Path, **changes: dict | str) -> None:
    """Write params.yaml into `folder`: the committed one with SMALL and `changes` in it."""
    content = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    for patch in (SMALL, changes):
        for section, values in patch.items():
            content[section] = content[section] | values if isinstance(values, dict) else values
    (folder / "params.yaml").write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def run(*command: str, cwd: Path, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
    """Run a command as a user would, with the Python of the tests first on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, **environment},
    )
    if check and result.returncode:
        pytest.fail(f"{' '.join(command)} exited with {result.returncode}\n{result.stdout}\n{result.stderr}")
    return result


@pytest.fixture
def web_server(monkeypatch):
    """A server at `url` on this machine; tests set its RequestHandlerClass, which notes paths in `asked`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.asked, server.url = [], f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def s3():
    """S3 as moto serves it, a process of its own: its `endpoint`, and the URL of an empty `bucket`."""
    import s3fs

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "made-up")
        patch.setenv("NO_PROXY", "127.0.0.1")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(port)
                s3fs.S3FileSystem(endpoint_url=endpoint).mkdir("bucket")
                yield SimpleNamespace(endpoint=endpoint, bucket="s3://bucket")
            finally:
                server.terminate()


def wait_for(port: int) -> None:
    """Wait until something listens on `port` of this machine, a minute at most."""
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, f"nothing listens on port {port}"
        time.sleep(0.1)


@pytest.fixture(scope="module")  # not the session: while it is open, no other test can use asyncio
def browser():
    """Chromium."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("needs Debian's chromium: apt install chromium")
    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        with playwright.chromium.launch(executable_path=chromium, args=root) as browser:
            yield browser


@pytest.fixture(scope="session")
def reviews():
    """60 reviews of 1 to 59 random tokens whose label says which of two tokens comes first."""
    from sentiment.data import dataset

    random = np.random.default_rng(0)
    labels = np.arange(60) % 2
    arrays = [random.integers(4, 50, length).astype(np.int32) for length in range(60)]
    arrays = [
        np.concatenate([[2 + label], ids]).astype(np.int32) for label, ids in zip(labels, arrays, strict=True)
    ]
    return dataset.ragged(arrays, labels, np.arange(60))


@pytest.fixture(scope="session")
def imdb():
    """The folder of the exported model that comes with the project."""
    return ROOT / "models" / "imdb"


@pytest.fixture
def constant_model(imdb, tmp_path):
    """A function that makes a model with the same logit for every text, and returns its folder."""
    from sentiment.ensemble import Ensemble
    from sentiment.inference import artifact

    def make(logit):
        published = artifact.read(imdb)
        about = {name: published.about[name] for name in ("corpus", "clean", "test")}
        ensemble = Ensemble(dict.fromkeys(published.ensemble.weights, 0.0), logit)
        folder = tmp_path / "constant"
        folder.mkdir()
        artifact.write(folder, published.network, published.ngrams, ensemble, published.vocabulary, about)
        return folder

    return make


@pytest.fixture(scope="session")
def vocabulary():
    """A vocabulary to go with `reviews`, which has some words that the reader learns from."""
    from sentiment.data.vocabulary import Vocabulary

    words = (f"w{number}" for number in range(42))
    return Vocabulary("regexp", True, 60, 0.5, (*words, "good", "bad", "great", "terrible", "not", "."))


@pytest.fixture(scope="session")
def classifier(reviews, vocabulary):
    """The n-gram classifier of `reviews`."""
    from sentiment.data.negation import Negation
    from sentiment.ngrams import counting, nb_logreg

    table = counting.count(reviews, Negation.of(vocabulary, 3), max_ngram=3, min_count=2)
    return nb_logreg.fit(
        table, nb_logreg.incidence(table, reviews), np.asarray(reviews.labels), smoothing=1.0, C=0.3
    )


@pytest.fixture(scope="session")
def settings():
    """The committed parameters with SMALL in them, for building networks."""
    from sentiment import params

    content = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    return {
        "model": params.Model(**content["model"] | SMALL["model"]),
        "train": params.Train(**content["train"] | SMALL["train"]),
    }


@pytest.fixture(scope="session")
def network(settings):
    """A function that builds a network, with changes to the settings, whose weights are always the same."""

    def build(**changes):
        import keras

        from sentiment.network import model

        keras.utils.set_random_seed(3)
        reader = changes.pop("reader", False)
        config = settings["model"].model_copy(update=changes)
        vectors = 10 * EMBEDDING
        # The reader's have one more dimension.
        built = model.build(config, vectors, 3, np.column_stack([vectors, vectors[:, 0]]) if reader else None)
        random = np.random.default_rng(0)
        for weight in built.trainable_weights:  # as if trained: no bias is zero, no two embeddings are alike
            weight.assign(weight + random.uniform(-0.1, 0.1, weight.shape))
        return built

    return build


@pytest.fixture(scope="session")
def export(network, classifier, vocabulary, tmp_path_factory):
    """A function that builds a network, exports it into a new folder and returns both."""
    from sentiment.ensemble import Ensemble
    from sentiment.export import to_onnx
    from sentiment.inference import artifact

    columns = {"text_column": "review", "label_column": "sentiment"}
    about = {"corpus": "made up", "clean": columns, "test": {"accuracy": 0.5}}

    def make(**changes):
        built, folder = network(**changes), tmp_path_factory.mktemp("exported")
        to_onnx.round_weights(built)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(to_onnx, "SMALL", 300)  # so that this embedding, too, is packed
            content = to_onnx.to_onnx(built, vocabulary.fingerprint)
        alone = len(built.inputs) == 1
        weights = {"lstm": 1.0} if alone else {"lstm": 1.5, "ngrams": 0.75}
        if changes.get("reader"):
            weights["reader"] = 0.5
        ensemble = Ensemble(weights, 0.25)
        ngrams = None if alone else classifier.quantized()
        artifact.write(folder, content, ngrams, ensemble, vocabulary, about)
        return built, folder

    return make


@pytest.fixture(scope="session")
def exported(export):
    """A network of the usual kind, its weights rounded, and the folder that it is exported into."""
    return export()


@pytest.fixture(scope="session")
def corpus_folder(reviews, vocabulary, classifier, tmp_path_factory):
    """A folder in which the stage `train` can run: `reviews` are its training, validation and test part."""
    from sentiment.ngrams import nb_logreg

    folder = tmp_path_factory.mktemp("corpus")
    small_params(folder)
    for part in ("train", "validation", "test"):
        reviews.save(folder / "data/tokens" / part)
    vocabulary.save(folder / "data/tokens/vocabulary.json")
    np.save(folder / "data/embedding.npy", EMBEDDING)
    votes, _ = classifier.votes_and_logits(reviews)
    np.save(folder / "data/votes.npy", votes.astype(np.float16))
    (folder / "models/baseline").mkdir(parents=True)
    nb_logreg.save(classifier, folder / "models/baseline", vocabulary)
    return folder


@pytest.fixture(scope="session")
def trained_folder(corpus_folder, network, vocabulary, tmp_path_factory):
    """A folder as the stage `train` would leave it, but for a network that has not been trained."""
    from sentiment.ensemble import Ensemble
    from sentiment.network import model

    folder = tmp_path_factory.mktemp("trained") / "project"
    shutil.copytree(corpus_folder, folder)
    model.save(network(reader=True), folder / "models/model.keras", vocabulary)
    ensemble = Ensemble({"lstm": 1.5, "reader": 0.5, "ngrams": 0.75}, 0.25)
    ensemble.save(folder / "models/ensemble.json", vocabulary)
    for part in ("train", "validation"):
        for lstm in ("", "reader"):
            curves = folder / "metrics/train" / lstm / "plots/metrics" / part
            curves.mkdir(parents=True)
            for score in ("loss", "accuracy"):
                (curves / f"{score}.tsv").write_text(f"step\t{score}\n0\t0.5\n1\t0.25\n")
    return folder


def working_copy(folder: Path) -> Path:
    """Copy the project's files, as they are now, into a new git repository with one commit."""
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() or (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    run("git", "init", "--quiet", cwd=folder)
    run("git", "config", "user.name", "Tester", cwd=folder)
    run("git", "config", "user.email", "tester@example.com", cwd=folder)
    return folder


def commit(folder: Path, message: str) -> None:
    """Commit everything in `folder`."""
    run("git", "add", "--all", cwd=folder)
    run("git", "commit", "--quiet", "--message", message, cwd=folder)


def corpus(path: Path, seed: int) -> None:
    """600 of the sample's reviews, 300 of each label, in an order of `seed`."""
    with (ROOT / "data" / "sample.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    chosen = [row for label in ("positive", "negative") for row in [r for r in rows if r[1] == label][:300]]
    random.Random(seed).shuffle(chosen)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *chosen])


def project_in(folder: Path, seed: int) -> Path:
    """A working copy with small parameters, a reader and a small corpus, committed; nothing has run in it."""
    working_copy(folder)
    small_params(folder, train={"reversed": 0.25})
    (folder / "dvc.lock").unlink(missing_ok=True)
    corpus(folder / IMDB, seed)
    commit(folder, "Small")
    return folder


def ran(result: subprocess.CompletedProcess) -> list[str]:
    """The stages that a dvc command ran."""
    return re.findall("Running stage '([^']+)'", result.stdout + result.stderr)
