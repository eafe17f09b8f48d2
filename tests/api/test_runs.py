"""Training, evaluating and reading from Python, wherever it is called."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import acd_plugin
from acd_plugin.cli.main import main
from acd_plugin.envs.batch_env import Purpose
from tests.cli.conftest import EPOCH, numbers, run_json

SIZES = {"hidden_dim": 16, "batch_size": 8, "batch_size_run": 8, "buffer_size": 8}
TINY: dict[str, Any] = {
    **SIZES,
    **{"test_nepisode": 8, "test_interval": 2 * EPOCH, "log_interval": EPOCH, "t_max": 3 * EPOCH},
}
WORDS = [f"{key}={value}" for key, value in TINY.items()]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EPYMARL_HOME", raising=False)
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that tests look at, and leave as it is but for evaluations."""
    results = tmp_path_factory.mktemp("trained")
    return acd_plugin.train(**TINY, results=results, progress=False)


def drawn() -> list[str]:
    """Where the process's own random generators stand."""
    return [str(random.getstate()), str(np.random.get_state()), str(torch.get_rng_state())]


def test_the_same_is_trained_as_by_the_command(place: Path) -> None:
    before = drawn()
    folder = acd_plugin.train(
        "dial",
        "cyborg_small",
        **TINY,
        env_args={"detection_rate": 0.8, "costs": {"damage": {"high": 5}}},
        tags=["mine"],
        progress=False,
    )
    assert folder == Path("results/1")
    assert drawn() == before
    words = ["env_args.detection_rate=0.8", "env_args.costs.damage.high=5"]
    assert main(["--config=dial", "--env-config=cyborg_small", "with", *WORDS, *words]) == 0
    assert numbers(place / "results/1") == numbers(place / "results/2")
    meta = run_json(place / "results/1")["meta"]
    assert main(meta["command_line"].split()[1:]) == 0
    assert numbers(place / "results/3") == numbers(place / "results/1")


def test_progress_is_shown_and_recorded(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = acd_plugin.train(**TINY)
    shown = capsys.readouterr()
    assert "720/720" in shown.err
    assert "test return=" in shown.err
    assert shown.out == ""
    assert "step 720: return_mean" in (place / folder / "cout.txt").read_text()


def test_runs_in_threads_are_what_they_are_alone(place: Path) -> None:
    folders: dict[int, Path] = {}

    def train(seed: int) -> None:
        folders[seed] = acd_plugin.train(seed=seed, **TINY, progress=False)

    threads = [threading.Thread(target=train, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = acd_plugin.train(seed=2, **TINY, progress=False)
    assert len(set(folders.values())) == 2
    assert numbers(place / folders[2]) == numbers(place / alone)
    assert numbers(place / folders[1]) != numbers(place / alone)


def test_it_runs_under_an_event_loop(place: Path) -> None:
    async def train() -> Path:
        return acd_plugin.train(**TINY, progress=False)

    assert run_json(place / asyncio.run(train()))["status"] == "COMPLETED"


def test_an_interrupt_saves_and_the_run_goes_on(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from acd_plugin.api.progress import Bar  # noqa: PLC0415 - to be changed

    told = Bar.say

    def interrupt(bar: Bar, step: int, found: Any) -> None:
        told(bar, step, found)
        if step == 2 * EPOCH:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Bar, "say", interrupt)
        with pytest.raises(acd_plugin.RunStopped, match="resume results/1"):
            acd_plugin.train(**TINY, progress=False)
    assert acd_plugin.resume("results/1", progress=False) == Path("results/1")
    acd_plugin.train(**TINY, progress=False)
    assert numbers(place / "results/1") == numbers(place / "results/2")


def test_evaluation_is_the_command_s_and_stored(trained: Path) -> None:
    found = acd_plugin.evaluate("1", 12, seed=3, results=trained.parent)
    assert main(["evaluate", str(trained), "--episodes=12", "--seed=3"]) == 0
    changed = acd_plugin.evaluate(trained, 12, costs={"damage": {"high": 5}})
    lines = (trained / "evaluations.jsonl").read_text().splitlines()
    stored = [json.loads(line)["returns"] for line in lines[-2:]]  # the same is stored once
    assert stored == [list(found.returns), list(changed.returns)]
    assert changed.overrides == ("env_args.costs.damage.high=5",)


def test_evaluation_on_variants_is_a_table(trained: Path) -> None:
    pytest.importorskip("pandas")
    table = acd_plugin.evaluate(
        trained, 9, on=[{"detection_rate": [0.5, 0.1]}, {"costs": {"block": [2]}}]
    )
    assert table["detection_rate"].tolist() == [0.5, 0.1, 0.5]
    assert table["costs.block"].tolist() == [1, 1, 2]
    alone = acd_plugin.evaluate(trained, 9, detection_rate=0.1)
    assert table["return_mean"][1] == alone.return_mean
    assert table["return_low"][1] <= alone.return_mean <= table["return_high"][1]
    assert table["cost_block"][1] == alone.statistics["cost_block"]
    for wrong in ([], "attacker", [1]):
        with pytest.raises(acd_plugin.UserError, match="give a dictionary of settings"):
            acd_plugin.evaluate(trained, 9, on=wrong)  # type: ignore[arg-type]


def test_what_happens_to_messages_varies_beside_the_environment(trained: Path) -> None:
    pytest.importorskip("pandas")
    table = acd_plugin.evaluate(
        trained, 9, on=[{"channel.loss": [0, 1]}, {"channel": {"loss": 1}, "detection_rate": 0.2}]
    )
    assert table["channel.loss"].tolist() == [0, 1, 1]
    assert table["detection_rate"].tolist() == [0.5, 0.5, 0.2]
    alone = acd_plugin.evaluate(trained, 9, channel={"loss": 1})
    assert alone.overrides == ("channel.loss=1",)
    assert alone.return_mean == table["return_mean"][1]
    with pytest.raises(acd_plugin.UserError, match=r"unknown key 'channel\.los'"):
        acd_plugin.evaluate(trained, 9, on={"channel.los": 1})


def test_numbers_of_numpy_train_and_evaluate(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    rate, end = np.float64(0.8), np.int64(EPOCH)
    run = acd_plugin.train(
        **{**TINY, "t_max": end, "results": tmp_path},
        env_args={"detection_rate": rate},
        progress=False,
    )
    assert json.loads((run / "config.json").read_text())["t_max"] == EPOCH
    assert "np." not in run_json(run)["meta"]["command_line"]
    assert acd_plugin.resume(run, t_max=2 * end, progress=False) == run
    table = acd_plugin.evaluate(run, 9, on=[{"detection_rate": np.linspace(0.1, 0.2, 2)}])
    assert table["detection_rate"].tolist() == [0.1, 0.2]


def test_a_loaded_policy_acts_as_in_evaluation(trained: Path) -> None:
    evaluated = acd_plugin.evaluate(trained, 8)
    env = acd_plugin.make_batch("cyborg_small", 8)
    env.reset(0, Purpose.EVALUATE)
    returns = np.zeros(8)
    policy = acd_plugin.load_policy(trained)
    policy.reset(8)
    for _ in range(env.episode_limit):
        actions, _ = policy.act(env.observations, env.available_actions)
        returns += env.step(actions).rewards
    assert returns.tolist() == list(evaluated.returns)


def test_one_policy_is_loaded_for_another_scenario(place: Path) -> None:
    short = {**TINY, "t_max": EPOCH, "env_args": {"host_profile": True}}
    run = acd_plugin.train(**short, agent="set_net", results=place, progress=False)
    large = acd_plugin.make_batch("cyborg_large", 1, host_profile=True)
    large.reset(0, Purpose.EVALUATE)
    exported = acd_plugin.export_policy(run, place / "policy.safetensors")
    for stored in (run, exported):
        policy = acd_plugin.load_policy(stored, scenario="dial_3_subnets", time_limit=60)
        actions, _ = policy.act(large.observations, large.available_actions)
        assert actions.shape == (1, 3)
        assert policy.sizes.episode_limit == 60
    with pytest.raises(acd_plugin.UserError, match=r"unknown key 'env_args\.scenari'"):
        acd_plugin.load_policy(run, scenari="dial_3_subnets")


def test_nobody_trains_on_networks_that_are_held_out(place: Path) -> None:
    words = {**TINY, "t_max": EPOCH, "progress": False, "env": "generated"}
    for held_out in ("held_out", "held_out:3"):
        with pytest.raises(acd_plugin.UserError, match=r"networks=held_out.*evaluate") as refused:
            acd_plugin.train(**words, env_args={"networks": held_out})
        assert "\n" not in str(refused.value)
    assert not (place / "results").exists()
    run = acd_plugin.train(**words, env_args={"networks": "0..1"})
    assert acd_plugin.evaluate(run, 2, networks="held_out:0..1").episodes == 2


def test_a_policy_plays_pettingzoo_s_form_by_name(trained: Path) -> None:
    env = acd_plugin.make("cyborg_small")
    policy = acd_plugin.load_policy(trained / "checkpoints" / f"{3 * EPOCH}.pt")
    observations, infos = env.reset(seed=0)
    policy.reset()
    steps = 0
    while env.agents:
        masks = {agent: info["action_mask"] for agent, info in infos.items()}
        actions, messages = policy.act(observations, masks)
        observations, _, _, _, infos = env.step(actions)
        steps += 1
    assert steps == 30
    assert messages.keys() == {"Blue0", "Blue1"}


@pytest.mark.parametrize(
    "wrong", [{"first_episode": "a"}, {"first_episode": 2**70}, {"games": 0}, {"games": 1.5}]
)
def test_a_policy_refuses_numbers_that_cannot_be_and_goes_on(
    trained: Path, wrong: dict[str, Any]
) -> None:
    policy = acd_plugin.load_policy(trained)
    with pytest.raises(acd_plugin.UserError, match="must be an integer from"):
        policy.reset(**wrong)
    policy.reset()
    env = acd_plugin.make_batch("cyborg_small", 1)
    env.reset(0, Purpose.EVALUATE)
    policy.act(env.observations, env.available_actions)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_policy_refuses_what_no_agent_can_see(trained: Path, number: float) -> None:
    policy = acd_plugin.load_policy(trained)
    infos: Any
    observations, infos = acd_plugin.make("cyborg_small").reset(seed=0)
    masks = {agent: info["action_mask"] for agent, info in infos.items()}
    with pytest.raises(acd_plugin.UserError, match="give masks: info\\['action_mask'\\] of each"):
        policy.act(observations, infos)
    observations["Blue1"][0] = number
    with pytest.raises(acd_plugin.UserError, match=r"observations: .* must be finite"):
        policy.act(observations, masks)


def test_what_is_printed_is_short_and_says_what_it_is(trained: Path) -> None:
    policy = acd_plugin.load_policy(trained)
    steps = f"trained for {policy.t_env:,} steps"
    assert repr(policy) == f"<TrainedPolicy: dial on cyborg_small, seed 0, {steps}>"
    shown = str(acd_plugin.evaluate(trained, episodes=2))
    assert "episodes=2" in shown
    assert "return_mean=-" in shown
    assert "returns=" not in shown
    assert "statistics=" not in shown


def test_runs_are_read_as_tables(trained: Path) -> None:
    runs = acd_plugin.read_runs(trained.parent)
    assert runs.index.tolist() == ["1"]
    assert runs["algorithm"].tolist() == ["dial"]
    first = ["algorithm", "environment", "seed", "status", "steps", "result"]
    assert runs.columns[: len(first)].tolist() == first
    assert runs.columns.is_unique
    assert runs["env_args.costs.damage.high"].tolist() == [10.0]
    assert runs.loc["1", "hidden_dim"] == 16
    metrics = acd_plugin.read_metrics(trained)
    assert metrics.index.tolist() == [EPOCH, 2 * EPOCH, 3 * EPOCH]
    assert metrics["return_mean"].notna().all()
    assert metrics["test_return_mean"].iloc[-1] == runs.loc["1", "result"]


def test_published_runs_are_read_as_tables_out_of_their_archive(
    trained: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "runs.tar.xz"
    assert main(["publish", str(trained.parent), str(archive)]) == 0
    runs = acd_plugin.read_runs(archive)
    assert runs["algorithm"].tolist() == ["dial"]
    (number,) = runs.index
    copied, own = acd_plugin.read_metrics(number, archive), acd_plugin.read_metrics(trained)
    assert copied["test_return_mean"].dropna().equals(own["test_return_mean"].dropna())


@pytest.mark.parametrize(
    ("call", "arguments", "problem"),
    [
        ("train", {"config": "dail"}, "did you mean 'dial'"),
        ("train", {"t_mx": 5}, "unknown key 't_mx'; did you mean 't_max'"),
        ("train", {"env_args": {"costs": {"damag": {}}}}, "unknown key 'env_args.costs.damag'"),
        ("train", {"local_results_path": "x"}, "say results=... instead"),
        ("train", {"env_args": 5}, "env_args is 5"),
        ("load_policy", {"run": "7", "seed": "a"}, "seed is 'a': must be an integer from 0"),
        ("load_policy", {"run": "7", "device": "tpu"}, "must be cpu, cuda or auto"),
        ("load_policy", {"run": "7", "episode_limit": -1}, "episode_limit is -1"),
        ("load_policy", {"run": "7", "episode_limit": "a"}, "episode_limit is 'a'"),
        ("evaluate", {"run": "7", "episodes": "a"}, "episodes is 'a'"),
        ("make", {"plugins": "mine.py"}, "plugins is 'mine.py': give a list of Python files"),
        ("train", {"t_max": 1, "plugins": None}, "plugins is None: give a list"),
        ("resume", {"run": "7", "plugins": [3]}, r"plugins is \[3\]: give a list"),
        ("evaluate", {"run": "7", "plugins": "mine.py"}, "plugins is 'mine.py': give a list"),
        ("load_policy", {"run": "7", "plugins": 3}, "plugins is 3: give a list"),
        ("export_policy", {"run": "7", "out": None}, "out is None: give the path of the file"),
        ("hear", {"policy": 7, "observations": 0, "masks": 0}, "policy is 7: give what load_pol"),
        ("make", {"costs": {3: 4}}, "'env_args.costs.3' is no key"),
        ("evaluate", {"run": "7", "episodes": True}, "episodes is True: must be an integer"),
        ("make_batch", {"games": True}, "games is True: must be an integer"),
        ("make_batch", {"seed": False}, "seed is False: must be an integer"),
        ("read_runs", {"results": None}, "results is None"),
        ("read_runs", {"results": __file__}, "is a file"),
        ("load_policy", {"run": "7"}, "no run '7'"),
        ("load_policy", {"run": "no.pt"}, "no such checkpoint"),
        ("evaluate", {"run": "7"}, "no run '7'"),
        ("resume", {"run": "7"}, "no run '7'"),
        ("read_runs", {"results": "elsewhere"}, "no folder 'elsewhere'"),
        ("read_metrics", {"run": "7"}, "no run '7'"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    place: Path, call: str, arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(acd_plugin.UserError, match=problem) as refused:
        getattr(acd_plugin, call)(**arguments)
    assert "\n" not in str(refused.value)
    assert not (place / "results").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"tags": [5]},
        {"tags": "abc"},
        {"tags": ["\ud800"]},  # half of a character
        {"tags": [""]},
        {"tags": ["good", " "]},
        {"tags": ["two\nlines"]},
        {"note": "two\u2028lines"},
        {"note": "\x1b[31m"},
        {"note": 5},
        {"note": "\ud800"},
        {"results": None},
    ],
)
def test_what_cannot_be_recorded_is_refused_before_anything_is_written(
    wrong: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(acd_plugin.UserError, match=f"^{next(iter(wrong))} is "):
        acd_plugin.train("dial", "hidden_hour", t_max=1, **wrong)
    assert not list(tmp_path.iterdir())
