"""What the check says of algorithms that do not do what they must."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from acd_plugin.components.streams import named_generator
from acd_plugin.controllers import REGISTRY
from acd_plugin.controllers.dial_controller import DialController
from acd_plugin.running.algorithm_check import check_algorithm


class TakesTooLittle(DialController):
    def __init__(self, scheme: Any, args: SimpleNamespace) -> None:
        super().__init__(scheme, {}, args)


class ActsForOneAgent(DialController):
    def select_actions(self, *args: Any, **options: Any) -> Tensor:
        return super().select_actions(*args, **options)[:, 0]


class ForgetsItsNoise(DialController):
    def noise(self, ep_batch: Any, steps: slice) -> Tensor | None:
        stored = super().noise(ep_batch, steps)
        return None if stored is None else torch.randn_like(stored)


class LearnsNothing(DialController):
    def forward(self, *args: Any, **options: Any) -> Tensor:
        with torch.no_grad():
            return super().forward(*args, **options)


class ForgetsItsGenerator(DialController):
    """Explores by a generator that it does not name, and so does not store."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.own = named_generator(0, "own")

    def select_actions(self, ep_batch: Any, t_ep: int, *args: Any, **options: Any) -> Tensor:
        chosen = super().select_actions(ep_batch, t_ep, *args, **options)
        if options["test_mode"]:
            return chosen
        sleeps = torch.rand(chosen.shape, generator=self.own) < 0.5
        return torch.where(sleeps, torch.zeros_like(chosen), chosen)


class DrawsFromAnywhere(DialController):
    def select_actions(self, ep_batch: Any, t_ep: int, *args: Any, **options: Any) -> Tensor:
        chosen = super().select_actions(ep_batch, t_ep, *args, **options)
        return torch.where(torch.rand(chosen.shape) < 0.5, torch.zeros_like(chosen), chosen)


class DoesWhatIsForbidden(DialController):
    def select_actions(self, ep_batch: Any, t_ep: int, *args: Any, **options: Any) -> Tensor:
        super().select_actions(ep_batch, t_ep, *args, **options)
        return ep_batch["avail_actions"][:, t_ep].long().argmin(dim=-1)


class SavesNothing(DialController):
    def load_models(self, path: str) -> None:
        pass


class CountsAgents(DialController):
    def episode_stats(self, ep_batch: Any) -> dict[str, Tensor]:
        return {"sent": ep_batch["messages"].sum(dim=(1, 3))}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (TakesTooLittle, "mac 'broken' cannot be made with (scheme, groups, args): too many"),
        (ActsForOneAgent, "playing fails"),
        (ForgetsItsNoise, "repeats other messages than were sent"),
        (LearnsNothing, "no gradient reaches the parameters"),
        (ForgetsItsGenerator, "goes on from a checkpoint does other things"),
        (DrawsFromAnywhere, "the same seed does other things"),
        (DoesWhatIsForbidden, "takes actions that its masks forbid"),
        (SavesNothing, "load_models does not bring back"),
        (CountsAgents, "must be one finite number for each game"),
    ],
)
def test_what_is_wrong_is_said(monkeypatch: pytest.MonkeyPatch, broken: Any, says: str) -> None:
    monkeypatch.setitem(REGISTRY, "broken", broken)
    found = check_algorithm("dial", overrides=["mac=broken", "hidden_dim=8"])
    assert any(finding.is_error and says in finding.text for finding in found), found


def test_a_controller_that_lacks_a_method_is_told_what_it_is_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Half:
        def __init__(self, scheme: Any, groups: Any, args: Any) -> None:
            self.wrapped = DialController(scheme, groups, args)
            self.agent, self.action_selector = self.wrapped.agent, self.wrapped.action_selector
            self.parameters, self.cuda = self.wrapped.parameters, self.wrapped.cuda

    monkeypatch.setitem(REGISTRY, "broken", Half)
    monkeypatch.setattr("acd_plugin.learners.dial_learner.DialLearner.controller", ("", Half))
    found = [text for _, text in check_algorithm("dial", overrides=["mac=broken"])]
    assert (
        "Half has no 'init_hidden': Begin episodes in ``batch_size`` games: forget what was"
        in (found[0])
    )
    assert len(found) == 9


@pytest.mark.parametrize("algorithm", ["dial", "rial", "qmix", "ippo"])
def test_what_comes_with_the_plugin_passes(algorithm: str) -> None:
    assert check_algorithm(algorithm, overrides=["hidden_dim=8"]) == []


def test_a_configuration_that_is_wrong_is_a_finding() -> None:
    (found,) = check_algorithm("dail")
    assert found.is_error
    assert "did you mean 'dial'?" in found.text
