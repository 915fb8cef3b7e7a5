"""The page of what `reading` has measured."""

from typing import Any

import pandas as pd

from benchmarks import edits
from benchmarks.results import FOLDER, Results, spread, write
from sentiment.evaluation.plots import NAMES
from sentiment.reports.markdown import table
from sentiment.reports.reading_figures import FILMS, RESULT

RECIPE, ORIGINAL, CHANGE = "recipe ", "original split", "changed: "  # how the names of the other runs begin
KAUSHIK = "[Kaushik et al. 2020](https://openreview.net/forum?id=Sklgs0NFvr)"
PUBLISHED = {"LSTM": (86.3, 68.0), "SVM": (87.8, 60.9), "BERT": (93.2, 88.3)}  # on originals, on reversed
MESNIL = "[Mesnil et al. 2015](https://arxiv.org/abs/1412.5335)"
PUBLISHED_ORIGINAL = {
    f"NB-SVM on trigrams, {MESNIL}": "91.9",
    f"its ensemble with a language model and sentence vectors, {MESNIL}": "92.57",
    "oh-2LSTMp, [Johnson & Zhang 2016](https://arxiv.org/abs/1602.02373)": "91.9",
}
SCORES = {"originals": "original", "reversed": "reversed", "both": "pairs"}
Runs = dict[str, dict[str, Any]]  # by name, as `reading_runs` returns them
Pairs = dict[str, pd.DataFrame]


def report(results: list[Results], pairs: Pairs) -> None:
    """Write the page of all results there are."""
    values: Runs = {name: value for some in results for name, value in some.values.items()}
    films, recipes, original, changes = (of(values, kind) for kind in (FILMS, RECIPE, ORIGINAL, CHANGE))
    minutes, machines = sum(some.minutes for some in results), {run["machine"] for run in values.values()}
    write(
        FOLDER / "reading.md",
        "# Does the model read?",
        f"Written by `python -m benchmarks.reading` after {minutes:.0f} minutes on "
        f"{' and on '.join(sorted(machines))}.",
        *(films_section(films, recipes, pairs) if films or recipes else []),
        *(edits_sections(films, recipes, pairs[RESULT]) if films or recipes else []),
        *(changes_section(films, changes) if changes else []),
        *(original_section(original) if original else []),
    )


def of(values: Runs, kind: str) -> Runs:
    """The runs whose names begin like this."""
    return {name: value for name, value in values.items() if name.startswith(kind)}


def films_section(films: Runs, recipes: Runs, pairs: Pairs) -> list[str]:
    """What was measured on films that training has not seen, with the pairs out of training."""
    return [
        "## New films and reversed reviews",
        f"The split is by film: {sizes(films or recipes)}, the last of films that are in no other part. Of "
        f"{sum(map(len, pairs.values())):,} more reviews, people have reversed the verdict with as few "
        f"changes as they could ({KAUSHIK}). These originals are in no part, as a model that remembers them "
        'would be wrong on their reverse. "Both" is the share of pairs that it is right on before and after.',
        "Accuracy in %, mean and standard deviation over the seeds of split and training, of which there are "
        f"{len(films)}; recipes have one. These are the {len(pairs[RESULT]):,} `train` pairs of the source, "
        "by which no choice was made. The published models were trained on 19,000 reviews, and tested on 488 "
        "other pairs.",
        scores_table(films, recipes, RESULT, published=True),
        f"The same on the {len(pairs['dev']):,} `dev` pairs, by which choices are made:",
        scores_table(films, recipes, "dev"),
    ]


def scores_table(films: Runs, recipes: Runs, pairs: str, published: bool = False) -> str:
    """Accuracy on new films, and on originals, reversed reviews and both sides of a set of pairs."""
    rows = [[label, *scores(runs, name, pairs)] for label, runs, name in classifiers(films, recipes)]
    if published:
        rows += [[f"{name}, {KAUSHIK}", "", *map(str, both), ""] for name, both in PUBLISHED.items()]
    return table(["", "new films", *SCORES], rows)


def classifiers(films: Runs, recipes: Runs) -> list[tuple[str, Runs, str]]:
    """All that are compared: how the page calls it, its runs, and its name in them."""
    found = [(NAMES.get(name, name), films, name) for name in systems(films)]
    for name, run in recipes.items():
        own = {"network": name, "baseline": f"{name}: its linear baseline"}
        found += [(label, {name: run}, system) for system, label in own.items()]
    return found


def scores(runs: Runs, system: str, pairs: str) -> list[str]:
    """The cells of one system."""
    return [percent(runs, system, "test"), *(percent(runs, system, pairs, key) for key in SCORES.values())]


def edits_sections(films: Runs, recipes: Runs, pairs: pd.DataFrame) -> list[str]:
    """Accuracy on reversed reviews, by their length and by what was changed."""
    lengths = {name: int((pairs["length"] == name).sum()) for name in [*edits.LENGTHS.values(), edits.LONGER]}
    kinds = {kind: sum(kind in some for some in pairs["kinds"]) for kind in edits.KINDS}
    return [
        "## Reversed reviews by length",
        f"Accuracy in % on the reversed reviews of the `{RESULT}` pairs, by their number of tokens.",
        groups_table(films, recipes, "lengths", lengths),
        "## Reversed reviews by kind of edit",
        "The same, by a diff of the tokens of original and reversed review. An edit can be of several kinds.",
        groups_table(films, recipes, "kinds", kinds),
        "\n".join(f"- {kind}: {meaning}." for kind, meaning in edits.KINDS.items()),
    ]


def groups_table(films: Runs, recipes: Runs, key: str, counts: dict[str, int]) -> str:
    """Accuracy on reversed reviews, one column a group; a group without reviews has none."""
    groups = [group for group, count in counts.items() if count]
    rows = [["reviews", *(f"{counts[group]:,}" for group in groups)]]
    for label, runs, name in classifiers(films, recipes):
        rows.append([label, *(percent(runs, name, RESULT, key, group) for group in groups)])
    return table(["", *groups], rows)


def changes_section(films: Runs, changes: Runs) -> list[str]:
    """What each part of the network is worth for reading."""
    names = list(dict.fromkeys(name.rpartition(", seed ")[0] for name in changes))
    several = {"nothing": films} | {
        name.removeprefix(CHANGE): of(changes, f"{name}, seed ") for name in names
    }
    return [
        "## What makes it read",
        "The same with one thing changed in params.yaml, on the `dev` pairs: the stacked network's accuracy "
        "in %, mean and standard deviation.",
        table(
            ["changed", "seeds", "new films", *SCORES],
            [
                [name, str(len(runs)), *scores(runs, "network", "dev")]
                for name, runs in several.items()
                if runs
            ],
        ),
    ]


def original_section(original: Runs) -> list[str]:
    """What was measured with the training and the test part of the original archive."""
    rows = [[NAMES.get(name, name), percent(original, name, "test")] for name in systems(original)]
    return [
        "## The original split",
        f"Accuracy in % with the original archive's training and test part, one training: {sizes(original)}. "
        "The validation part is split off the training part, by film. A text is taken once, and a text that "
        "the archive has in both parts only for the test. The published ones, too, had neither other texts "
        "nor the archive's unlabelled reviews.",
        table(["", "accuracy"], [*rows, *map(list, PUBLISHED_ORIGINAL.items())]),
    ]


def systems(runs: Runs) -> list[str]:
    """The names of the classifiers that all `runs` have scored."""
    found = [run["systems"] for run in runs.values()]
    return [name for name in (found[0] if found else []) if all(name in one for one in found)]


def percent(runs: Runs, system: str, *keys: str) -> str:
    """What stands under `keys` in a system's scores, in % over the runs."""
    values = []
    for run in runs.values():
        value: Any = run["systems"][system]
        for key in keys:
            value = value[key]
        values.append(100 * value)
    return spread(values, 1)


def sizes(runs: Runs) -> str:
    """The sizes of the parts in the first run."""
    reviews = next(iter(runs.values()))["reviews"]
    return "{train:,} reviews for training, {validation:,} for validation, {test:,} for the test".format(
        **reviews
    )
