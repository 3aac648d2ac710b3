"""Reading, labelling and splitting of feature folders."""

from pathlib import Path

import numpy as np
import pytest

from data import labels, load, load_all, split


def test_reads_every_folder_by_name(features: Path) -> None:
    traces = load_all(features)
    assert [t.name for t in traces] == ["large", "small", "unseen"]
    assert [t.train for t in traces] == [True, True, False]
    assert traces[0].step_descriptors.shape == (4000, 3)
    assert traces[0].plan_step.min() == -1


def test_a_truncated_column_is_refused(features: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    for file in (features / "small").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "bytes.f32").write_bytes(b"\0" * 8)
    with pytest.raises(ValueError, match=r"bytes\.f32"):
        load(folder)


def test_an_opening_behind_the_end_is_not_known(features: Path) -> None:
    trace = load(features / "large")
    end = 3000
    label = labels(trace, 10, end)
    steps_of_user: dict[int, list[int]] = {}
    for step, user in enumerate(trace.step_user):
        steps_of_user.setdefault(int(user), []).append(step)
    row_step = trace.plan_step[trace.row_plan()]
    checked = 0
    for row in np.flatnonzero((trace.row_opened_in > 0) & (row_step > 2900)):
        own = steps_of_user[int(trace.step_user[row_step[row]])]
        at = own.index(row_step[row]) + int(trace.row_opened_in[row])
        if at < len(own):
            assert label[row] == (own[at] < end)
            checked += 1
    assert checked > 100


def test_the_horizon_bounds_the_label(features: Path) -> None:
    trace = load(features / "small")
    assert not labels(trace, 3, trace.steps)[trace.row_opened_in > 3].any()


def test_parts_are_ordered_in_time_and_stop_at_what_is_seen(features: Path) -> None:
    trace = load(features / "large")
    cut = split(trace, horizon=10, seen=0.8, validation=0.1, learns=True)
    moment = trace.plan_moment()[trace.row_plan()]
    assert (cut.train_end, cut.end) == (2880, 3200)
    assert moment[cut.train_rows].max() < 2880 <= moment[cut.validation_rows].min()
    assert moment[cut.validation_rows].max() < 3200
