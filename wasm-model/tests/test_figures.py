"""Metrics and the logistic regression against values worked out by hand."""

import numpy as np

import logistic
import metrics


def test_average_precision_of_a_perfect_and_a_reversed_order() -> None:
    label, weight = np.array([1.0, 1, 0, 0]), np.ones(4)
    assert metrics.average_precision(np.array([4.0, 3, 2, 1]), label, weight) == 1
    assert np.isclose(metrics.average_precision(np.array([1.0, 2, 3, 4]), label, weight), (1 / 3 + 2 / 4) / 2)


def test_a_row_of_weight_two_counts_like_two_rows() -> None:
    scores, label = np.array([3.0, 2, 1]), np.array([0.0, 1, 1])
    twice = np.array([3.0, 3, 2, 1]), np.array([0.0, 0, 1, 1]), np.ones(4)
    assert np.isclose(
        metrics.average_precision(scores, label, np.array([2.0, 1, 1])), metrics.average_precision(*twice)
    )


def test_recall_spends_the_bytes_of_the_openings_on_the_best_per_byte() -> None:
    label, weight, size = np.array([1.0, 1, 0]), np.ones(3), np.array([10.0, 10, 10])
    assert metrics.recall_at_equal_bytes(np.array([0.9, 0.1, 0.5]), label, weight, size) == 0.5
    # The large opening costs too much for its score; the small one fits beside the miss.
    assert metrics.recall_at_equal_bytes(np.array([0.9, 0.8, 0.5]), label, weight, np.array([30.0, 1, 1])) == 0.5


def test_expected_error_is_the_gap_of_a_constant_score() -> None:
    label = np.array([1.0, 0, 0, 0])
    assert np.isclose(metrics.expected_error(np.full(4, 0.5), label, np.ones(4), bins=1), 0.25)


def test_logistic_regression_finds_the_weights_of_its_data() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(40_000, 2))
    label = rng.random(40_000) < 1 / (1 + np.exp(-(inputs @ [1.5, -0.5] - 2)))
    # Half of the rows without label are left out, and the others count twice.
    keep = label | (rng.random(40_000) < 0.5)
    weights = logistic.fit(inputs[keep], label[keep].astype(float), np.where(label, 1.0, 2.0)[keep], ridge=0)
    assert np.allclose(weights, [1.5, -0.5, -2], atol=0.1)
