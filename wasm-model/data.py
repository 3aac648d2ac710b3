"""
Reads feature folders (one a trace, written by the replay), labels their rows and splits them by time.

A trace has S steps, P plans and N candidate rows, with D descriptors a step and F features a row. Nothing in it
names an item or a user: only relations. Large columns stay on disk and are mapped.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
RIVALS = ("popular", "recent", "frequent", "markov", "covisit")  # the columns of base.f32
NO_STEP = 0xFFFFFFFF

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Trace:
    """One feature folder."""

    name: str
    licence: str
    train: bool
    feature_spec: str
    features: tuple[str, ...]
    descriptors: tuple[str, ...]
    step_user: Indices  # [S]
    step_descriptors: Floats  # [S, D]
    plan_step: Indices  # [P], -1: the user has no step yet
    plan_own: Flags  # [P], the user's own plan over all candidates; else a plan of one changed item
    plan_begin: Indices  # [P + 1], offsets of the plan's rows
    row_features: Floats  # [N, F], mapped
    row_opened_in: NDArray[np.uint8]  # [N], opened after so many of the user's own next steps; 0: not
    row_bytes: Floats  # [N]
    row_weight: Floats  # [N], how many candidates the row stands for
    row_base: Floats  # [N, 5], mapped, scores of RIVALS

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.step_user)

    def row_plan(self) -> Indices:
        """Plan of each row, [N]."""
        return np.repeat(np.arange(len(self.plan_step)), np.diff(self.plan_begin))

    def plan_moment(self) -> Indices:
        """Step at which each plan was made, [P]: plans are in order, so it is the latest own step so far."""
        return np.maximum.accumulate(np.where(self.plan_own, self.plan_step, 0))


def load(folder: Path) -> Trace:
    """Reads one feature folder; fails if its sizes contradict its meta.json."""
    meta = json.loads((folder / "meta.json").read_text())
    if meta["format"] != FORMAT:
        raise ValueError(f"{folder}: format {meta['format']}, but this reads {FORMAT}")
    steps, plans, rows = meta["steps"], meta["plans"], meta["rows"]

    def column(name: str, dtype: str, count: int, width: int = 0) -> np.ndarray:
        shape = (count, width) if width else (count,)
        path = folder / name
        expected = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if path.stat().st_size != expected:
            raise ValueError(f"{path}: {path.stat().st_size} bytes, but meta.json implies {expected}")
        return np.memmap(path, dtype, "r", shape=shape) if expected else np.zeros(shape, dtype)

    plan_step = column("plan_step.u32", "<u4", plans)
    return Trace(
        name=meta["trace"],
        licence=meta["licence"],
        train=meta["train"],
        feature_spec=meta["feature_spec"],
        features=tuple(meta["features"]),
        descriptors=tuple(meta["descriptors"]),
        step_user=column("step_user.u32", "<u4", steps).astype(np.int64),
        step_descriptors=np.array(column("descriptors.f32", "<f4", steps, len(meta["descriptors"]))),
        plan_step=np.where(plan_step == NO_STEP, -1, plan_step.astype(np.int64)),
        plan_own=column("plan_kind.u8", "u1", plans) == 0,
        plan_begin=column("plan_begin.u32", "<u4", plans + 1).astype(np.int64),
        row_features=column("features.f32", "<f4", rows, len(meta["features"])),
        row_opened_in=np.array(column("opened_in.u8", "u1", rows)),
        row_bytes=np.array(column("bytes.f32", "<f4", rows)),
        row_weight=np.array(column("weight.f32", "<f4", rows)),
        row_base=column("base.f32", "<f4", rows, len(RIVALS)),
    )


def load_all(folder: Path) -> list[Trace]:
    """Reads every feature folder below `folder`, by name; all must have the same feature specification."""
    traces = [load(meta.parent) for meta in sorted(folder.glob("*/meta.json"))]
    if not traces:
        raise ValueError(f"{folder}: no feature folders")
    for trace in traces:
        if trace.feature_spec != traces[0].feature_spec:
            raise ValueError(f"{trace.name} and {traces[0].name} were written with different feature specifications")
    return traces


def labels(trace: Trace, horizon: int, end: int) -> Flags:
    """
    Whether each row's item is opened within the user's next `horizon` steps, [N].

    What happens from step `end` on is not known: an opening there counts as none, so that nothing leaks from the
    part of the trace on which the product is measured.
    """
    order = np.argsort(trace.step_user, kind="stable")
    place = np.empty(trace.steps, np.int64)
    place[order] = np.arange(trace.steps)
    opened_in = trace.row_opened_in.astype(np.int64)
    row_step = trace.plan_step[trace.row_plan()]
    # Without a step yet, nothing says when the user's next ones are: such rows are never used for training.
    opened_at = order[np.minimum(place[np.maximum(row_step, 0)] + opened_in, trace.steps - 1)]
    return (opened_in > 0) & (opened_in <= horizon) & ((opened_at < end) | (row_step < 0))


@dataclass(frozen=True)
class Split:
    """Rows and steps of one trace by time: [0, train_end) learns, [train_end, end) validates, the rest is not seen."""

    trace: Trace
    learns: bool
    train_end: int
    end: int
    label: Flags  # [N]
    row_step: Indices  # [N], step whose state the row's plan uses, -1: none
    row_own: Flags  # [N]
    train_rows: Indices
    validation_rows: Indices


def split(trace: Trace, horizon: int, seen: float, validation: float, learns: bool) -> Split:
    """Cuts a trace: the last `validation` of its first `seen` steps validates."""
    end = int(trace.steps * seen)
    train_end = int(end * (1 - validation))
    row_plan = trace.row_plan()
    row_step = trace.plan_step[row_plan]
    row_moment = trace.plan_moment()[row_plan]
    return Split(
        trace=trace,
        learns=learns,
        train_end=train_end,
        end=end,
        label=labels(trace, horizon, end),
        row_step=row_step,
        row_own=trace.plan_own[row_plan],
        train_rows=np.flatnonzero((row_moment < train_end) & (row_step >= 0)),
        validation_rows=np.flatnonzero((row_moment >= train_end) & (row_moment < end)),
    )
