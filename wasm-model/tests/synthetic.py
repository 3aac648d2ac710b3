"""Writes feature folders in the replay's format, with a signal that a network can find."""

import json
from pathlib import Path

import numpy as np

FEATURES = ("used", "recency", "transitions", "together", "dependency", "path", "size")
DESCRIPTORS = ("gap", "repeat", "mean-path")


def write(folder: Path, name: str, steps: int, seed: int, candidates: int = 20, train: bool = True) -> None:
    """
    A trace in which a row is likelier opened if its recency is high, and if its dependency agrees with what the
    user did two steps ago. So half of the signal is in the features alone and half needs the recurrent state.
    """
    rng = np.random.default_rng(seed)
    users = rng.integers(0, 12, steps)
    users[: steps // 20] = 0  # one user begins alone, so that lengths differ
    mood = rng.integers(0, 2, steps)
    descriptors = np.stack([rng.exponential(2, steps), mood, rng.random(steps)], 1)
    before = _two_before(users, mood)

    features = rng.random((steps, candidates, len(FEATURES)))
    features[:, :, 4] = rng.integers(0, 2, (steps, candidates))
    agrees = np.where(before[:, None] < 0, 0, 2.5 * np.where(features[:, :, 4] == before[:, None], 1, -1))
    logit = 8 * features[:, :, 1] - 8 + agrees
    opened = rng.random(logit.shape) < 1 / (1 + np.exp(-logit))
    opened_in = np.where(opened, rng.integers(1, 11, logit.shape), 0)

    keep = opened | (rng.random(logit.shape) < 0.5)
    weight = np.where(opened, 1, 2)
    # After every fourth step somebody holds an older version of something that changed: a plan of one row.
    plan_step, plan_kind, counts, order = [], [], [], []
    for step in range(steps):
        plan_step.append(step)
        plan_kind.append(0)
        chosen = np.flatnonzero(keep[step])
        order.extend(step * candidates + chosen)
        counts.append(len(chosen))
        if step % 4 == 3:
            plan_step.append(int(rng.integers(0, step + 1)) if step % 40 != 3 else 0xFFFFFFFF)
            plan_kind.append(1)
            order.append(step * candidates)
            counts.append(1)
    _columns(
        folder / name,
        {
            "step_user.u32": users.astype("<u4"),
            "step_time.f64": np.cumsum(rng.exponential(60, steps)).astype("<f8"),
            "descriptors.f32": descriptors.astype("<f4"),
            "plan_step.u32": np.array(plan_step).astype("<u4"),
            "plan_kind.u8": np.array(plan_kind).astype("u1"),
            "plan_begin.u32": np.concatenate([[0], np.cumsum(counts)]).astype("<u4"),
            "features.f32": features.reshape(-1, len(FEATURES))[order].astype("<f4"),
            "opened_in.u8": opened_in.ravel()[order].astype("u1"),
            "bytes.f32": np.exp(rng.normal(9, 1, len(order))).astype("<f4"),
            "weight.f32": weight.ravel()[order].astype("<f4"),
            "base.f32": rng.random((len(order), 5)).astype("<f4"),
        },
    )
    meta = {
        "format": 1,
        "trace": name,
        "train": train,
        "licence": "CC0",
        "feature_spec": "ab" * 32,
        "features": FEATURES,
        "descriptors": DESCRIPTORS,
        "steps": steps,
        "plans": len(plan_step),
        "rows": len(order),
    }
    (folder / name / "meta.json").write_text(json.dumps(meta))


def _two_before(users: np.ndarray, mood: np.ndarray) -> np.ndarray:
    """The mood at each user's step two steps ago, -1 if there was none."""
    found = np.full(len(users), -1)
    seen: dict[int, list[int]] = {}
    for step, user in enumerate(users):
        history = seen.setdefault(int(user), [])
        if len(history) >= 2:
            found[step] = history[-2]
        history.append(int(mood[step]))
    return found


def _columns(folder: Path, columns: dict[str, np.ndarray]) -> None:
    folder.mkdir(parents=True)
    for name, column in columns.items():
        column.tofile(folder / name)
