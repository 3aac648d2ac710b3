"""
Writes a checkpoint as advance.onnx, score.onnx and manifest.json, and checks that the graphs compute what JAX does.

$ python export.py --checkpoint DIR --out DIR
$ python export.py --checkpoint DIR --out DIR --golden golden.json  # and a few of JAX's answers
"""

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

import checkpoint
from checkpoint import Checkpoint
from graphs import advance_graph, score_graph
from model import advance, score

FORMAT = 1
MOST_BYTES = 2 << 20  # of all files together
MOST_DIFFERENCE = 1e-5  # between ONNX and JAX, relative to values above 1
CHECKED_USERS, CHECKED_ROWS = 64, 2048
GOLDEN_USERS, GOLDEN_ROWS = 3, 12
SEED = 1


def main() -> None:
    """Exports as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder that train.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    parser.add_argument("--golden", type=Path, help="file of a few inputs with JAX's answers")
    given = parser.parse_args()
    trained = checkpoint.load(given.checkpoint)
    export(trained, given.out)
    if given.golden:
        sample = sample_of(trained, GOLDEN_USERS, GOLDEN_ROWS)
        answers = expected(trained, sample)
        columns = {name: np.asarray(value).tolist() for name, value in {**sample, **answers}.items()}
        given.golden.write_text(json.dumps(columns) + "\n")


def export(trained: Checkpoint, out: Path) -> None:
    """Writes the model's files; fails, and writes nothing, if the graphs differ from JAX or are too large."""
    models = graphs_of(trained)
    difference = largest_difference(trained, models)
    if not difference <= MOST_DIFFERENCE:
        raise SystemExit(f"the graphs differ from JAX by {difference:.2g}, more than {MOST_DIFFERENCE}")
    files = {f"{name}.onnx": model.SerializeToString() for name, model in models.items()}
    files["manifest.json"] = (json.dumps(manifest(trained, files), indent=2) + "\n").encode()
    total = sum(map(len, files.values()))
    if total > MOST_BYTES:
        raise SystemExit(f"{total} bytes, more than {MOST_BYTES}")
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    print(f"{out}: {total} bytes, largest difference from JAX {difference:.2g}")


def graphs_of(trained: Checkpoint) -> dict[str, onnx.ModelProto]:
    """Both graphs by name."""
    parts = trained.hyper, trained.scales, trained.params
    calibration = trained.training["calibration"]
    return {
        "advance": advance_graph(*parts),
        "score": score_graph(*parts, (calibration["scale"], calibration["offset"])),
    }


def manifest(trained: Checkpoint, files: dict[str, bytes]) -> dict[str, Any]:
    """What a server checks before it loads the graphs, and where they come from."""
    training, hyper = trained.training, trained.hyper
    return {
        "format": FORMAT,
        "feature_spec": training["feature_spec"],
        "features": training["features"],
        "descriptors": training["descriptors"],
        "sizes": {"state": hyper.state, "descriptor": hyper.descriptor, "features": hyper.features},
        "files": {
            Path(name).stem: {"file": name, "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
        "calibration": training["calibration"],
        "traces": training["traces"],
        "seed": training["seed"],
        "hyper": {**asdict(hyper), **training["settings"]},
    }


def largest_difference(trained: Checkpoint, models: dict[str, onnx.ModelProto]) -> float:
    """Largest difference of both graphs from JAX, over ordinary and extreme inputs."""
    sample = sample_of(trained, CHECKED_USERS, CHECKED_ROWS)
    answers = expected(trained, sample)
    after = _run(models["advance"], sample, "states", "descriptors")
    logits = _run(models["score"], sample, "states", "features", "owners")
    return max(_difference(after, answers["next"]), _difference(logits, answers["logits"]))


def sample_of(trained: Checkpoint, users: int, rows: int) -> dict[str, np.ndarray]:
    """Random inputs of both graphs by name, up to far outside of what training saw."""
    scales, rng = trained.scales, np.random.default_rng(SEED)
    return {
        "states": rng.uniform(-1, 1, (users, trained.hyper.state)).astype(np.float32),
        "descriptors": _around(scales["descriptors"], users, rng),
        "features": np.maximum(_around(scales["features"], rows, rng)[:, : trained.hyper.features], 0),
        "owners": rng.integers(0, users, rows).astype(np.int32),
    }


def expected(trained: Checkpoint, sample: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """JAX's outputs of both graphs by name."""
    parts = trained.hyper, trained.scales, trained.params
    calibration = trained.training["calibration"]
    raw = score(*parts, sample["states"][sample["owners"]], sample["features"][:, None])[:, 0]
    return {
        "next": np.asarray(advance(*parts, sample["states"], sample["descriptors"])),
        "logits": np.asarray(raw) * calibration["scale"] + calibration["offset"],
    }


def _around(scale: dict[str, np.ndarray], rows: int, rng: np.random.Generator) -> np.ndarray:
    deviation = np.where(scale["inverse"] > 0, 1 / np.maximum(scale["inverse"], 1e-9), 1)
    return (scale["mean"] + 3 * deviation * rng.normal(size=(rows, len(deviation)))).astype(np.float32)


def _run(model: onnx.ModelProto, sample: dict[str, np.ndarray], *inputs: str) -> np.ndarray:
    return ReferenceEvaluator(model).run(None, {name: sample[name] for name in inputs})[0]


def _difference(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected))))


if __name__ == "__main__":
    main()
