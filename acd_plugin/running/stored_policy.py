"""Networks that were trained: in a checkpoint of a run, or in a file of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from acd_plugin.configuration.layers import Config, merge
from acd_plugin.configuration.migration import migrate
from acd_plugin.configuration.paths import config_root
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.blueprint import Interface
from acd_plugin.running.fitting import check_fits
from acd_plugin.tracking.policy_file import read_policy
from acd_plugin.tracking.run_folder import RunFolder


@dataclass(frozen=True)
class StoredPolicy(ABC):
    """Networks, and what they were trained with."""

    path: Path
    config: Config  # as this release would have recorded it
    t_env: int

    @property
    def folder(self) -> RunFolder | None:
        """The run that it belongs to, if it lies in one."""
        return None

    @abstractmethod
    def load_into(self, mac: Controller) -> None:
        """Give a controller the networks; raises one of `MISFITS` when they do not fit."""


@dataclass(frozen=True)
class ExportedPolicy(StoredPolicy):
    """A file with the policy alone."""

    interface: Interface
    weights: dict[str, Tensor]

    def load_into(self, mac: Controller) -> None:
        check_fits(self.weights, mac.agent.state_dict(), "networks")
        mac.agent.load_state_dict(self.weights)


def open_exported(path: Path) -> ExportedPolicy:
    """Read an exported policy; what belongs to a run or a machine is today's default."""
    content = read_policy(path)
    defaults = read_yaml(config_root() / "default.yaml")
    config = migrate(merge(defaults, content.settings))
    return ExportedPolicy(path, config, content.t_env, content.interface, content.weights)
