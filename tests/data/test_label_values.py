from collections import Counter

import pytest

from sentiment.data import label_values
from sentiment.data.label_values import Labels, canonical
from sentiment.errors import UserError


def test_values_are_compared_trimmed_in_any_case_and_whole_numbers_by_value():
    values = [" POS\t", "1.0", "-3.00", "4.5", True, 2, 1.0, None, "1.0.0"]
    assert list(map(canonical, values)) == ["pos", "1", "-3", "4.5", "true", "2", "1", "", "1.0.0"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["0", "1"], {"1": 1, "0": 0}),
        (["0", "4"], {"4": 1, "0": 0}),
        (["1", "2", "3", "4", "5"], {}),  # 1 is the worst of these
        (["0", "1", "2"], {}),
        (["0", "2", "4"], {}),
        (["-1", "1"], {}),
    ],
)
def test_numbers_mean_something_only_where_there_are_no_others(values, expected):
    assert label_values.usual(values) == label_values.WORDS | expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"1": 9, "2": 1, "3": 2, "4": 3, "5": 4},
            "under clean: positive: [4, 5], negative: [1, 2], other: drop?",
        ),
        (
            {"positive": 2, "neutral": 1, "negative": 2},
            "positive: [positive], negative: [negative], other: drop?",
        ),
        ({"ham": 5, "spam": 1}, "positive: [ham], negative: [spam], or the other way round?"),
        ({"so so": 5, "fine, really": 1}, 'positive: ["fine, really"], negative: ["so so"], or'),
        ({"-1": 3, "1": 3}, "positive: [1], negative: [-1]?"),
        (
            {"a": 3, "b": 2, "c": 1},
            "'a' (3), 'b' (2), 'c' (1); set clean.positive and clean.negative in params.yaml",
        ),
    ],
)
def test_an_error_lists_values_with_counts_and_the_lines_that_would_take_them(values, message):
    known = label_values.usual(values)
    others = Counter({value: count for value, count in values.items() if value in known})
    told = label_values.misfits(Counter(values) - others, others)
    assert told.startswith("neither positive nor negative: ")
    assert message in told


def test_a_column_of_texts_is_not_listed_whole():
    told = label_values.misfits(Counter({f"text {number}": 1 for number in range(5000)}), Counter())
    assert "'text 9' (1) and 4,990 other values; set clean.positive" in told


def test_names_are_the_corpus_own_where_each_label_has_one_value():
    assert Labels(("bad",), ("good",)).names.tolist() == ["bad", "good"]
    assert Labels(("1", "2"), ("5",)).names.tolist() == ["negative", "positive"]
    assert Labels().names.tolist() == ["negative", "positive"]
    assert Labels(("\x1b[31mbad",), ("good",)).names[0] == "?[31mbad"
    assert Labels.from_dict(Labels(("1", "2"), ("5",)).to_dict()) == Labels(("1", "2"), ("5",))


@pytest.mark.parametrize(
    ("labels", "known", "unknown"),
    [
        (Labels(), {"1": 1, "Neg": 0, 0: 0, True: 1}, "4"),
        (Labels(("schlecht",), ("gut",)), {"GUT ": 1, "schlecht": 0, "pos": 1, "0": 0}, "good"),
        (Labels(("1", "2"), ("4", "5")), {"4.0": 1, 2: 0, "negative": 0}, "3"),
        (Labels(("positive",), ("negative",)), {"positive": 0, "negative": 1}, "neutral"),
    ],
)
def test_labels_of_another_file_mean_what_they_mean_in_the_corpus(labels, known, unknown):
    assert {value: labels.parse(value) for value in known} == known
    with pytest.raises(ValueError, match=f"label '{unknown}' is none of"):
        labels.parse(unknown)


@pytest.mark.parametrize("content", ["{}", "[]", '{"labels": {"positive": {}, "negative": {"bad": 1}}}'])
def test_metrics_without_labels_are_refused(tmp_path, content):
    (tmp_path / "data.json").write_text(content)
    with pytest.raises(UserError, match=r"data\.json: not the metrics of this pipeline"):
        label_values.corpus_labels(tmp_path / "data.json")
