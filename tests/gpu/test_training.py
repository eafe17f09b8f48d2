"""Every algorithm trains on a GPU, by itself and many seeds at once, and agrees with the CPU."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from acd_plugin.hosts.builtin.joint import JointTraining
from acd_plugin.hosts.builtin.training import Training
from tests.hosts.test_every_algorithm import build

ROOT = Path(__file__).resolve().parents[2]
ALGORITHMS = ["dial", "dial_nocomm", "dial_oracle", "rial", "iql", "vdn", "qmix", "ippo", "mappo"]
every_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)
GPU = "device=cuda"


def stored(training: Training) -> dict[str, object]:
    """A run's state as a checkpoint brings it back."""
    file = io.BytesIO()
    torch.save(training.state_dict(), file)
    file.seek(0)
    state: dict[str, object] = torch.load(file, weights_only=True)
    return state


def largest_difference(one: Training, two: Training) -> float:
    pairs = zip(one.mac.parameters(), two.mac.parameters(), strict=True)
    gaps = [(p.detach().cpu() - q.detach().cpu()).abs() for p, q in pairs if p.numel()]
    return max(gap.max().item() for gap in gaps)


@every_algorithm
def test_step_by_step_it_learns_what_it_learns_on_the_cpu(algorithm: str) -> None:
    gpu, cpu = build([algorithm], GPU), build([algorithm])
    for _ in range(3):
        gpu.train_once()
        cpu.train_once()
    assert next(iter(gpu.mac.parameters())).is_cuda
    assert largest_difference(gpu, cpu) < 1e-3  # last digits; Adam's first steps widen them
    assert gpu.runner.run(test_mode=True)["actions"].shape[0] == 4


@every_algorithm
def test_many_seeds_as_graphs_play_and_learn_what_each_does_on_the_cpu(
    algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    seeds = ("seed=3", "seed=0")
    gpu, cpu = ([build([algorithm], seed) for seed in seeds] for _ in range(2))
    with caplog.at_level(logging.WARNING):
        joint = JointTraining(gpu, "cuda")
    assert caplog.messages == []  # nothing is done step by step, nothing on the CPU
    for number in range(3):
        joint.train_once()
        for run in cpu:
            run.train_once()
        if number == 0:
            for one, two in zip(gpu, cpu, strict=True):
                assert torch.equal(one.buffer["actions"].cpu(), two.buffer["actions"])
    for one, two in zip(gpu, cpu, strict=True):
        assert largest_difference(one, two) < 1e-3


@every_algorithm
def test_a_run_moves_between_devices(algorithm: str) -> None:
    gpu = build([algorithm], GPU)
    joint = JointTraining([gpu], "cuda")
    for _ in range(2):
        joint.train_once()
    cpu = build([algorithm])
    cpu.load_state_dict(stored(gpu))
    assert largest_difference(gpu, cpu) == 0.0
    cpu.train_once()
    back = build([algorithm], GPU)
    back.load_state_dict(stored(cpu))
    assert largest_difference(back, cpu) == 0.0
    JointTraining([back], "cuda").train_once()


def test_other_environments_are_played_on_the_cpu_and_learned_on_the_gpu(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs = [build(["dial"], f"seed={seed}") for seed in (0, 1)]
    for run in runs:
        run.args.blueprint = run.settings  # which cannot make games on a device
    with caplog.at_level(logging.WARNING):
        joint = JointTraining(runs, "cuda")
    assert "are played on the CPU, which is slower" in caplog.text
    joint.train_once()


WORDS = ["--config=dial", "--env-config=cyborg_small"]
SHORT = ["batch_size=8", "batch_size_run=8", "buffer_size=8", "test_nepisode=8", "hidden_dim=16"]


def program(folder: Path, *words: str) -> str:
    """Return what the program says; it must end well."""
    env = {name: value for name, value in os.environ.items() if name != "EPYMARL_HOME"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_the_program_trains_resumes_evaluates_and_examines(tmp_path: Path) -> None:
    run = [*WORDS, "with", *SHORT, GPU, "t_max=1200"]
    assert "3 seeds together" in program(tmp_path, *run, "seed=0..2")
    assert "done" in program(tmp_path, "resume", "1..3", "with", "t_max=2400", GPU)
    assert "done" in program(tmp_path, "resume", "2", "with", "t_max=3600", "device=cpu")
    program(tmp_path, "evaluate", "1", "--episodes=16", "with", GPU)
    program(tmp_path, "communication", "1", "--episodes=16")


def test_epymarls_own_loop(tmp_path: Path) -> None:
    home = os.environ.get("EPYMARL_HOME")
    if not home:
        pytest.skip("EPYMARL_HOME names no EPyMARL checkout")
    for config in ("dial", "qmix"):
        words = [f"--config={config}", *WORDS[1:], f"--epymarl={home}", "with"]
        sizes = ["batch_size=8", "batch_size_run=8", "buffer_size=8", "test_nepisode=8"]
        program(tmp_path, *words, *sizes, "t_max=1200", "use_cuda=True", "test_interval=600")
