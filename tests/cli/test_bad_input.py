"""Bad input is one line that helps, exit code 2, and nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from acd_plugin import __version__
from tests.cli.conftest import Call
from tests.house.source import ROOT
from tests.slow import slow

DIAL = "--config=dial"
SMALL = "--env-config=cyborg_small"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--config=dail", SMALL], "unknown algorithm 'dail'; did you mean 'dial'?"),
        ([DIAL, "--env-config=cyborg"], "unknown environment configuration 'cyborg'; did you mean"),
        ([], "no command: "),
        ([DIAL, SMALL, "with", "gama=1"], "unknown key 'gama'; did you mean 'gamma'? (docs/conf"),
        (
            [DIAL, SMALL, "with", "learning_rate=1"],
            "unknown key 'learning_rate'; did you mean 'lr'?",
        ),
        (
            [DIAL, SMALL, "with", "detection_rate=1"],
            "unknown key 'detection_rate'; did you mean 'env_args.detection_rate'?",
        ),
        (
            [DIAL, SMALL, "with", "env_args={detection_rate:", "0.5}"],
            "write each setting inside env_args by itself, as env_args.NAME=VALUE",
        ),
        (
            [DIAL, SMALL, "with", "env_args={detection_rat: 0.5}"],
            "unknown key 'env_args.detection_rat'; did you mean 'detection_rate'?",
        ),
        (
            [DIAL, SMALL, "seed=3"],
            "settings stand at the end, after the word 'with': ... with seed",
        ),
        (["resume", "7", "t_max=9"], "after the word 'with': ... with t_max=9"),
        ([DIAL, SMALL, "with", "t_max=0"], "'t_max' is 0: input should be greater than or equal"),
        (
            [DIAL, SMALL, "with", "env_args.scenario=dial_2_subnet"],
            "unknown scenario 'dial_2_subnet'; did you mean 'dial_2_subnets'?",
        ),
        (
            [DIAL, SMALL, "with", "env_args.backend=cybrog"],
            "'backend' is 'cybrog': input should be 'native' or 'cyborg'",
        ),
        (
            [DIAL, SMALL, "with", "env_args.analyse_mode=often"],
            "'analyse_mode' is 'often': input should be 'free', 'detect' or 'sau'",
        ),
        (
            [DIAL, SMALL, "with", "env=atari"],
            "unknown environment 'atari' (legal: cyborg, ",
        ),
        (
            [DIAL, SMALL, "with", "learner=dial_lerner"],
            "unknown learner 'dial_lerner'; did you mean",
        ),
        ([DIAL, SMALL, "with", "agent=cnet"], "unknown agent 'cnet'; did you mean 'c_net'?"),
        (
            [DIAL, SMALL, "with", "action_selector=greedy"],
            "unknown action_selector 'greedy'; did you mean 'epsilon_greedy'?",
        ),
        ([DIAL, SMALL, "with", "n_bits=-1"], "'n_bits' is -1: input should be greater than or"),
        ([DIAL, SMALL, "with", "batch_size_run=3"], "set buffer_size equal to batch_size, and"),
        (
            [DIAL, SMALL, "with", "device=gpu"],
            "'device' is 'gpu': input should be 'cpu', 'cuda' or",
        ),
        (
            [DIAL, SMALL, "with", "device=cpu", "use_cuda=True"],
            "device=cpu and use_cuda=True contradict each other: use_cuda=True means device=cuda",
        ),
        ([DIAL, SMALL, "with", "seeds_at_once=0"], "'seeds_at_once"),
        (
            [DIAL, SMALL, "with", *(f"{key}=100000000" for key in ("batch_size", "buffer_size"))],
            "GiB of memory, and",
        ),
        (["trian"], "unknown command 'trian'; did you mean 'train'?"),
        (["evaluate", "7"], "no run '7' (runs in results: none"),
        (["evaluate", "x.pt"], "x.pt: no such checkpoint"),
        (["resume", "7"], "no run '7'"),
        (["evaluate", "x.safetensors"], "x.safetensors: no such exported policy"),
        ([DIAL], "train needs --env-config (environment: a name in config/envs, or a .yaml file)"),
        (["--confg=dial", SMALL], "unknown option '--confg'; did you mean '--config'?"),
        (["evaluate", "7", "--episods", "9"], "unknown option '--episods'; did you mean '--epis"),
        (["evaluate", "7", "--episodes=x"], "--episodes is 'x': must be a whole number"),
        (["communication", "7", "--probability=x"], "--probability is 'x': must be a number"),
        (["evaluate", "7", "--render=3"], "--render takes no value: write --render alone"),
        (["watch", "7", "8"], "unexpected word '8' (watch takes RUN;"),
        (["runs", "--sort=resul"], "--sort is 'resul'; did you mean 'result'? (legal: id, result"),
        (["experiment", "runn", "x"], "ACTION is 'runn'; did you mean 'run'? (legal: run, search)"),
        (["experiment"], "experiment needs ACTION (run, search)"),
        (["resume"], "resume needs RUN (number or folder of a run"),
        ([DIAL, SMALL, "--note"], "needs a value: write --note=VALUE"),
    ],
)
def test_one_line_that_helps(call: Call, results: Path, words: list[str], message: str) -> None:
    outcome = call(*words)
    assert outcome.code == 2
    assert message in outcome.err
    lines = outcome.err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert not results.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["evaluate", "7", "--episodes=1"], "--episodes is 1: must be at least 2"),
        (["evaluate", "7", "--seed=-1"], "--seed is -1"),
        (["evaluate", "7", f"--seed={2**64}"], "must be at least 0, and below 2^32"),
        (["evaluate", "7", "--episodes=1000000000000"], "must be at least 2, at most 10,000,000"),
        (["communication", "7", f"--seed={2**64}"], "must be at least 0, and below 2^32"),
        (["communication", "7", "--probability=nan"], "--probability is nan: must be between"),
        (["evaluate", "7", "with", "lr=1"], "cannot evaluate with 'lr=1'"),
        (["resume", "7", "with", "lr=1"], "cannot resume with 'lr=1': only t_max may change"),
        (["communication", "7", "with", "lr=1"], "cannot examine with 'lr=1': a trained policy"),
    ],
)
def test_values_that_cannot_be_are_told_before_a_run_is_read(
    call: Call, results: Path, words: list[str], message: str
) -> None:
    (results / "7").mkdir(parents=True)
    (results / "7" / "run.json").write_text("{")  # cannot be read
    outcome = call(*words)
    assert outcome.code == 2
    assert message in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_results_folder_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    outcome = call(DIAL, SMALL, "with", f"local_results_path={tmp_path / 'file'}")
    assert outcome.code == 2
    assert "cannot write to the results folder" in outcome.err
    assert "local_results_path=FOLDER" in outcome.err
    assert (tmp_path / "file").read_text() == "precious"


def test_hostile_yaml_is_an_error_like_any_other(call: Call, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("lr: !!python/object/apply:os.mkdir ['hacked']")
    outcome = call("--config=mine.yaml", SMALL)
    assert outcome.code == 2
    assert "mine.yaml: not valid YAML" in outcome.err
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--config=dial", "--env-config=cyborg_small", "with", "learning_rate=1"],
        ["resume", "7"],
        ["evaluate", "7"],
        ["watch", "7.pt"],
        ["communication", "7", "with", "device"],
        ["show", "7"],
    ],
)
def test_mistakes_in_the_words_do_not_wait_for_what_is_large(
    words: list[str], tmp_path: Path
) -> None:
    check = (
        f"import sys; from acd_plugin.cli.main import main; assert main({words}) == 2; "
        "assert not {'torch', 'matplotlib', 'scipy'} & {*sys.modules}"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", check], check=True, cwd=tmp_path, env=environment)


def test_the_version_is_told(call: Call) -> None:
    assert call("--version") == (0, f"acd-plugin {__version__}\n", "")


@pytest.mark.parametrize("package", ["pydantic", *slow(["torch", "numba"])])
def test_a_package_that_is_missing_is_named_with_what_installs_it(
    tmp_path: Path, package: str
) -> None:
    words = [DIAL, SMALL]
    code = f"import sys; sys.modules['{package}'] = None; from acd_plugin.cli.main import main"
    result = subprocess.run(
        [sys.executable, "-c", f"{code}; sys.exit(main({words}))"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(f"error: the package '{package}' is missing")
    assert "pip install -c constraints.txt ." in result.stderr
    assert len(result.stderr.splitlines()) == 1
