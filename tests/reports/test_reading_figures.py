import pytest

from sentiment.reports.reading_figures import headline, systems
from sentiment.system import files


def result(test: float, train: tuple[float, float], dev: tuple[float, float]) -> dict:
    """A run of the network with these scores, and of a baseline that is always wrong."""
    train, dev = ({"original": 0.5, "reversed": one, "pairs": both} for one, both in (train, dev))
    wrong = {"test": 0.0, "train": {"original": 0.0, "reversed": 0.0, "pairs": 0.0}}
    systems = {"network": {"test": test, "train": train, "dev": dev}, "baseline": wrong}
    return {"seconds": 1.0, "value": {"systems": systems}}


def test_the_headline_is_the_mean_of_the_network_on_new_films(tmp_path):
    """Neither the pairs for choices nor other runs have a part in it."""
    results = {
        "films, seed 42": result(0.75, (0.5, 0.25), (0.0, 0.0)),
        "films, seed 43": result(0.25, (1.0, 0.75), (0.0, 0.0)),
        "original split": result(1.0, (1.0, 1.0), (1.0, 1.0)),
        "recipe kaggle-lstm": result(1.0, (1.0, 1.0), (1.0, 1.0)),
    }
    path = tmp_path / "reading.json"
    files.write_json(path, {"conditions": {}, "results": results})
    assert headline(path) == {"seeds": 2, "new_films": 0.5, "reversed": 0.75, "pairs": 0.5}
    assert systems(path) == {
        "network": {"new_films": 0.5, "original": 0.5, "reversed": 0.75, "pairs": 0.5},
        "baseline": {"new_films": 0.0, "original": 0.0, "reversed": 0.0, "pairs": 0.0},
    }


def test_no_run_on_new_films_is_told(tmp_path):
    path = tmp_path / "reading.json"
    with pytest.raises(FileNotFoundError):
        headline(path)
    files.write_json(path, {"conditions": {}, "results": {"original split": result(1.0, (1, 1), (1, 1))}})
    with pytest.raises(ValueError, match="no run on new films"):
        headline(path)
