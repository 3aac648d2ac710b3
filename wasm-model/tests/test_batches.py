"""Lanes and the choice of rows."""

from pathlib import Path

import numpy as np

from batches import LEAD, SEGMENT, Corpus, Sequence, pack, parts
from data import load_all, split


def _corpus(features: Path) -> Corpus:
    traces = load_all(features)
    return Corpus([split(t, 10, 0.8, 0.1, t.train) for t in traces])


def test_lanes_hold_every_step_once_and_in_order() -> None:
    cuts = [(0, 7), (7, 8), (8, 20), (20, 24)]
    lanes = pack([Sequence(np.arange(*cut)) for cut in cuts], 3, 5, np.random.default_rng(0))
    assert lanes.steps.shape[1] % 5 == 0
    assert sorted(lanes.steps[lanes.steps >= 0]) == list(range(24))
    assert set(lanes.steps[lanes.begins]) == {0, 7, 8, 20}
    inside = (lanes.steps[:, 1:] >= 0) & ~lanes.begins[:, 1:]
    assert (np.diff(lanes.steps, axis=1)[inside] == 1).all()


def test_parts_of_a_long_sequence_overlap_only_in_silence() -> None:
    whole = Sequence(np.arange(2 * SEGMENT + 5))
    loud = [part.steps[part.silent :] for part in parts(whole)]
    assert np.array_equal(np.concatenate(loud), whole.steps)
    assert [len(part.steps) for part in parts(whole)] == [SEGMENT, SEGMENT + LEAD, 5 + LEAD]
    assert [len(part.steps) for part in parts(Sequence(np.arange(SEGMENT)))] == [SEGMENT]


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
