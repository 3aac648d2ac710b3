"""Tables from fixed figures, and which replays are run."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import evaluate
from tables import Measured, figures_of, markdown_of


def _figures(removed: float | None, **more: float) -> dict[str, Any]:
    return {"waits_removed": removed, "candidate_recall": 0.8, "ece": 0.02, "pushed_bias": -0.1, **more}


def _measured(trace: str, budget: str, **removed: float | None) -> Measured:
    return Measured(trace, budget, {name.replace("_", "-"): _figures(value) for name, value in removed.items()})


TWO = [
    _measured("git-a", "1", none=0, markov=0.2, blend=0.25, model=0.5, model_frozen=0.4, oracle=0.625),
    _measured("mail", "1", none=0, markov=0.4, blend=0.3, model=0.32, model_frozen=0.2, oracle=0.8),
]


def test_each_trace_has_its_best_rival_and_what_others_reach_of_it() -> None:
    first, second = figures_of(TWO)["1"]["traces"]
    assert (first["best_rival"], second["best_rival"]) == ("blend", "markov")
    assert first["policies"]["model"]["ratio"] == pytest.approx(2)
    assert second["policies"]["model"]["ratio"] == pytest.approx(0.8)
    assert first["policies"]["model"]["reach"] == pytest.approx(0.8)


def test_the_summary_is_over_all_traces_and_reach_over_git_alone() -> None:
    summary = figures_of(TWO)["1"]["summary"]
    assert list(summary) == ["model", "model-frozen"]
    assert summary["model"]["geometric_mean_ratio"] == pytest.approx((2 * 0.8) ** 0.5)
    assert (summary["model"]["minimum_ratio"], summary["model"]["minimum_ratio_trace"]) == (pytest.approx(0.8), "mail")
    assert summary["model"]["mean_git_reach"] == pytest.approx(0.8)
    assert summary["model-frozen"]["geometric_mean_ratio"] == pytest.approx((1.6 * 0.5) ** 0.5)


def test_what_is_not_known_is_no_number() -> None:
    worthless = _measured("x", "1", none=0, blend=0.0, model=0.1)
    unknown = _measured("y", "1", blend=None, model=None)
    lost = _measured("z", "1", blend=0.2, model=-0.1)
    found = figures_of([worthless, unknown])["1"]
    assert [row["policies"]["model"]["ratio"] for row in found["traces"]] == [None, None]
    assert found["summary"]["model"]["geometric_mean_ratio"] is None
    assert found["summary"]["model"]["traces"] == 0
    assert figures_of([lost, TWO[0]])["1"]["summary"]["model"]["geometric_mean_ratio"] == 0


def test_tables_have_a_line_a_trace_and_a_column_a_variant() -> None:
    measured = [*TWO, _measured("git-a", "0.25", blend=0.1, model=0.2, oracle=0.5)]
    figures = {"model_sha256": "ab" * 32, "split_devices": 2, "last_steps": None, "budgets": figures_of(measured)}
    text = markdown_of(figures)
    assert "| git-a | blend | 0.250 | 0.500 | 2.00 | 0.625 | 0.80 | 0.80 | 0.020 | -0.100 | 0.400 |" in text
    assert "| git-a | blend | 0.100 | 0.200 | 2.00 | 0.500 | 0.40 | 0.80 | 0.020 | -0.100 |\n" in text
    assert "- model: ratio 1.265 in the geometric mean of 2 traces, at least 0.800 (mail); reach over git" in text
    assert text.index("## Budget 1") < text.index("## Budget 0.25")
    assert "split devices: 2" in text


FAKE = """
import json, pathlib, sys
arguments = sys.argv[1:]
option = lambda name: arguments[arguments.index(name) + 1]
with open({log!r}, "a") as log:
    log.write(json.dumps(arguments) + chr(10))
figures = {{"waits_removed": 0.5, "candidate_recall": None, "ece": None, "pushed_bias": None}}
report = pathlib.Path(option("--json"))
report.parent.mkdir(parents=True, exist_ok=True)
report.write_text(json.dumps({{"policies": {{name: figures for name in option("--policies").split(",")}}}}))
"""


@pytest.fixture
def evaluated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    """Evaluates one trace with a replay that only writes down its arguments; answers those of each new replay."""
    (tmp_path / "traces/one").mkdir(parents=True)
    (tmp_path / "traces/one/meta.json").write_text("{}")
    (tmp_path / "model").mkdir()
    (tmp_path / "model/manifest.json").write_text("first")
    log = tmp_path / "log"
    (tmp_path / "fake.py").write_text(FAKE.format(log=str(log)))
    monkeypatch.setenv("FORESYNC_COMMAND", f"{sys.executable} {tmp_path / 'fake.py'}")

    def evaluate_with(*options: str) -> list[list[str]]:
        log.write_text("")
        paths = {"--traces": tmp_path / "traces", "--model": tmp_path / "model", "--out": tmp_path / "out"}
        fixed = [str(part) for pair in paths.items() for part in pair]
        monkeypatch.setattr(sys, "argv", ["evaluate.py", *fixed, *options])
        evaluate.main()
        return [json.loads(line) for line in log.read_text().splitlines()]

    return evaluate_with


def _policies(replay: list[str]) -> str:
    return replay[replay.index("--policies") + 1]


def test_replays_each_budget_once_and_only_what_is_missing(evaluated: Any, tmp_path: Path) -> None:  # noqa: ANN401
    first = evaluated("--policies", "blend,model,oracle")
    assert [replay[replay.index("--budget") + 1] for replay in first] == ["1", "0.25"]
    assert all("--in-process" in replay and _policies(replay) == "blend,model,oracle" for replay in first)
    figures = json.loads((tmp_path / "out/figures.json").read_text())
    assert figures["budgets"]["1"]["traces"][0]["policies"]["model"]["ratio"] == 1
    assert "| one | blend |" in (tmp_path / "out/tables.md").read_text()

    assert evaluated("--policies", "blend,model,oracle") == []
    assert [_policies(replay) for replay in evaluated("--policies", "blend,layer,model", "--budgets", "1")] == ["layer"]
    assert len(evaluated("--policies", "blend", "--fresh")) == 2


def test_another_model_trace_or_view_is_measured_anew(evaluated: Any, tmp_path: Path) -> None:  # noqa: ANN401
    evaluated("--policies", "blend,model", "--budgets", "1")
    (tmp_path / "model/manifest.json").write_text("second")
    (again,) = evaluated("--policies", "blend,model", "--budgets", "1")
    assert _policies(again) == "model"
    (split,) = evaluated("--policies", "blend", "--budgets", "1", "--split-devices", "2", "--last-steps", "9")
    assert split[split.index("--split-devices") + 1] == "2"
    assert split[split.index("--last-steps") + 1] == "9"
    assert "--model" not in split
    (tmp_path / "traces/one/events.csv").write_text("user,item,type,time_s\n")
    assert len(evaluated("--policies", "blend", "--budgets", "1")) == 1


def test_a_folder_without_a_model_is_named(evaluated: Any, tmp_path: Path) -> None:  # noqa: ANN401
    (tmp_path / "model/manifest.json").unlink()
    with pytest.raises(SystemExit, match="holds no model"):
        evaluated("--policies", "model")


@pytest.mark.parametrize("wrong", [("--policies", "a,,b"), ("--policies", "file:x=y"), ("--budgets", "1,much")])
def test_a_wrong_option_is_refused(evaluated: Any, wrong: tuple[str, str]) -> None:  # noqa: ANN401
    with pytest.raises(SystemExit):
        evaluated(*wrong)
