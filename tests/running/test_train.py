"""What training refuses before anything is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from acd_plugin.configuration.layers import load_config
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.train import train
from tests.conftest import TINY


def test_another_hosts_loop_counts_no_games(tmp_path: Path) -> None:
    place = f"local_results_path={tmp_path / 'results'}"
    spec = resolve(load_config("dial", "cyborg_small", [*TINY, "episodes_max=8", place]))
    host = replace(BUILTIN, name="other", loop=lambda *_: None)
    with pytest.raises(UserError, match="the loop of the host other counts steps only"):
        train(spec, Records(), host)
    assert not (tmp_path / "results").exists()


def test_what_is_recorded_of_a_run() -> None:
    config = load_config("dial", "cyborg_small", ["mongo_url='mongodb://me:secret@place'"])
    spec = resolve(config)
    assert spec.settings.mongo_url == "mongodb://me:secret@place"
    assert "secret" not in repr(spec.config)
    assert (spec.config["env_name"], spec.config["episode_limit"]) == ("cyborg_small", 30)
    assert spec.config["game"] == dict(spec.blueprint.identity)
    assert resolve(spec.config).config == spec.config
    longer = spec.changed(t_max=5)
    assert (longer.settings.t_max, longer.config["t_max"]) == (5, 5)
    assert longer.settings.mongo_url == spec.settings.mongo_url
    with pytest.raises(UserError, match="'t_max' is 0"):
        spec.changed(t_max=0)
