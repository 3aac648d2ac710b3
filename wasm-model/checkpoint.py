"""A trained model on disk: params.npz (one array a parameter) and training.json (how it came to be)."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model import Hyper, Params


@dataclass(frozen=True)
class Checkpoint:
    """What export.py needs."""

    hyper: Hyper
    scales: Params
    params: Params
    training: dict[str, Any]  # JSON: names of the columns, calibration, traces, seed, settings, figures


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Writes both files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tree = {"scales": checkpoint.scales, "params": checkpoint.params}
    np.savez(folder / "params.npz", **flatten(tree))
    text = json.dumps({"hyper": asdict(checkpoint.hyper), **checkpoint.training}, indent=2)
    (folder / "training.json").write_text(text + "\n")


def load(folder: Path) -> Checkpoint:
    """Reads what `save` wrote."""
    training = json.loads((folder / "training.json").read_text())
    hyper = training.pop("hyper")
    with np.load(folder / "params.npz") as arrays:
        tree = unflatten({name: arrays[name] for name in arrays.files})
    return Checkpoint(Hyper(**{**hyper, "hidden": tuple(hyper["hidden"])}), tree["scales"], tree["params"], training)


def flatten(tree: Params, prefix: str = "") -> dict[str, np.ndarray]:
    """Arrays of a tree by path, `cell/input/w`."""
    flat: dict[str, np.ndarray] = {}
    for name, value in tree.items():
        path = f"{prefix}{name}"
        flat |= flatten(value, f"{path}/") if isinstance(value, dict) else {path: np.asarray(value)}
    return flat


def unflatten(flat: dict[str, np.ndarray]) -> Params:
    """The tree of arrays by path."""
    tree: Params = {}
    for path, value in flat.items():
        *above, name = path.split("/")
        node = tree
        for part in above:
            node = node.setdefault(part, {})
        node[name] = value
    return tree
