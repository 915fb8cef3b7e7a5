import keras
import numpy as np
import pytest
from test_neighbours import WORDS, made

from sentiment import dataset, neighbour_layer, neighbours


@pytest.mark.parametrize("k", [1, 4, 1000])
@pytest.mark.parametrize("size", [2, 1000])
def test_it_says_what_the_index_says(k, size):
    others = made(1, 60)
    index = neighbours.build(made(0, 50), WORDS, k, size)
    said = neighbour_layer.of(index)(others.padded(np.arange(60)))
    expected = index.verdicts(others)
    np.testing.assert_allclose(np.asarray(said)[:, 0], expected, atol=1e-6)
    assert expected.std() > 0.01


def test_a_review_without_tokens_that_count():
    index = neighbours.build(made(0, 50), WORDS, k=4, size=5)
    ids = [np.array(ids, np.int32) for ids in ([0, 0], [1, 1], [5, 1])]
    batch = dataset.ragged(ids, np.zeros(3), np.arange(3)).padded(np.arange(3))
    said = np.asarray(neighbour_layer.of(index)(batch))
    assert said[:2].tolist() == [[0], [0]]
    assert said[2] != 0


def test_it_comes_back_from_disk_with_its_index(tmp_path):
    index = neighbours.build(made(0, 50), WORDS, k=4, size=5)
    inputs = keras.Input((None,), dtype="int32")
    network = keras.Model(inputs, neighbour_layer.of(index)(inputs))
    network.save(tmp_path / "layer.keras")
    loaded = keras.saving.load_model(tmp_path / "layer.keras")
    batch = made(2, 20).padded(np.arange(20))
    np.testing.assert_array_equal(loaded(batch), network(batch))
    again = neighbour_layer.index(loaded.layers[-1])
    for name in ("k", "idf", "keys", "counts", "labels"):
        np.testing.assert_array_equal(getattr(again, name), getattr(index, name))
