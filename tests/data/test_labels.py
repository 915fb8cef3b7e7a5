import numpy as np

from sentiment.data import labels


def test_a_probability_of_one_half_is_positive():
    below = np.nextafter(np.float32(0.5), np.float32(0))
    assert labels.decide(np.array([0, below, 0.5, 1], np.float32)).tolist() == [0, 0, 1, 1]
    assert labels.decide(labels.probability(np.array([-1e-3, -0.0, 0.0, 1e-3]))).tolist() == [0, 1, 1, 1]


def test_probabilities_do_not_overflow():
    logits = np.array([[-1e30, -2.0], [0.0, 1e30]], np.float32)
    result = labels.probability(logits)
    np.testing.assert_allclose(result, [[0, 1 / (1 + np.exp(2))], [0.5, 1]], rtol=1e-6)
    assert result.dtype == np.float32


def test_rounding_changes_no_label():
    probabilities = np.array([0, 0.4999999, 0.5, 0.1234567, 1])
    assert labels.millionths(probabilities).tolist() == [0, 499_999, 500_000, 123_457, 1_000_000]
