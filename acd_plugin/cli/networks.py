"""``main.py networks draw 0..9 --out FOLDER [--env-config=ENV] [with env_args.key=value ...]``."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from ruamel.yaml import YAML

from acd_plugin.configuration.ignored import refuse_ignored
from acd_plugin.configuration.layers import configure, read_overrides
from acd_plugin.configuration.nested import flat
from acd_plugin.configuration.validation import parse
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.networks.chosen import generator_of, read_network_numbers
from acd_plugin.envs.cyborg.networks.draw import draw_network
from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.envs.cyborg.settings import EnvSettings
from acd_plugin.errors import UserError
from acd_plugin.tracking.run_folder import write_named

_REASON = "networks are drawn from env_args.generator alone, for games of env_args.time_limit steps"


def run(options: argparse.Namespace) -> int:
    """Write one file for each network; none of them may be there already."""
    algorithm = "dial"  # whichever: of the environment nothing depends on it
    changes = read_overrides(options.overrides)
    config = configure(algorithm, options.env_config, changes)
    idle = [key for key in flat(changes) if not _is_read(key)]
    refuse_ignored(dict.fromkeys(idle, _REASON), idle)
    generator = generator_of(parse(EnvSettings, config["env_args"], "env_args"))
    stream, numbers = chosen = read_network_numbers(options.numbers, "networks")
    paths = [Path(options.out) / f"{name}.yaml" for name in chosen.names]
    for path in paths:
        if path.exists():
            raise UserError(f"{path}: exists already: delete it, or choose another folder")
    for path, number in zip(paths, numbers, strict=True):
        scenario = draw_network(generator, stream, number)
        use = (
            ", and held out: for evaluation, not for training" if stream is Purpose.EVALUATE else ""
        )
        text = f"# Drawn by the generator (docs/networks.md){use}.\n\n{_text(scenario)}"
        write_named(path, text.encode())
        hosts = len(scenario.hosts) - 1
        print(
            f"{path}: {len(scenario.subnets)} subnets, {hosts} hosts, "
            f"{len(scenario.agents)} defenders"
        )
    return 0


def _is_read(key: str) -> bool:
    return key == "env_args.time_limit" or key.startswith("env_args.generator")


def _text(scenario: Scenario) -> str:
    """Return what a file says: lists and mappings that hold no others on one line."""
    yaml = YAML(typ="safe")
    yaml.width = 120
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # it is a switch
    text = io.StringIO()
    yaml.dump(scenario.model_dump(exclude_none=True), text)
    return text.getvalue()
