"""From feature folders to graphs, with the commands that anyone runs."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import checkpoint
import export
import learn
import train
from model import advance, score


@pytest.fixture(scope="module")
def trained(features: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Checkpoints by what is special about them: each costs seconds, so the tests share them."""
    options = {
        "gru": ("--epochs", "5"),
        "none": ("--epochs", "5", "--no-recurrent"),
        "lru": ("--smoke", "--cell", "lru", "--hold-out", "small", "--drop-feature", "path"),
    }
    return {name: _train(features, tmp_path_factory.mktemp(name), *given) for name, given in options.items()}


def _train(features: Path, out: Path, *options: str) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        # Little data: smaller batches, so that there are updates enough.
        for name, value in {
            "LANES": 8,
            "LENGTH": 16,
            "SLOTS": 16,
            "WARM_UP": 20,
            "AVERAGE": 0.98,
            "RATE": 5e-3,
        }.items():
            patch.setattr(learn, name, value)
        patch.setattr(sys, "argv", ["train.py", "--features", str(features), "--out", str(out), *options])
        train.main()
    return out


def _figures(folder: Path) -> dict[str, dict[str, float]]:
    return json.loads((folder / "training.json").read_text())["validation"]


def test_the_state_finds_what_features_alone_cannot(trained: dict[str, Path]) -> None:
    ours, alone = _figures(trained["gru"]), _figures(trained["none"])
    assert ours["large"]["pr_auc"] > 1.2 * alone["large"]["pr_auc"]
    assert ours["large"]["recall"] > ours["large"]["markov"]
    assert ours["large"]["ece"] < 0.05


@pytest.mark.parametrize("name", ["gru", "lru", "none"])
def test_graphs_compute_what_jax_does(trained: dict[str, Path], tmp_path: Path, name: str) -> None:
    folder = trained[name]
    export.export(checkpoint.load(folder), tmp_path / "model")
    loaded = checkpoint.load(folder)
    parts = loaded.hyper, loaded.scales, loaded.params
    rng = np.random.default_rng(0)
    states = rng.normal(size=(5, 64)).astype(np.float32)
    descriptors = rng.exponential(2, (5, 3)).astype(np.float32)
    features_of_rows = rng.random((40, 7), np.float32)
    owners = rng.integers(0, 5, 40).astype(np.int32)

    (after,) = _session(tmp_path / "model/advance.onnx").run(None, {"states": states, "descriptors": descriptors})
    assert np.abs(after - advance(*parts, states, descriptors)).max() <= 1e-5
    inputs = {"states": states, "features": features_of_rows, "owners": owners}
    (logits,) = _session(tmp_path / "model/score.onnx").run(None, inputs)
    calibration = loaded.training["calibration"]
    expected = score(*parts, states[owners], features_of_rows[:, None])[:, 0]
    assert np.abs(logits - (expected * calibration["scale"] + calibration["offset"])).max() <= 1e-5


def test_the_manifest_names_what_it_learned_from(trained: dict[str, Path], tmp_path: Path) -> None:
    export.export(checkpoint.load(trained["lru"]), tmp_path / "model")
    manifest = json.loads((tmp_path / "model/manifest.json").read_text())
    assert [t["name"] for t in manifest["traces"]] == ["large"]
    assert manifest["sizes"] == {"state": 64, "descriptor": 3, "features": 7}
    assert manifest["hyper"]["dropped"] == ["path"]
    assert set(_figures(trained["lru"])) == {"large", "small", "unseen"}


def test_a_dropped_feature_changes_nothing(trained: dict[str, Path]) -> None:
    loaded = checkpoint.load(trained["lru"])
    rows = np.full((2, 1, 7), 0.5, np.float32)
    rows[1, 0, 5] = 0.9
    one, other = score(loaded.hyper, loaded.scales, loaded.params, np.zeros((2, 64), np.float32), rows)[:, 0]
    assert one == other
    steps = np.full((2, 3), 0.5, np.float32)
    steps[1, 2] = 0.9
    parts = loaded.hyper, loaded.scales, loaded.params
    first, second = advance(*parts, np.zeros((2, 64), np.float32), steps)
    assert np.array_equal(first, second)


def test_an_unknown_name_is_refused(features: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no such trace: nowhere"):
        _train(features, tmp_path, "--hold-out", "nowhere")


def test_training_goes_on_from_a_checkpoint(features: Path, trained: dict[str, Path], tmp_path: Path) -> None:
    folder = _train(features, tmp_path, "--epochs", "0", "--start", str(trained["gru"]))
    before, after = checkpoint.load(trained["gru"]), checkpoint.load(folder)
    assert all(np.array_equal(x, y) for x, y in zip(*map(_arrays, (before, after)), strict=True))


def test_graphs_that_differ_from_jax_are_not_written(
    trained: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_DIFFERENCE", -1.0)
    with pytest.raises(SystemExit, match="differ from JAX"):
        export.export(checkpoint.load(trained["gru"]), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def _arrays(loaded: checkpoint.Checkpoint) -> list[np.ndarray]:
    return list(checkpoint.flatten(loaded.params).values())


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
