"""Plan files: what they mean, and that all mistakes are told at once."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.registry import REGISTRY
from acd_plugin.errors import UserError
from acd_plugin.experiments.plan import load_plan, only
from acd_plugin.experiments.progress import State, find_runs, state_of
from acd_plugin.running import run_spec
from acd_plugin.running.assembly import make_training
from acd_plugin.running.console import logger
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.experiments.conftest import TINY, WritePlan
from tests.running.test_assembly import Count
from tests.toy_envs import UnevenEnv

ROOT = Path(__file__).resolve().parents[2]
PLANS = sorted((ROOT / "experiments").glob("*.yaml"))


def test_a_plan_is_every_algorithm_on_every_environment_with_every_seed(
    write_plan: WritePlan,
) -> None:
    two = {"small": {"config": "cyborg_small"}, "large": {"config": "cyborg_large"}}
    plan = load_plan(write_plan(environments=two), "full")
    assert [job.name for job in plan.jobs] == [
        f"{algorithm} on {environment}, seed {seed}"
        for seed in (1, 2)  # first: a plan half done can be compared
        for algorithm in ("talks", "silent")
        for environment in ("small", "large")
    ]
    assert {job.spec.config["t_max"] for job in plan.jobs} == {128 * 5}  # one epoch, 5 steps a game


def test_a_part_of_a_plan_is_chosen_by_names(write_plan: WritePlan) -> None:
    plan = load_plan(write_plan(), "full")
    chosen = only(plan, ["talks on *, seed 2", "silent*"])
    assert [job.name for job in chosen.jobs] == [
        *("silent on small, seed 1", "talks on small, seed 2", "silent on small, seed 2")
    ]
    with pytest.raises(UserError, match=r"'silnt\*' matches no run .* 'talks on small, seed 1'"):
        only(plan, ["talks*", "silnt*"])


def test_overrides_of_all_of_algorithms_and_of_environments_are_applied(
    write_plan: WritePlan,
) -> None:
    path = write_plan(
        algorithms={"two bits": {"config": "dial", "with": {"n_bits": 2}}},
        environments={"dark": {"config": "cyborg_small", "with": {"env_args.detection_rate": 0.1}}},
    )
    job = load_plan(path, "full").jobs[0]
    assert (job.spec.config["n_bits"], job.spec.config["hidden_dim"]) == (2, 16)
    assert job.spec.config["env_args"]["detection_rate"] == 0.1
    # The command line means the same.
    algorithm, env, _, *overrides = shlex.split(job.command_line)[3:]
    config = load_config(algorithm.split("=")[1], env.split("=")[1], overrides)
    assert resolve(config).config == job.spec.config


def test_every_run_is_played_on_variants_of_its_own_environment(write_plan: WritePlan) -> None:
    attackers = {"env_args.attacker": ["paper", "direct", "paper+random"]}
    path = write_plan(
        environments={
            "paper": {"config": "cyborg_small"},
            "direct": {"config": "cyborg_small", "with": {"env_args.attacker": "direct"}},
        },
        evaluate_on=[attackers, {"env_args.attacker": "paper", "env_args.detection_rate": [0.1]}],
    )
    names = {
        job.environment: [variant.name for variant in job.variants]
        for job in load_plan(path, "full").jobs
    }
    assert names == {
        "paper": ["attacker=direct", "attacker=paper+random", "detection_rate=0.1"],
        "direct": [
            *("attacker=paper", "attacker=paper+random"),
            "attacker=paper, detection_rate=0.1",
        ],
    }


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_plans_that_come_with_the_program_are_legal(path: Path) -> None:
    assert load_plan(str(path), "full").jobs


def test_what_all_runs_share_may_change_nothing_for_some(write_plan: WritePlan) -> None:
    blocks, no_block = {"config": "cyborg_small"}, {"config": "cyborg_small_no_block"}
    shared = {**TINY, "env_args.costs.block": 2.0, "dru_sigma": 1.0}
    both = write_plan(environments={"x": blocks, "y": no_block}, **{"with": shared})
    for job in load_plan(both, "full").jobs:
        assert not job.spec.chosen & {"dru_sigma", "env_args.costs.block"}
    algorithms = {"a": {"config": "dial"}, "b": {"config": "dial_nocomm", "with": {"dru_sigma": 1}}}
    jobs = load_plan(write_plan(algorithms=algorithms), "full").jobs
    assert ["dru_sigma" in job.spec.chosen for job in jobs[:2]] == [False, True]
    for environments in (
        {"x": no_block},
        {"x": no_block, "y": {**no_block, "with": {"env_args.sees": "team"}}},
    ):
        with pytest.raises(UserError, match="block' would change nothing"):
            load_plan(write_plan(environments=environments, **{"with": shared}), "full")


def test_the_gate_of_an_environment_is_for_those_of_several_algorithms_that_talk(
    write_plan: WritePlan,
) -> None:
    gate = {"env_args.comm_gate": False}
    quiet, talks = {"config": "qmix"}, {"config": "dial"}
    place = {"x": {"config": "cyborg_small", "with": gate}}
    for words, chosen in (
        ({"algorithms": {"a": quiet, "b": talks}, "environments": place}, False),
        ({"algorithms": {"a": quiet, "b": talks}, "with": {**TINY, **gate}}, False),
        ({"algorithms": {"a": quiet}, "environments": place}, True),
        ({"algorithms": {"a": {**quiet, "with": gate}, "b": talks}}, True),
    ):
        job = load_plan(write_plan(**words), "full").jobs[0]
        assert ("env_args.comm_gate" in job.spec.chosen) == chosen


def test_where_all_are_played_may_be_no_other_game_for_some(write_plan: WritePlan) -> None:
    rate = {"evaluate_on": [{"env_args.detection_rate": [0.1]}]}
    places = {"x": {"config": "cyborg_small"}, "y": {"config": "hidden_hour"}}
    assert load_plan(write_plan(environments=places, **rate), "full").jobs
    for left in ({"y": places["y"]}, {"y": places["y"], "z": {"config": "blind_repair"}}):
        with pytest.raises(UserError, match="detection_rate' would change nothing"):
            load_plan(write_plan(environments=left, **rate), "full")


def test_nested_settings_of_several_places_are_joined(write_plan: WritePlan) -> None:
    plan = write_plan(
        algorithms={"a": {"config": "dial", "with": {"channel": {"loss": 0.3}}}},
        environments={"x": {"config": "cyborg_small", "with": {"channel.delay": 1}}},
        **{"with": {**TINY, "channel": {"flip": 0.2, "loss": 0.1}}},
    )
    for job in load_plan(plan, "full").jobs:
        channel = job.spec.config["channel"]
        assert [channel[key] for key in ("loss", "delay", "flip")] == [0.3, 1, 0.2]


def test_the_only_budget_need_not_be_named(write_plan: WritePlan) -> None:
    budget = {"seeds": [1], "epochs": 1, "evaluation_episodes": 2}
    only_one = write_plan(budgets={"tiny": budget})
    assert load_plan(only_one, None) == load_plan(only_one, "tiny")
    two = write_plan(budgets={"tiny": budget, "huge": dict(budget, seeds=[2])})
    with pytest.raises(UserError, match=r"choose one by --budget \(huge, tiny\)"):
        load_plan(two, None)


@pytest.mark.parametrize("path", [p for p in PLANS if p.stem.startswith("paper")], ids=str)
def test_the_papers_plans_have_its_budget_and_a_quick_one(path: Path) -> None:
    full, quick = load_plan(str(path), None), load_plan(str(path), "quick")
    assert len({job.seed for job in full.jobs}) >= 5
    for job in full.jobs:
        assert job.spec.config["t_max"] == 5000 * 128 * job.spec.config["env_args"]["time_limit"]
    assert {job.algorithm for job in quick.jobs} == {job.algorithm for job in full.jobs}


@pytest.mark.parametrize(
    ("changes", "mistakes"),
    [
        (
            {
                "algorithms": {"a": {"config": "dail"}, "b": {"config": "qmix"}},
                "environments": {
                    "x": {"config": "cyborg_small", "with": {"gama": 1}},
                    "y": {"config": "cyborg_lrge"},
                },
            },
            ["unknown algorithm 'dail'", "unknown key 'gama'", "'cyborg_lrge'; did you mean"],
        ),
        (
            {
                "algorithms": {"a": {"config": "dial", "with": {"gamma": 0.5, "lr": 0.1}}},
                "environments": {"x": {"config": "cyborg_small", "with": {"gamma": 0.6}}},
            },
            ["algorithm 'a' sets gamma=0.5 and environment 'x' 0.6"],
        ),
        (
            {
                "algorithms": {"a": {"config": "dial", "with": {"channel.loss": 0.3}}},
                "environments": {
                    "x": {"config": "cyborg_small", "with": {"channel": {"loss": 0.1}}}
                },
            },
            ["algorithm 'a' sets channel.loss=0.3 and environment 'x' 0.1"],
        ),
        (
            {
                "algorithms": {
                    "a": {
                        "config": "dial",
                        "with": {"channel": {"loss": 0.3}},
                        "sweep": {"channel.loss": [0.1, 0.2]},
                    }
                }
            },
            ["channel.loss stands in 'with' and in 'sweep'"],
        ),
        ({"with": {**TINY, "seed": 4, "t_max": 5}}, ["'seed' is set by", "'t_max' is set by"]),
        ({"with": {"gamma": "high"}}, ["'gamma' is 'high': input should be a valid number"]),
        ({"evaluate_on": [{"lr": [1, 2]}]}, ["cannot evaluate_on with 'lr=[1, 2]'"]),
        ({"evaluate_on": [{"env_args.attacker": ["papr"]}]}, ["'papr'; did you mean 'paper'"]),
        (
            {"evaluate_on": [{"channel.loss": [7]}, {"channel.lie": ["nonsense"]}]},
            ["channel: 'loss' is 7.0: input should be", "channel: 'lie' is 'nonsense'"],
        ),
        (
            {"algorithms": {"a": {"config": "dial", "with": {"channel": {"loss": 2, "flip": -1}}}}},
            ["channel: 'loss' is 2.0: input should be", "channel: 'flip' is -1.0"],
        ),
        ({"evaluate_on": [{"env_args.attacker": []}]}, ["'env_args.attacker=[]' names no value"]),
        (
            {"evaluate_on": [{"env_args.scenario": "dial_3_subnets"}]},
            ["a policy of 'dial_nocomm': was trained on 'dial_2_subnets' and does not fit"],
        ),
        ({"seeds": [1]}, ["seeds"]),
        (
            {"budgets": {"full": {"seeds": [1, 1], "epochs": 1, "evaluation_episodes": 8}}},
            ["'budgets.full.seeds' is [1, 1]: names 1 twice"],
        ),
        ({"algorithms": {"": {"config": "dial"}}}, ["the name '': a name must have letters"]),
        ({"budgets": {"full": {"seeds": [], "epochs": 0}}}, ["budgets.full.seeds", "full.epochs"]),
        ({"budgets": {"ful": {"seeds": [1], "epochs": 1, "evaluation_episodes": 8}}}, ["'full'"]),
    ],
)
def test_all_mistakes_are_told_at_once(
    write_plan: WritePlan, changes: dict[str, Any], mistakes: list[str]
) -> None:
    with pytest.raises(UserError) as error:
        load_plan(write_plan(**changes), "full")
    for mistake in mistakes:
        assert mistake in str(error.value)


def test_each_mistake_is_told_once_whatever_kind_it_is(write_plan: WritePlan) -> None:
    path = write_plan(
        titel="A test",
        algorithms={
            "a": {"confg": "dial"},
            "b": {"config": "dial", "with": {"gama": 1, "lr": "fast"}},
            "c": {"config": "dail"},
            "d": {"config": "dial", "with": {"n_bits": 2}, "sweep": {"n_bits": [1, 1]}},
        },
        environments={
            "x": {"config": "cyborg_small"},
            "y": {"config": "cyborg_smal"},
            "z": {"config": "cyborg_large", "with": {"env_args": {"sees": "x"}, "lrate": 1}},
        },
        budgets={"full": {"seeds": [1], "evaluation_episodes": 8}},
        evaluate_on=[{"lr": 1}, {"env_args.attacker": ["papr"]}],
        **{"with": {**TINY, "seed": 4}},
    )
    with pytest.raises(UserError) as error:
        load_plan(path, "full")
    assert "(docs/configuration.md lists all) (b on x, b on z)\n" in str(error.value)
    beginnings = [
        "key 'budgets.full.epochs' is missing",
        "unknown key 'algorithms.a.confg'",
        "unknown key 'titel'",
        "cannot evaluate_on with 'lr=1'",
        "'d': n_bits stands in 'with' and",
        "'d': its sweep of n_bits has 1 twice",
        "unknown environment configuration",
        "unknown algorithm 'dail'; did you",
        "'seed' is set by the plan's budget",
        "unknown key 'gama'; did you mean",
        "'lr' is 'fast': input should be",
        "unknown key 'lrate'; did you mean",
    ]
    told = error.value.problems
    for beginning in beginnings:
        assert sum(problem.startswith(beginning) for problem in told) == 1, beginning
    assert str(error.value).count("\n  - ") == len(told) == len(beginnings)


@pytest.mark.parametrize("place", ["with", "algorithms", "evaluate_on"])
def test_a_key_is_not_set_both_nested_and_with_dots(write_plan: WritePlan, place: str) -> None:
    both = {"env_args.sees": "own", "env_args": {"sees": "team"}}
    parts = {
        "with": {**TINY, **both},
        "algorithms": {"a": {"config": "dial", "with": both}},
        "evaluate_on": [{"channel.loss": 0.1, "channel": {"loss": 0.2}}],
    }
    match = (
        "cannot evaluate_on with 'channel" if place == "evaluate_on" else "'env_args.sees' is set"
    )
    with pytest.raises(UserError, match=match):
        load_plan(write_plan(**{place: parts[place]}), "full")


def test_budgets_are_right_where_episodes_may_end_early(
    write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(REGISTRY, "uneven", UnevenEnv)  # at most three steps
    own = tmp_path / "uneven.yaml"
    own.write_text("env: uneven\nenv_args: {}\n")
    settings = {key: value for key, value in TINY.items() if not key.startswith("env_args")}
    plan = load_plan(
        write_plan(environments={"own": {"config": str(own)}}, **{"with": settings}), "full"
    )
    for job in plan.jobs:
        assert job.spec.settings.t_max == 128 * 3  # more than it will play
        assert job.spec.settings.episodes_max == 128
    training = make_training(plan.jobs[0].spec, NullRecorder())
    training.train()
    assert training.episode == 128
    assert training.runner.t_env < 128 * 3


def test_an_environment_is_read_once_for_all_runs_on_it(
    write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Count(monkeypatch, run_spec, "blueprint_of")
    two = {"small": {"config": "cyborg_small"}, "large": {"config": "cyborg_large"}}
    assert len(load_plan(write_plan(environments=two), "full").jobs) == 8
    assert read.calls == 2


@pytest.mark.parametrize("name", ["paper_simple", "paper_extended"])
def test_the_published_runs_are_the_plans_own(name: str) -> None:
    """Release 0.1.0 made them, and recorded less."""
    plan = load_plan(str(ROOT / "experiments" / f"{name}.yaml"), "thousand")
    runs = find_runs(plan.jobs, ROOT / "docs" / "results")
    assert {state_of(job, runs.get(job)) for job in plan.jobs} == {State.DONE}


def test_a_run_that_cannot_be_read_is_named_and_the_others_are_found(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = tmp_path / "7" / "run.json"
    damaged.parent.mkdir()
    damaged.write_text("{")
    logger.addHandler(caplog.handler)
    assert find_runs([], tmp_path) == {}
    logger.removeHandler(caplog.handler)
    (told,) = set(caplog.messages)
    assert told.startswith(f"left out: {damaged}: cannot be read")


def test_what_only_some_of_the_algorithms_have_is_left_to_them(write_plan: WritePlan) -> None:
    algorithms = {name: {"config": name} for name in ("dial", "dial_nocomm", "qmix")}
    path = write_plan(
        algorithms=algorithms,
        evaluate_on=[{"channel.loss": [0.5, 1]}, {"env_args.attacker": "direct"}],
        **{"with": {**TINY, "channel.delay": 1}},
    )
    jobs = {job.algorithm: job for job in load_plan(path, "full").jobs}
    assert [len(jobs[name].variants) for name in algorithms] == [3, 1, 1]
    assert "channel.delay=1" in jobs["dial"].command_line
    assert "channel" not in jobs["qmix"].command_line


@pytest.mark.parametrize(
    "changes", [{"with": {**TINY, "channel.delay": 1}}, {"evaluate_on": [{"channel.loss": 1}]}]
)
def test_what_no_algorithm_has_is_refused(
    write_plan: WritePlan, changes: dict[str, object]
) -> None:
    algorithms = {name: {"config": name} for name in ("mappo", "qmix")}
    with pytest.raises(UserError, match="'channel' is a setting of other algorithms than these"):
        load_plan(write_plan(algorithms=algorithms, **changes), "full")


def test_a_setting_may_be_idle_at_some_points_of_a_sweep(write_plan: WritePlan) -> None:
    sweep = {"epochs": [1, 4], "eps_clip": [0.1, 0.2]}
    jobs = load_plan(write_plan(algorithms={"m": {"config": "mappo", "sweep": sweep}}), "full").jobs
    for job in jobs[:4]:
        make_training(job.spec, NullRecorder())
    alone = {"config": "mappo", "with": {"epochs": 1}, "sweep": {"eps_clip": [0.1, 0.2]}}
    (job, *_) = load_plan(write_plan(algorithms={"m": alone}), "full").jobs
    with pytest.raises(UserError, match="'eps_clip' would change nothing: epochs=1"):
        make_training(job.spec, NullRecorder())
