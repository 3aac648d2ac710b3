"""Reads the steps of a trace (`foresync steps`) and cuts each user's into overlapping windows."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WINDOW = 64  # steps that a network sees at once; a step is scored with at least half of them before it
MOST_ITEMS = 16  # of a step

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Sequences:
    """The steps of a trace in order. Items are numbered from 1 on by first appearance; 0 is none."""

    users: list[str]
    items: list[str]
    step_user: Indices  # [S]
    own_step: Indices  # [S], the user's how manieth step it is, from 1 on
    step_items: Indices  # [S, MOST_ITEMS]
    seen_items: Indices  # [S], so many items had appeared when the step ended: those that anybody can know of


def read(file: Path) -> Sequences:
    """Reads a file of JSON lines, {"user": …, "items": […]}."""
    users: dict[str, int] = {}
    items: dict[str, int] = {}
    counts: dict[int, int] = {}
    columns: list[tuple[int, int, int]] = []
    step_items = []
    with file.open() as lines:
        for line in lines:
            step = json.loads(line)
            user = users.setdefault(step["user"], len(users))
            counts[user] = counts.get(user, 0) + 1
            found = [items.setdefault(item, len(items) + 1) for item in step["items"]]
            step_items.append((found + [0] * MOST_ITEMS)[:MOST_ITEMS])
            columns.append((user, counts[user], len(items)))
    step_user, own_step, seen = np.array(columns, np.int64).T
    return Sequences(list(users), list(items), step_user, own_step, np.array(step_items, np.int64), seen)


def windows(step_user: Indices, count: int) -> Indices:
    """Windows [n, WINDOW] of each user's steps before step `count`, -1 at the end; the next begins in the middle."""
    order = np.argsort(step_user[:count], kind="stable")
    cuts = np.flatnonzero(np.diff(step_user[order])) + 1
    found = []
    for steps in np.split(order, cuts):
        for at in range(0, max(1, len(steps) - WINDOW // 2), WINDOW // 2):
            part = steps[at : at + WINDOW]
            found.append(np.pad(part, (0, WINDOW - len(part)), constant_values=-1))
    return np.array(found)
