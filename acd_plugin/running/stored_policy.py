"""Networks that were trained: in a checkpoint of a run, or in a file of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from torch import Tensor, nn

from acd_plugin.components.contracts import StateDict
from acd_plugin.configuration.keys import check_known
from acd_plugin.configuration.layers import Config, merge
from acd_plugin.configuration.migration import migrate
from acd_plugin.configuration.paths import config_root
from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.configuration.validation import parse
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.blueprint import Interface
from acd_plugin.errors import UserError
from acd_plugin.running.fitting import MISFITS, check_fits, check_is_whole
from acd_plugin.tracking.policy_file import read_policy
from acd_plugin.tracking.run_folder import RunFolder


class StoredNetworks(NamedTuple):
    """What was stored of a controller."""

    state: StateDict
    part: Callable[[Controller], Controller | nn.Module]  # of a controller, whose state it is

    def check(self, mac: Controller) -> None:
        """Raise one of `MISFITS` unless it fits a controller, and is no smaller."""
        built = self.part(mac).state_dict()
        check_fits(self.state, built, "networks")
        check_is_whole(self.state, built, "networks")

    def load_into(self, mac: Controller) -> None:
        """Give it to a controller; raises one of `MISFITS` when it does not fit."""
        self.check(mac)
        self.part(mac).load_state_dict(self.state)


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

    @property
    @abstractmethod
    def networks(self) -> StoredNetworks:
        """What was stored of them; raises one of `MISFITS` when there are none."""


@dataclass(frozen=True)
class ExportedPolicy(StoredPolicy):
    """A file with the policy alone."""

    interface: Interface
    weights: dict[str, Tensor]

    @property
    def networks(self) -> StoredNetworks:
        return StoredNetworks(self.weights, lambda mac: mac.agent)


def open_exported(path: Path) -> ExportedPolicy:
    """Read an exported policy; what belongs to a run or a machine is today's default."""
    content = read_policy(path)
    defaults = read_yaml(config_root() / "default.yaml")
    try:
        config = migrate(merge(defaults, content.settings))
        check_known(config)
        parse(RunSettings, config, "its settings")
    except (*MISFITS, UserError) as error:
        raise UserError(f"{path}: is no policy that can be used ({error})") from None
    return ExportedPolicy(path, config, content.t_env, content.interface, content.weights)
