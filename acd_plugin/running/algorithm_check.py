"""Check an algorithm of one's own: what is missing or wrong, in plain words."""

from __future__ import annotations

import copy
import inspect
import tempfile
from collections.abc import Callable, Sequence
from types import SimpleNamespace

import torch

from acd_plugin.configuration.findings import Finding
from acd_plugin.configuration.layers import chosen_keys, load_config, read_overrides
from acd_plugin.controllers.checker import check_controller, missing_members
from acd_plugin.errors import UserError, find
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve

_SMALL = ["batch_size=4", "batch_size_run=4", "buffer_size=4", "test_nepisode=4", "torch_threads=1"]


def check_algorithm(
    algorithm: str,
    env: str = "cyborg_small",
    overrides: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> list[Finding]:
    """Build an algorithm, let it play and learn a little, and return what is wrong with it.

    ``algorithm`` and ``env`` are names or YAML files, as after ``--config`` and ``--env-config``.
    """
    try:
        config = load_config(algorithm, env, [*_SMALL, *overrides], plugins=plugins)
        spec = resolve(config, chosen=chosen_keys(algorithm, env, read_overrides(overrides)))
        mac, learner = spec.settings.mac, spec.settings.learner
        make_controller = find(BUILTIN.controllers, "mac", mac)
        unfit = _signature("mac", mac, make_controller, "(scheme, groups, args)", 3)
        make_learner = find(BUILTIN.learners, "learner", learner)
        unfit += _signature("learner", learner, make_learner, "(mac, scheme, logger, args)", 4)
        if unfit:
            return unfit
        return _check(lambda: make_training(spec, NullRecorder()))
    except UserError as error:
        return [Finding(True, str(error))]


def _signature(
    kind: str, name: str, make: Callable[..., object], takes: str, count: int
) -> list[Finding]:
    try:
        inspect.signature(make).bind(*[SimpleNamespace()] * count)
    except TypeError as error:
        return [Finding(True, f"{kind} '{name}' cannot be made with {takes}: {error}")]
    return []


def _check(make: Callable[[], Training]) -> list[Finding]:
    training = make()
    findings = missing_members(training.mac)
    if findings:
        return findings
    try:
        batch = training.runner.run(test_mode=False)
    except Exception as error:
        return [Finding(True, f"playing fails: {type(error).__name__}: {error}")]
    findings = check_controller(training.mac, batch)
    for check in (_check_seed, _check_learning, _check_going_on):
        try:
            findings += check(make)
        except Exception as error:
            what = check.__name__.removeprefix("_check_").replace("_", " ")
            findings.append(Finding(True, f"{what}: {type(error).__name__}: {error}"))
    return findings


def _check_seed(make: Callable[[], Training]) -> list[Finding]:
    """The same seed plays the same games; tests are repeatable and leave training alone."""
    one, two = make().runner, make().runner
    two.run(test_mode=True)
    findings = []
    if not torch.equal(one.run()["actions"], two.run()["actions"]):
        findings.append(
            Finding(
                True,
                "the same seed does other things: draw from a generator of your own "
                "(components.streams.named_generator) and name it in generators(), forget all in "
                "init_hidden, and draw nothing in test_mode",
            )
        )
    first, second = (one.evaluate(4)["return"].tolist() for _ in range(2))
    if first != second:
        findings.append(
            Finding(False, "the same test games end differently: is chance involved in test_mode?")
        )
    return findings


def _check_learning(make: Callable[[], Training]) -> list[Finding]:
    """An update moves the networks, and leaves them finite; all can be saved and read."""
    training = make()
    before = [parameter.detach().clone() for parameter in training.mac.parameters()]
    for _ in range(2):
        training.train_once()
    after = list(training.mac.parameters())
    findings = []
    if all(torch.equal(one, two) for one, two in zip(before, after, strict=True)):
        findings.append(Finding(True, "learning changes no parameter"))
    if not all(bool(torch.isfinite(parameter).all()) for parameter in after):
        findings.append(Finding(True, "learning leaves parameters that are not finite"))
    with tempfile.TemporaryDirectory() as folder:
        training.learner.save_models(folder)
        other = make()
        other.learner.load_models(folder)
    loaded = other.mac.parameters()
    if not all(torch.equal(one, two) for one, two in zip(after, loaded, strict=True)):
        findings.append(
            Finding(True, "the learner's load_models does not bring back what save_models wrote")
        )
    return findings


def _check_going_on(make: Callable[[], Training]) -> list[Finding]:
    """A run that goes on from its state does what it would have done."""
    whole, continued = make(), make()
    for _ in range(2):
        whole.train_once()
    continued.load_state_dict(copy.deepcopy(whole.state_dict()))
    for _ in range(2):
        whole.train_once()
        continued.train_once()
    if torch.equal(whole.runner.run()["actions"], continued.runner.run()["actions"]):
        return []
    return [
        Finding(
            True,
            "a run that goes on from a checkpoint does other things: state_dict() of controller "
            "or learner leaves something out",
        )
    ]
