"""Judges parameters on the validation part of each trace, beside the plain policies."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

import logistic
import metrics
from batches import Lanes, pack, sequences
from data import RIVALS, Floats, Indices, Split
from model import Hyper, Params, score, unroll

LANES = 64
LENGTH = 64
ROWS = 1 << 16  # rows scored at a time
MOST_ROWS = 200_000  # of a trace; beyond it a random part


@dataclass(frozen=True)
class Judged:
    """Validation rows of one trace."""

    split: Split
    rows: Indices  # [n]
    lanes: Lanes
    rivals: dict[str, float]  # recall at equal bytes of each plain policy


class Validator:
    """Holds the validation rows of several traces."""

    def __init__(self, hyper: Hyper, splits: Sequence[Split], seed: int) -> None:
        self.hyper = hyper
        rng = np.random.default_rng(seed)
        self.judged = [_judged(s, rng) for s in splits if s.label[s.validation_rows].any()]

    def logits(self, scales: Params, params: Params) -> list[Floats]:
        """Logits of every trace's rows, uncalibrated."""
        return [self._logits(judged, scales, params) for judged in self.judged]

    def _logits(self, judged: Judged, scales: Params, params: Params) -> Floats:
        trace = judged.split.trace
        # The last row is the state of users without a step.
        states = np.zeros((trace.steps + 1, self.hyper.state), np.float32)
        carried = jnp.zeros((LANES, self.hyper.state))
        for at in range(0, judged.lanes.steps.shape[1], LENGTH):
            steps, begins = (x[:, at : at + LENGTH] for x in (judged.lanes.steps, judged.lanes.begins))
            descriptors = trace.step_descriptors[np.maximum(steps, 0)]
            carried, after = _unroll(self.hyper, scales, params, carried, descriptors, begins)
            states[steps[steps >= 0]] = np.asarray(after)[steps >= 0]
        found = np.empty(len(judged.rows), np.float32)
        for at in range(0, len(judged.rows), ROWS):
            rows = judged.rows[at : at + ROWS]
            fill = np.pad(rows, (0, -len(rows) % ROWS if len(judged.rows) > ROWS else -len(rows) % 4096))
            logits = _score(self.hyper, scales, params, states[judged.split.row_step[fill]], trace.row_features[fill])
            found[at : at + ROWS] = np.asarray(logits)[: len(rows)]
        return found

    def figures(self, logits: Sequence[Floats]) -> dict[str, dict[str, float]]:
        """Figures of each trace by name, the model's and the plain policies'."""
        return {judged.split.trace.name: _figures(judged, x) for judged, x in zip(self.judged, logits, strict=True)}

    def calibration(self, logits: Sequence[Floats]) -> tuple[float, float]:
        """Scale and offset that make logits probabilities on the traces learned from, each weighing the same."""
        pairs = [(j, x) for j, x in zip(self.judged, logits, strict=True) if j.split.learns]
        label = np.concatenate([j.split.label[j.rows] for j, _ in pairs])
        weight = np.concatenate(
            [j.split.trace.row_weight[j.rows] / j.split.trace.row_weight[j.rows].sum() for j, _ in pairs]
        )
        scale, offset = logistic.fit(np.concatenate([x for _, x in pairs])[:, None], label, weight, ridge=0)
        return float(scale), float(offset)


@partial(jax.jit, static_argnums=0)
def _unroll(
    hyper: Hyper,
    scales: Params,
    params: Params,
    carried: jax.Array,
    descriptors: jax.Array,
    begins: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    return unroll(hyper, scales, params, carried, descriptors, begins)


@partial(jax.jit, static_argnums=0)
def _score(hyper: Hyper, scales: Params, params: Params, states: jax.Array, features: jax.Array) -> jax.Array:
    return score(hyper, scales, params, states, features[:, None])[:, 0]


def _judged(split: Split, rng: np.random.Generator) -> Judged:
    rows = split.validation_rows
    if len(rows) > MOST_ROWS:
        rows = np.sort(rng.choice(rows, MOST_ROWS, replace=False))
    base = np.asarray(split.trace.row_base[rows])
    return Judged(
        split=split,
        rows=rows,
        lanes=pack(sequences(split.trace.step_user, split.end), LANES, LENGTH, rng),
        rivals={name: _recall(split, rows, base[:, column]) for column, name in enumerate(RIVALS)},
    )


def _figures(judged: Judged, logits: Floats) -> dict[str, float]:
    rows, trace = judged.rows, judged.split.trace
    label, weight = judged.split.label[rows].astype(np.float64), trace.row_weight[rows]
    probability = 1 / (1 + np.exp(-logits))
    return {
        "cross_entropy": metrics.cross_entropy(logits, label, weight),
        "pr_auc": metrics.average_precision(logits, label, weight),
        "ece": metrics.expected_error(probability, label, weight),
        "recall": _recall(judged.split, rows, probability),
        **judged.rivals,
    }


def _recall(split: Split, rows: Indices, scores: Floats) -> float:
    trace = split.trace
    return metrics.recall_at_equal_bytes(
        scores, split.label[rows].astype(np.float64), trace.row_weight[rows], trace.row_bytes[rows]
    )
