"""Lanes and the choice of rows."""

from pathlib import Path

import numpy as np

from batches import Corpus, pack
from data import load_all, split


def _corpus(features: Path) -> Corpus:
    traces = load_all(features)
    return Corpus([split(t, 10, 0.8, 0.1, t.train) for t in traces])


def test_lanes_hold_every_step_once_and_in_order() -> None:
    sequences = [np.arange(0, 7), np.arange(7, 8), np.arange(8, 20), np.arange(20, 24)]
    steps, begins = pack(sequences, 3, np.random.default_rng(0))
    assert sorted(steps[steps >= 0]) == list(range(24))
    assert set(steps[begins]) == {0, 7, 8, 20}
    after_first = (steps[:, 1:] >= 0) & ~begins[:, 1:]
    assert (np.diff(steps, axis=1)[after_first] == 1).all()


def test_an_epoch_visits_every_training_step_once(features: Path) -> None:
    corpus = _corpus(features)
    seen = np.concatenate([b.steps[b.steps >= 0] for b in corpus.batches(4, 16, 8, np.random.default_rng(0))])
    assert sorted(seen) == sorted(np.concatenate(corpus.sequences))


def test_chosen_rows_stand_for_those_left_out(features: Path) -> None:
    corpus = _corpus(features)
    sums = np.zeros(2)
    for batch in corpus.batches(4, 16, 6, np.random.default_rng(0)):
        sums += [batch.weight.sum(), (batch.weight * batch.label).sum()]
    weight, label = corpus.weight[corpus.rows], corpus.label[corpus.rows]
    # Each step's weights are kept on average over the choice, so their sums differ by little.
    assert np.allclose(sums, [weight.sum(), weight @ label], rtol=0.02)


def test_features_come_from_the_right_trace(features: Path) -> None:
    corpus = _corpus(features)
    rows = np.array([corpus.row_offsets[1] + 5, 3, corpus.row_offsets[1]])
    small, large = corpus.splits[1].trace, corpus.splits[0].trace
    expected = [small.row_features[5], large.row_features[3], small.row_features[0]]
    assert np.array_equal(corpus.features_of(rows), expected)


def test_each_trace_has_the_square_root_of_its_openings_as_its_say(features: Path) -> None:
    corpus = _corpus(features)
    says, openings = [], []
    for s, offset in zip(corpus.splits, corpus.row_offsets, strict=False):
        label = s.label[s.train_rows]
        says.append(corpus.weight[s.train_rows + offset] @ label)
        openings.append(s.trace.row_weight[s.train_rows] @ label)
    assert np.isclose(says[0] / says[1], np.sqrt(openings[0] / openings[1]), rtol=1e-4)
