"""The plugin inside a real EPyMARL checkout (set EPYMARL_HOME)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from acd_plugin.cli.main import main
from tests.cli.conftest import numbers, run_json
from tests.hosts.epymarl.conftest import Run

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
DIAL = ["batch_size=8", "batch_size_run=8", "buffer_size=8"]
LEARNED = ("return_mean", "loss", "grad_norm", "td_error_abs", "q_taken_mean", "epsilon")


def first_steps(folder: Path, count: int) -> list[tuple[str, int, float]]:
    """What learning and playing measured in the first ``count`` epochs."""
    return [
        point for point in numbers(folder) if point[0] in LEARNED and point[1] <= count * 8 * 30
    ]


@pytest.mark.parametrize("config", ["dial", "dial_nocomm"])
def test_dials_first_ten_steps_are_those_of_the_builtin_host_bit_for_bit(
    run_in_epymarl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    result = run_in_epymarl(config, *DIAL)
    assert result.returncode == 0, result.stderr
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EPYMARL_HOME", raising=False)
    tiny = ["hidden_dim=16", "t_max=2400", "test_interval=1200", "test_nepisode=8"]
    words = [f"--config={config}", "--env-config=cyborg_small", "with", *tiny, *DIAL]
    assert main(words) == 0
    theirs, ours = first_steps(tmp_path / "results/1", 10), first_steps(tmp_path / "results/2", 10)
    assert len(ours) == 10 * len(LEARNED)
    assert theirs == ours


@pytest.mark.parametrize(
    ("config", "runner", "games"),
    [
        ("qmix", "batch", 4),
        ("qmix", "episode", 1),
        ("qmix", "parallel", 2),
        ("mappo", "batch", 4),
        ("coma", "parallel", 4),
        ("dial", "episode", 1),
        ("dial", "parallel", 2),
    ],
)
def test_its_runners_and_algorithms_play_our_games(
    run_in_epymarl: Run, tmp_path: Path, config: str, runner: str, games: int
) -> None:
    overrides = [f"runner={runner}", f"batch_size_run={games}", "t_max=900"]
    result = run_in_epymarl(config, *overrides)
    assert result.returncode == 0, result.stderr
    assert "host: epymarl (--epymarl=" in result.stderr
    names = {name for name, _, _ in numbers(tmp_path / "results/1")}
    assert {"return_mean", "test_return_mean", "cost_damage_mean"} <= names
    assert any(name.endswith("grad_norm") for name in names)  # it did learn
    assert run_json(tmp_path / "results/1")["status"] == "COMPLETED"


def test_the_checkout_is_left_alone_and_models_go_into_the_run(
    run_in_epymarl: Run, checkout: str, tmp_path: Path
) -> None:
    status = ["git", "-C", checkout, "status", "--porcelain"]
    before = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    result = run_in_epymarl("qmix", "t_max=300", "save_model=True", "use_tensorboard=False")
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / "results/1/models").rglob("agent.th"))
    assert subprocess.run(status, capture_output=True, text=True, check=True).stdout == before


def test_its_runs_are_evaluated_there(
    run_in_epymarl: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_in_epymarl("qmix", "t_max=300", "save_model=True").returncode == 0
    monkeypatch.chdir(tmp_path)
    for command in ("evaluate", "resume"):
        assert main([command, "1"]) == 2
        assert "evaluate it there: repeat its command with evaluate=True" in capsys.readouterr().err
    (agent,) = (tmp_path / "results/1/models").rglob("agent.th")
    path = f"checkpoint_path={agent.parent.parent}"
    again = run_in_epymarl("qmix", "evaluate=True", path)
    assert again.returncode == 0, again.stderr
    assert "test_return_mean" in {name for name, _, _ in numbers(tmp_path / "results/2")}


def test_an_algorithm_of_ones_own_is_saved_and_evaluated_there(
    run_in_epymarl: Run, tmp_path: Path
) -> None:
    example = str(EXAMPLES / "hysteretic_q.yaml")
    trained = run_in_epymarl(example, "t_max=300", "save_model=True", "batch_size_run=4")
    assert trained.returncode == 0, trained.stderr
    agent = next((tmp_path / "results/1/models").rglob("agent.th"))
    assert (agent.parent / "opt.th").is_file()
    path = f"checkpoint_path={agent.parent.parent}"
    again = run_in_epymarl(example, "evaluate=True", path, "batch_size_run=4")
    assert again.returncode == 0, again.stderr
    assert "test_return_mean" in {name for name, _, _ in numbers(tmp_path / "results/2")}
    on = run_in_epymarl(example, path, "t_max=600", "batch_size_run=4")
    assert on.returncode == 0, on.stderr
    assert "loss" in {name for name, _, _ in numbers(tmp_path / "results/3")}


CRASH = """
from acd_plugin.envs.cyborg.cyborg_env import CyborgEnv
def step(self, actions):
    raise RuntimeError('a cable was pulled')
CyborgEnv.step = step
"""


@pytest.mark.parametrize(("runner", "games"), [("episode", 1), ("parallel", 2)])
def test_a_crash_ends_the_run_with_its_own_words(
    run_in_epymarl: Run, tmp_path: Path, runner: str, games: int
) -> None:
    """EPyMARL itself would wait for ever for a worker that has died."""
    result = run_in_epymarl(
        "qmix", f"runner={runner}", f"batch_size_run={games}", before=f"exec({CRASH!r})"
    )
    assert result.returncode == 1
    assert "a cable was pulled" in result.stderr
    assert "in the host epymarl: " in result.stderr
    assert run_json(tmp_path / "results/1")["status"] == "FAILED"


@pytest.mark.parametrize(
    ("config", "override", "message"),
    [
        ("qmix", "gama=1", "unknown key 'gama'; did you mean 'gamma'?"),
        ("qmx", "gamma=1.0", "unknown algorithm 'qmx'; did you mean 'qmix'?"),
        ("qmix", "env_args.scenario=dial_4", "unknown scenario 'dial_4'"),
        ("dial", "channel.liar=Nobody", "channel.liar is 'Nobody', which is no agent"),
        ("dial_broadcast", "gamma=1.0", "message_content=broadcast says what a game's author"),
    ],
)
def test_bad_input_is_one_line(
    run_in_epymarl: Run, tmp_path: Path, config: str, override: str, message: str
) -> None:
    result = run_in_epymarl(config, override)
    assert result.returncode == 2
    assert message in result.stderr.splitlines()[-1]
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("runner", ["episode", "parallel"])
def test_its_runners_do_not_tell_the_truth(
    run_in_epymarl: Run, tmp_path: Path, runner: str
) -> None:
    result = run_in_epymarl("dial_oracle", f"runner={runner}", "batch_size_run=1")
    assert result.returncode == 2
    assert f"runner '{runner}' does not tell: set runner=batch" in result.stderr.splitlines()[-1]
    assert not (tmp_path / "results").exists()
    assert run_in_epymarl("dial_oracle", "batch_size_run=4", "t_max=300").returncode == 0


def test_individual_rewards_are_not_for_the_batch_runner(
    run_in_epymarl: Run, tmp_path: Path
) -> None:
    result = run_in_epymarl("iql", "runner=batch", "common_reward=False")
    assert result.returncode == 2
    assert "set common_reward=True, or choose another runner" in result.stderr
    assert not (tmp_path / "results").exists()
    apart = run_in_epymarl(
        "iql", "runner=episode", "batch_size_run=1", "common_reward=False", "t_max=300"
    )
    assert apart.returncode == 0, apart.stderr
    names = {name for name, _, _ in numbers(tmp_path / "results/1")}
    assert {"agent_0_return_mean", "total_return_mean"} <= names
    assert json.loads((tmp_path / "results/1/config.json").read_text())["host"] == "epymarl"
