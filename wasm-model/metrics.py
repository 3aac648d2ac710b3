"""Weighted figures of scores [N] against labels [N]; a row of weight w stands for w candidates."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]


def cross_entropy(logits: Values, label: Values, weight: Values) -> float:
    """Binary cross-entropy a candidate, in nats."""
    losses = np.logaddexp(0, logits) - logits * label
    return float(weight @ losses / weight.sum())


def average_precision(scores: Values, label: Values, weight: Values) -> float:
    """Area under the precision-recall curve."""
    order = np.argsort(-scores, kind="stable")
    opened = (weight * label)[order]
    precision = np.cumsum(opened) / np.cumsum(weight[order])
    return float(opened @ precision / opened.sum()) if opened.any() else float("nan")


def recall_at_equal_bytes(scores: Values, label: Values, weight: Values, size: Values) -> float:
    """
    Share of the openings among the rows of best score per byte whose bytes add up to those of all openings.

    The quickest stand-in for a replay at budget 1: what hyper-parameters are chosen by.
    """
    order = np.argsort(size / np.maximum(scores, 1e-9), kind="stable")
    opened = (weight * label)[order].astype(np.float64)
    spent = np.cumsum((weight * size)[order], dtype=np.float64)
    return float(opened[spent <= (weight * size) @ label].sum() / opened.sum()) if opened.any() else float("nan")


def expected_error(probability: Values, label: Values, weight: Values, bins: int = 15) -> float:
    """Expected calibration error over bins of equal mass."""
    order = np.argsort(probability, kind="stable")
    mass = np.cumsum(weight[order])
    which = np.minimum((mass / mass[-1] * bins).astype(int), bins - 1)
    gap = np.bincount(which, (weight * (probability - label))[order], bins)
    return float(np.abs(gap).sum() / mass[-1])
