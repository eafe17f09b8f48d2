"""What learners write for EPyMARL, and what is said when something else lies there.

With a checkout (``EPYMARL_HOME=PATH``): EPyMARL's own learners read our files and we read theirs.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from acd_plugin.errors import UserError
from tests.conftest import MakeTraining
from tests.hosts.test_every_algorithm import build as build_variant
from tests.hosts.test_every_algorithm import every_algorithm, play
from tests.learners.test_upstream_parity import (
    HOME,
    NON_SHARED,
    as_batch,
    build,
    episodes,
    question,
)
from tests.learners.upstream_update import weights
from tests.tracking.test_checkpoint import same


@every_algorithm
def test_models_are_written_and_read(variant: list[str], tmp_path: Path) -> None:
    one, two = build_variant(variant), build_variant(variant, "seed=1")
    play(one, 4)
    one.learner.save_models(str(tmp_path))
    two.learner.load_models(str(tmp_path))
    ours, theirs = one.learner.state_dict(), two.learner.state_dict()
    assert same(one.mac.state_dict()["agent"], two.mac.state_dict()["agent"])
    kept = {"mixer", "critic"} | {name for name in ours if name.endswith("optimiser")}
    assert all(same(ours[name], theirs[name]) for name in kept & ours.keys())
    learner: Any = two.learner
    for pair in learner.target_networks.pairs.values():
        assert same(pair.target.state_dict(), pair.online.state_dict())


@pytest.mark.parametrize(
    ("algorithm", "files"),
    [
        ("dial", ["agent.th", "opt.th"]),
        ("qmix", ["agent.th", "mixer.th", "opt.th"]),
        ("mappo", ["agent.th", "agent_opt.th", "critic.th", "critic_opt.th"]),
    ],
)
def test_the_files_have_epymarls_names(
    make_training: MakeTraining, tmp_path: Path, algorithm: str, files: list[str]
) -> None:
    make_training(algorithm=algorithm).learner.save_models(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == files


def test_models_of_another_algorithm_are_refused(
    make_training: MakeTraining, tmp_path: Path
) -> None:
    make_training(algorithm="iql").learner.save_models(str(tmp_path))
    with pytest.raises(UserError, match=r"mixer\.th: no such file: these models are of another"):
        make_training(algorithm="qmix").learner.load_models(str(tmp_path))
    make_training("hidden_dim=8", algorithm="mappo").learner.save_models(str(tmp_path))
    make_training(algorithm="iql").mac.save_models(str(tmp_path))
    with pytest.raises(UserError, match=r"critic\.th: holds another network"):
        make_training(algorithm="mappo").learner.load_models(str(tmp_path))


EXCHANGED = [
    "iql",
    "vdn",
    "qmix",
    f"qmix {NON_SHARED}",
    "ippo",
    f"ippo {NON_SHARED} critic_type=ac_critic_ns",
    "mappo",
    f"mappo {NON_SHARED} critic_type=cv_critic_ns obs_last_action=False",
]


@pytest.fixture(scope="module")
def exchanged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What EPyMARL's learners read from our files, and wrote into theirs."""
    if not HOME:
        pytest.skip("EPYMARL_HOME names no checkout of EPyMARL")
    folder = tmp_path_factory.mktemp("exchanged")
    exchanges = {}
    for number, case in enumerate(EXCHANGED):
        ours, theirs = folder / f"{number}_ours", folder / f"{number}_theirs"
        ours.mkdir()
        theirs.mkdir()
        training = build(case)
        training.learner.train(as_batch(training, episodes(training)), 1, 0)
        training.learner.save_models(str(ours))
        exchanges[case] = {**question(case), "ours": str(ours), "theirs": str(theirs)}
    torch.save({"exchanges": exchanges}, folder / "cases")
    program = Path(__file__).with_name("upstream_update.py")
    command = [sys.executable, program, HOME, folder / "cases", folder / "results"]
    subprocess.run([str(word) for word in command], check=True)
    answers: dict[str, Any] = torch.load(folder / "results", weights_only=True)
    return {case: {**exchanges[case], **answers[case]} for case in EXCHANGED}


@pytest.mark.parametrize("case", EXCHANGED)
def test_epymarl_reads_our_models(exchanged: dict[str, Any], case: str) -> None:
    training = build(case)
    training.learner.load_models(exchanged[case]["ours"])
    for name, theirs in exchanged[case]["read"].items():
        assert same(weights(getattr(training.learner, name)), theirs)


@pytest.mark.parametrize("case", EXCHANGED)
def test_we_read_epymarls_models(exchanged: dict[str, Any], case: str) -> None:
    training = build(case)
    training.learner.load_models(exchanged[case]["theirs"])
    for name, theirs in exchanged[case]["written"].items():
        assert same(weights(getattr(training.learner, name)), theirs)
    # The optimisers go on from EPyMARL's: after one update of ours and one of theirs, the third.
    training.learner.train(as_batch(training, episodes(training)), 1, 0)
    steps = 3 * getattr(training.args, "epochs", 1)
    learner: Any = training.learner
    for optimiser in learner.optimisers().values():
        assert {int(state["step"]) for state in optimiser.state.values()} == {steps}
