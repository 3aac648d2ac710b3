"""Weighted logistic regression by Newton's method: the floor from which training starts, and the calibration."""

import numpy as np


def fit(inputs: np.ndarray, label: np.ndarray, weight: np.ndarray, ridge: float, rounds: int = 20) -> np.ndarray:
    """
    Weights [n + 1] for inputs [N, n], the last one the intercept, which is not shrunk.

    `ridge` is the penalty on squared weights relative to the mean loss of a row.
    """
    design = np.concatenate([inputs, np.ones((len(inputs), 1))], 1).astype(np.float64)
    weight = weight / weight.sum()
    penalty = np.full(design.shape[1], ridge)
    penalty[-1] = 1e-9
    share = float(np.clip(weight @ label, 1e-6, 1 - 1e-6))
    found = np.zeros(design.shape[1])
    found[-1] = np.log(share / (1 - share))

    def loss(weights: np.ndarray) -> float:
        logits = design @ weights
        return float(weight @ (np.logaddexp(0, logits) - logits * label) + penalty @ weights**2 / 2)

    best = loss(found)
    for _ in range(rounds):
        probability = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        gradient = design.T @ (weight * (probability - label)) + penalty * found
        curvature = (design * (weight * probability * (1 - probability))[:, None]).T @ design + np.diag(penalty)
        direction = np.linalg.solve(curvature, gradient)
        # Newton's step may overshoot where the curvature is flat: halve it until the loss falls.
        size = next((s for s in 0.5 ** np.arange(10) if loss(found - s * direction) < best), None)
        if size is None:
            break
        found = found - size * direction
        best = loss(found)
    return found
