"""Cuts the training parts of traces into batches: chunks of many users' steps, each step with some of its rows."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data import Flags, Floats, Indices, Split

SEGMENT = 512  # steps: a longer sequence is learned in parts, so that one busy user does not fill a lane alone
LEAD = 32  # steps before a part that only bring its state up to date


@dataclass(frozen=True)
class Sequence:
    """Consecutive steps of one user. The first `silent` ones only advance the state: their rows belong elsewhere."""

    steps: Indices
    silent: int = 0


@dataclass(frozen=True)
class Lanes:
    """Sequences laid end to end, [lanes, L]."""

    steps: Indices  # -1 where a lane has ended
    begins: Flags  # a sequence begins here
    silent: Flags


def sequences(user: Indices, end: int) -> list[Sequence]:
    """Steps of each user before step `end`, in order."""
    order = np.argsort(user[:end], kind="stable")
    cuts = np.flatnonzero(np.diff(user[order])) + 1
    return [Sequence(steps) for steps in np.split(order, cuts)] if end else []


def parts(sequence: Sequence) -> list[Sequence]:
    """A sequence in parts of at most `SEGMENT` steps, each but the first with a lead."""
    steps = sequence.steps
    later = [Sequence(steps[at - LEAD : at + SEGMENT], LEAD) for at in range(SEGMENT, len(steps), SEGMENT)]
    return [Sequence(steps[:SEGMENT]), *later]


def pack(sequences: list[Sequence], lanes: int, length: int, rng: np.random.Generator) -> Lanes:
    """
    Lays sequences in `lanes` lanes of about equal length, a multiple of `length`, in random order.

    So no sequence is padded, however short, and states carry over from one chunk of the lanes to the next.
    """
    loads = [(0, lane) for lane in range(lanes)]
    contents: list[list[int]] = [[] for _ in range(lanes)]
    sizes = np.array([len(s.steps) for s in sequences])
    order = rng.permutation(len(sequences))
    for index in order[np.argsort(-sizes[order], kind="stable")]:
        load, lane = heapq.heappop(loads)
        contents[lane].append(int(index))
        heapq.heappush(loads, (load + int(sizes[index]), lane))
    longest = max(load for load, _ in loads)
    shape = (lanes, longest + -longest % length)
    packed = Lanes(np.full(shape, -1, np.int64), np.zeros(shape, bool), np.zeros(shape, bool))
    for lane, content in enumerate(contents):
        at = 0
        for index in rng.permutation(content):
            sequence = sequences[int(index)]
            packed.steps[lane, at : at + len(sequence.steps)] = sequence.steps
            packed.begins[lane, at] = True
            packed.silent[lane, at : at + sequence.silent] = True
            at += len(sequence.steps)
    return packed


@dataclass(frozen=True)
class Batch:
    """A chunk of T steps of B lanes; each step has R slots for rows, empty ones have weight 0."""

    steps: Indices  # [B, T], -1: none
    begins: Flags  # [B, T]
    descriptors: Floats  # [B, T, D]
    features: Floats  # [B, T, R, F]
    label: Floats  # [B, T, R]
    weight: Floats  # [B, T, R]
    own: Floats  # [B, T, R], 1: a candidate of the user's own plan


class Corpus:
    """The training parts of several traces as one, with steps and rows numbered through."""

    def __init__(self, splits: list[Split]) -> None:
        self.splits = [s for s in splits if s.learns]
        self.step_offsets = np.cumsum([0, *(s.trace.steps for s in self.splits)])
        self.row_offsets = np.cumsum([0, *(len(s.trace.row_bytes) for s in self.splits)])
        self.descriptors = np.concatenate([s.trace.step_descriptors for s in self.splits])
        self.label = np.concatenate([s.label for s in self.splits])
        self.own = np.concatenate([s.row_own for s in self.splits])
        self.weight = np.concatenate([s.trace.row_weight * equal for s, equal in self._equalised()])
        self.sequences = [
            Sequence(part.steps + offset, part.silent)
            for s, offset in zip(self.splits, self.step_offsets, strict=False)
            for sequence in sequences(s.trace.step_user, s.train_end)
            for part in parts(sequence)
        ]
        # Rows by the step whose state they use, so that a step's rows are one range.
        rows = np.concatenate([s.train_rows + o for s, o in zip(self.splits, self.row_offsets, strict=False)])
        step = np.concatenate(
            [s.row_step[s.train_rows] + o for s, o in zip(self.splits, self.step_offsets, strict=False)]
        )
        self.rows = rows[np.argsort(step, kind="stable")]
        self.step_begin = np.concatenate([[0], np.cumsum(np.bincount(step, minlength=self.step_offsets[-1]))])

    def _equalised(self) -> list[tuple[Split, float]]:
        """Each trace with a factor that makes its say the square root of its openings: large ones drown none."""
        openings = [max(1.0, float(s.trace.row_weight[s.train_rows] @ s.label[s.train_rows])) for s in self.splits]
        scale = sum(openings) / sum(np.sqrt(openings))
        return [(s, scale / float(np.sqrt(n))) for s, n in zip(self.splits, openings, strict=True)]

    @property
    def steps(self) -> int:
        """Number of steps to run through in an epoch."""
        return sum(len(sequence.steps) for sequence in self.sequences)

    @property
    def positive_share(self) -> float:
        """Weighted share of rows that are opened."""
        weight = self.weight[self.rows]
        return float(weight @ self.label[self.rows] / weight.sum())

    def features_of(self, rows: Indices) -> Floats:
        """Features of rows in any order, [len(rows), F]."""
        found = np.empty((len(rows), len(self.splits[0].trace.features)), np.float32)
        which = np.searchsorted(self.row_offsets, rows, side="right") - 1
        for index, s in enumerate(self.splits):
            here = np.flatnonzero(which == index)
            found[here] = s.trace.row_features[rows[here] - self.row_offsets[index]]
        return found

    def draw(self, count: int, rng: np.random.Generator) -> Indices:
        """Random training rows, equally many from each trace, at most `count`."""
        each = max(1, count // len(self.splits))
        return np.concatenate(
            [
                rng.choice(s.train_rows, min(each, len(s.train_rows)), replace=False) + offset
                for s, offset in zip(self.splits, self.row_offsets, strict=False)
            ]
        )

    def batches(self, lanes: int, length: int, slots: int, rng: np.random.Generator) -> Iterator[Batch]:
        """One pass over all sequences, `length` steps of every lane at a time, with fresh negatives."""
        packed = pack(self.sequences, lanes, length, rng)
        for at in range(0, packed.steps.shape[1], length):
            chunk = slice(at, at + length)
            yield self._batch(packed.steps[:, chunk], packed.begins[:, chunk], packed.silent[:, chunk], slots, rng)

    def _batch(self, steps: Indices, begins: Flags, silent: Flags, slots: int, rng: np.random.Generator) -> Batch:
        owner, slot, rows, scale = self._choose(np.where(silent, -1, steps).ravel(), slots, rng)
        shape = (steps.size, slots)
        features = np.zeros((*shape, len(self.splits[0].trace.features)), np.float32)
        features[owner, slot] = self.features_of(rows)
        columns = np.zeros((3, *shape), np.float32)
        columns[:, owner, slot] = (self.label[rows], self.weight[rows] * scale, self.own[rows])
        label, weight, own = columns.reshape(3, *steps.shape, slots)
        return Batch(
            steps=steps,
            begins=begins,
            descriptors=self.descriptors[np.maximum(steps, 0)],
            features=features.reshape(*steps.shape, slots, -1),
            label=label,
            weight=weight,
            own=own,
        )

    def _choose(self, steps: Indices, slots: int, rng: np.random.Generator) -> tuple[Indices, Indices, Indices, Floats]:
        """
        Rows for the slots of each step: openings first (at most half of the slots), then random others.

        Returns of each chosen row its place in `steps`, its slot, its number, and how many of its kind it stands for.
        """
        begin = self.step_begin[np.maximum(steps, 0)]
        count = np.where(steps >= 0, self.step_begin[np.maximum(steps, 0) + 1] - begin, 0)
        owner = np.repeat(np.arange(len(steps)), count)
        first = np.cumsum(count) - count
        rows = self.rows[np.arange(len(owner)) - first[owner] + begin[owner]]

        kind = 2 * owner + ~self.label[rows]  # openings of an owner before its others
        order = np.argsort(kind + rng.random(len(kind)))
        owner, rows, kind = owner[order], rows[order], kind[order]
        counts = np.bincount(kind, minlength=2 * len(steps)).reshape(-1, 2)
        opened = np.minimum(counts[:, 0], slots // 2)
        quota = np.stack([opened, np.minimum(counts[:, 1], slots - opened)], 1).ravel()
        rank = np.arange(len(kind)) - (np.cumsum(counts) - counts.ravel())[kind]
        keep = rank < quota[kind]
        owner, rows, kind, rank = owner[keep], rows[keep], kind[keep], rank[keep]
        slot = rank + np.where(kind % 2 == 1, opened[owner], 0)
        return owner, slot, rows, (counts.ravel()[kind] / quota[kind]).astype(np.float32)
