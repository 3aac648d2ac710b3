"""Rivals that know items by their ids: what they learn, and that they look at nothing that comes later."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import fit
from sequences import MOST_ITEMS, WINDOW, read, windows

ITEMS = 12


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Users who go through items in a fixed order, each from another one on; a rare item appears late."""
    rng = np.random.default_rng(0)
    file = tmp_path_factory.mktemp("rivals") / "steps.jsonl"
    place = rng.integers(0, ITEMS, 8)
    lines = []
    for step in range(1200):
        user = int(rng.integers(0, 8))
        place[user] = (place[user] * 5 + 1) % ITEMS
        item = "late" if step in (1100, 1150) else f"item-{place[user]}"
        lines.append(json.dumps({"user": f"user-{user}", "items": [item]}))
    file.write_text("\n".join(lines) + "\n")
    return file


def _fit(steps: Path, out: Path, kind: str, monkeypatch: pytest.MonkeyPatch, epochs: int) -> np.ndarray:
    options = ["--steps", steps, "--kind", kind, "--out", out, "--epochs", epochs, "--width", 16, "--rate", 0.02]
    monkeypatch.setattr(sys, "argv", ["fit.py", *map(str, options), "--drop", "0"])
    fit.main()
    return np.fromfile(out / "items.u32", "<u4").reshape(-1, fit.TOP)


@pytest.mark.parametrize("kind", ["gru", "attention"])
def test_learns_what_follows_what(steps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    first = _fit(steps, tmp_path / "scores", kind, monkeypatch, 12)[:, 0]
    found = read(steps)
    after = fit.following(found.step_user, len(first))
    judged = np.flatnonzero((after > 960) & (found.step_items[:, 0] <= ITEMS))
    hits = first[judged] + 1 == found.step_items[after[judged], 0]
    assert hits.mean() > 0.8
    meta = json.loads((tmp_path / "scores/meta.json").read_text())
    assert (meta["rows"], meta["top"], len(meta["users"])) == (1200, fit.TOP, 8)
    chances = np.fromfile(tmp_path / "scores/scores.f32", "<f4").reshape(-1, fit.TOP)
    assert np.allclose(chances.sum(1), 1, atol=1e-4)
    assert (np.diff(chances[:, :ITEMS], axis=1) <= 0).all()


def test_a_score_knows_nothing_of_later_steps(steps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(steps)
    params = fit.init("gru", ITEMS, 16, 1)
    whole, _ = fit.scores_of(found, params, "gru")
    (tmp_path / "cut.jsonl").write_text("".join(steps.read_text().splitlines(keepends=True)[:700]))
    cut, _ = fit.scores_of(read(tmp_path / "cut.jsonl"), params, "gru")
    assert np.array_equal(whole[:700], cut)
    assert whole[0, 0] == 0
    assert (whole[0, 1:] == fit.NONE).all()


def test_windows_hold_every_step_with_half_a_window_before_it() -> None:
    user = np.array([0] * 150 + [1] * 3)
    found = windows(user, len(user))
    assert set(found[found >= 0]) == set(range(153))
    assert [int(window[0]) for window in found] == [0, 32, 64, 96, 150]
    assert found.shape[1] == WINDOW


def test_reads_steps_in_order(tmp_path: Path) -> None:
    file = tmp_path / "steps.jsonl"
    lines = [("a", ["x", "y"]), ("b", ["y"]), ("a", [f"z{n}" for n in range(40)])]
    file.write_text("".join(json.dumps({"user": user, "items": items}) + "\n" for user, items in lines))
    found = read(file)
    assert found.own_step.tolist() == [1, 1, 2]
    assert found.seen_items.tolist() == [2, 2, 42]
    assert found.step_items[:2, :3].tolist() == [[1, 2, 0], [2, 0, 0]]
    assert found.step_items.shape == (3, MOST_ITEMS)
