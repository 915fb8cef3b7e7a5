"""The benchmark of reading: what it reads, what it makes of it, and its runs on a small corpus."""

import copy
import csv
import hashlib
import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import IMDB, ROOT, commit, corpus, run, small_params, working_copy

from sentiment.data.imdb_archives import review_checksum
from sentiment.errors import UserError

slow = pytest.mark.slow
RECIPE = "kaggle-lstm"
ORIGINAL = 'I saw "The Mill".<br /><br />A good film, but it is not long; the cast did their best.'
REVERSED = 'I saw "The Mill".<br /><br />A bad film, and it is long; the cast did their worst.'


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)


def write_pairs(folder, **pairs) -> None:
    """Write the files of pairs, each of them original, its label and its reverse."""
    folder.mkdir(exist_ok=True)
    for name in ("dev", "train"):
        with (folder / f"{name}_paired.tsv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, "excel-tab", lineterminator="\n")
            writer.writerow(["Sentiment", "Text", "batch_id"])
            for number, (original, label, reversed_) in enumerate(pairs.get(name, [])):
                for text, of_text in (original, label), (reversed_, 1 - label):
                    writer.writerow([["Negative", "Positive"][of_text], text, number])


def write_films(path, texts, number: int) -> None:
    """Write the films of `texts`: as many as `number`, and each in one part of the archive."""
    films = [
        (review_checksum(text), f"tt{i % number}", "test" if i % 2 else "train")
        for i, text in enumerate(texts)
    ]
    pd.DataFrame(films, columns=["sha256_of_review", "film", "part"]).to_csv(path, index=False)


def test_pairs_are_read_with_their_quotes(tmp_path):
    from benchmarks.reading_data import read_pairs

    write_pairs(tmp_path, dev=[(ORIGINAL, 1, REVERSED), ("null", 0, "NA")])
    assert '""The Mill""' in (tmp_path / "dev_paired.tsv").read_text("utf-8")
    table = read_pairs(tmp_path / "dev_paired.tsv")
    assert table.to_dict("list") == {
        "original": [ORIGINAL, "null"],
        "reversed": [REVERSED, "NA"],
        "label": [0, 1],
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [("\t1\n", "\t2\n"), ("Negative", "Positive"), ("Text", "text"), ("Positive\tnull", "Good\tnull")],
)
def test_what_is_no_file_of_pairs_is_told(tmp_path, old, new):
    from benchmarks.reading_data import read_pairs

    write_pairs(tmp_path, dev=[(ORIGINAL, 1, REVERSED), ("NA", 0, "null")])
    path = tmp_path / "dev_paired.tsv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(UserError, match=r"dev_paired\.tsv: not pairs of reviews as in https://"):
        read_pairs(path)


def test_a_file_is_downloaded_once_and_checked(web_server, tmp_path, monkeypatch):
    from benchmarks.reading_data import fetched

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"films")

    web_server.RequestHandlerClass = Handler
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    right = f"sha256:{hashlib.sha256(b'films').hexdigest()}"
    for _ in range(2):
        assert fetched(f"{web_server.url}/a", right).read_bytes() == b"films"
    assert web_server.asked == ["/a"]
    with pytest.raises(
        UserError, match=r"does not match the known hash(.|\n)*name it by --films or --reversed"
    ):
        fetched(f"{web_server.url}/b", f"sha256:{'0' * 64}")


def test_reviews_in_pairs_are_left_out():
    """By their letters; by their start or end where they were changed; and so are reversed ones."""
    from benchmarks.reading_corpus import without_pairs

    start, end = (f"the {name} of a review that is longer than what is compared" for name in ("start", "end"))
    texts = ["It's <i>good</i> -- so good!", f"{start} {'x' * 9}", f"{'y' * 9} {end}", "Reversed", "Another"]
    reviews = pd.DataFrame({"text": texts})
    pairs = pd.DataFrame(
        {
            "original": ["its good, so good", f"{start} z", f"z {end}"],
            "reversed": ["reversed", "not there", "nor this"],
        }
    )
    assert without_pairs(reviews, [pairs], "a.csv")["text"].tolist() == ["Another"]
    pairs.loc[0, "original"] = "It's good"
    with pytest.raises(UserError, match=r"^a\.csv: 1 of the reversed reviews' originals are missing"):
        without_pairs(reviews, [pairs], "a.csv")


def test_a_text_of_both_parts_is_in_the_test_part():
    from benchmarks.reading_corpus import with_films

    reviews = pd.DataFrame({"text": ["one", "both", "one"]})
    films = pd.DataFrame(
        [("one", "tt8", "train"), ("both", "tt1", "train"), ("both", "tt3", "test")],
        columns=["sha256_of_review", "film", "part"],
    )
    films["sha256_of_review"] = films["sha256_of_review"].map(review_checksum)
    found = with_films(reviews, films, "a.csv")
    assert found["film"].tolist() == ["tt8", "tt1", "tt8"]
    assert found["part_film"].tolist() == ["train/tt8", "test/tt3", "train/tt8"]
    with pytest.raises(UserError, match=r"^a\.csv: 2 of 3 reviews have no film; is it another corpus\?$"):
        with_films(reviews, films.iloc[[0]].assign(sha256_of_review=review_checksum("both")), "a.csv")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a good film in every way", "a bad film in every way", ["other words only"]),
        ("it is good for all of us here", "it is not good for all of us here", ["negator inserted"]),
        ("they didn't like it and so it all goes", "they liked it and so it all goes", ["negator dropped"]),
        (
            "it is not good but it is short and it is sweet",
            "it is good but it is not short and it is sweet",
            ["negator inserted", "negator dropped"],
        ),
        (
            "long but good all in all , my dear",
            "long and good all in all , my dear",
            ["`but` and `and` exchanged"],
        ),
        ("short and bad", "what a fine long film", ["a quarter or more rewritten"]),
        ("not one of them can act in this film", "none of them can act in this film", ["other words only"]),
    ],
)
def test_kinds_of_edit(before, after, expected):
    from benchmarks import edits

    assert edits.kinds(before.split(), after.split()) == expected


def test_pairs_are_described_by_the_tokens_of_the_clean_text():
    from benchmarks import edits

    pairs = pd.DataFrame({"original": [ORIGINAL, "a " * 301], "reversed": [REVERSED, "b " * 301]})
    found = edits.describe(pairs)
    assert found["length"].tolist() == ["up to 100", "more than 300"]
    assert found["kinds"].tolist() == [["negator dropped", "`but` and `and` exchanged"], [edits.REWRITTEN]]
    assert [edits.length(["x"] * n) for n in (100, 101, 300)] == ["up to 100", "101 to 200", "201 to 300"]


def test_scores():
    """Whatever names the classifiers have; a pair counts if both of its sides are right."""
    from benchmarks import reading_runs

    pairs = pd.DataFrame(
        {
            "original": ["a", "b"],
            "reversed": ["c", "d"],
            "label": [1, 0],
            "length": ["up to 100", "101 to 200"],
            "kinds": [["negator inserted"], ["negator inserted", "negator dropped"]],
        }
    )
    texts = reading_runs.texts_of({"dev": pairs})
    assert list(zip(texts["set"], texts["text"], texts["label"], strict=True)) == [
        ("dev original", "a", 0),
        ("dev original", "b", 1),
        ("dev reversed", "c", 1),
        ("dev reversed", "d", 0),
    ]
    test = pd.DataFrame({"set": ["test"] * 4, "label": [1, 0, 1, 0]})
    predictions = pd.concat([test, texts.drop(columns="text")], ignore_index=True)
    predictions["reader"] = [0.9, 0.1, 0.9, 0.9, 0.1, 0.1, 0.9, 0.9]
    assert reading_runs.scores(predictions, {"dev": pairs}) == {
        "reader": {
            "test": 0.75,
            "dev": {
                "original": 0.5,
                "reversed": 0.5,
                "pairs": 0.5,
                "lengths": {"up to 100": 1.0, "101 to 200": 0.0},
                "kinds": {"negator inserted": 0.5, "negator dropped": 0.0},
            },
        }
    }
    assert reading_runs.scores(predictions[:4], {}) == {"reader": {"test": 0.75}}


def test_the_original_split_is_validated_by_film():
    from benchmarks.original_split import split
    from sentiment import params

    films = np.arange(400) % 40
    groups = np.array([f"{'test' if film < 20 else 'train'}/tt{film}" for film in films])
    labels = np.random.default_rng(0).integers(0, 2, 400)
    rows = split(labels, groups, params.Split(test=0.2, validation=0.1, seed=42))
    assert rows["test"].tolist() == np.flatnonzero(films < 20).tolist()
    assert sorted([*rows["train"], *rows["validation"]]) == np.flatnonzero(films >= 20).tolist()
    assert not set(films[rows["train"]]) & set(films[rows["validation"]])
    assert len(rows["validation"]) == 20


def test_an_unknown_part_is_told(tmp_path):
    done = bench("--only", "books", cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "error: no part books; there are films, original, recipes, changes\n",
    )


def bench(*arguments: str, cwd, check: bool = True):
    return run(
        "python",
        "-m",
        "benchmarks.reading",
        *arguments,
        cwd=cwd,
        check=check,
        PYTHONPATH=f"{ROOT}:{ROOT / 'src'}",
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with small parameters, one recipe, a small corpus of 60 films, and pairs made from it."""
    folder = tmp_path_factory.mktemp("reading")
    working_copy(folder)
    small_params(folder, train={"epochs": 1})
    recipes = yaml.safe_load((folder / "recipes/params.yaml").read_text("utf-8"))
    recipes["recipes"] = {RECIPE: recipes["recipes"][RECIPE] | {"train": {"epochs": 1}}}
    (folder / "recipes/params.yaml").write_text(yaml.safe_dump(recipes), "utf-8")
    for left in (folder / "dvc.lock", *kept_in(folder)):
        left.unlink()
    commit(folder, "Small")
    corpus(folder / IMDB, seed=0)
    table = pd.read_csv(folder / IMDB, keep_default_na=False)
    write_films(folder / "films.csv.xz", table["review"], 60)
    made = [
        (text, int(label == "positive"), f"{text} I do not think so.")
        for text, label in zip(table["review"], table["sentiment"], strict=True)
    ]
    write_pairs(folder / "pairs", dev=made[:10], train=made[10:40])
    return folder


def kept_in(project: Path) -> list[Path]:
    """The files of results that are there."""
    return list((project / "benchmarks").glob("reading*.json"))


def measure(project, part: str) -> tuple[str, dict, str]:
    """What a run of one part gives: what it prints, all results so far, and the page."""
    done = bench(
        "--films", "films.csv.xz", "--reversed", "pairs", "--seeds", "1", "--only", part, cwd=project
    )
    found = [json.loads(path.read_text("utf-8"))["results"] for path in kept_in(project)]
    kept = {name: result for results in found for name, result in results.items()}
    page = (project / "benchmarks/reading.md").read_text("utf-8")
    return done.stdout, {name: result["value"] for name, result in kept.items()}, page


@slow
def test_new_films_and_reversed_reviews(project):
    """One real run; then the page and the headline of it and of what had been kept."""
    _, results, _ = measure(project, "films")
    run = results["films, seed 42"]
    assert {"network", "baseline"} <= set(run["systems"])
    assert 500 < sum(run["reviews"].values()) <= 560  # those in pairs, and what is there twice, are left out
    network = run["systems"]["network"]
    assert network["train"]["lengths"] == {"up to 100": network["train"]["reversed"]}
    kinds = network["train"]["kinds"]
    assert "negator inserted" in kinds and "negator dropped" not in kinds

    path = project / "benchmarks/reading.json"
    kept = json.loads(path.read_text("utf-8"))
    other = copy.deepcopy(kept["results"]["films, seed 42"])
    other["value"]["systems"]["network"]["test"] = network["test"] - 0.1
    changes = kept | {"results": {"changed: no sentences, seed 42": other}}
    (project / "benchmarks/reading_changes.json").write_text(json.dumps(changes), "utf-8")
    kept["results"]["films, seed 43"] = other
    path.write_text(json.dumps(kept), "utf-8")
    printed, _, page = measure(project, "films")
    assert "..." not in printed
    assert f"| network | {100 * network['test'] - 5:.1f} ± 7.1 | " in page
    section = page.split("## What makes it read")[1]
    assert f"| nothing | 2 | {100 * network['test'] - 5:.1f} ± 7.1 | " in section
    assert f"| no sentences | 1 | {100 * network['test'] - 10:.1f} | " in section


def test_every_change_is_one_of_the_committed_parameters():
    from benchmarks import reading
    from sentiment import params

    for change in reading.CHANGES.values():
        [(name, value)] = change.items()
        section, key = name.split(".")
        assert getattr(getattr(params.load(section, path=ROOT / "params.yaml"), section), key) != value


@slow
def test_the_original_split(project):
    _, results, page = measure(project, "original")
    [run] = [value for name, value in results.items() if name == "original split"]
    assert run["reviews"]["test"] > 250 and 10 < run["reviews"]["validation"] < 60
    assert {"test"} == set(run["systems"]["network"])
    section = page.split("## The original split")[1]
    assert f"| network | {100 * run['systems']['network']['test']:.1f} |" in section


@slow
def test_recipes(project):
    _, results, page = measure(project, "recipes")
    [run] = [value for name, value in results.items() if name == f"recipe {RECIPE}"]
    assert set(run["systems"]) == {"network", "baseline"}
    reversed_ = 100 * run["systems"]["network"]["train"]["reversed"]
    row = next(line for line in page.splitlines() if line.startswith(f"| recipe {RECIPE} |"))
    assert row.split(" | ")[3] == f"{reversed_:.1f}"
    assert page.count(f"\n| recipe {RECIPE} | ") == 4  # `train` and `dev` pairs, by length, by kind of edit
