"""Scenarios read from YAML and checked.

Their files live in ``config/scenarios``; a path to a file of the user's own works as well.
"""

from __future__ import annotations

from pathlib import Path

from acd_plugin.configuration.paths import config_root, names_in
from acd_plugin.configuration.validation import checked, sound_fields
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.envs.cyborg.scenario_problems import problems_of
from acd_plugin.errors import UserError, brief, listing, nearest, refused


def load_scenario(name: str) -> Scenario:
    """Return the scenario called ``name`` (or stored at that path).

    Raises UserError, naming file, key and legal values, when anything in it is wrong.
    """
    path = _find(name)
    content = _read_with_parents(path, seen=())
    scenario, problems = checked(Scenario, content)
    if scenario is None:
        sound = sound_fields(Scenario, content)
        problems += problems_of(Scenario.model_construct(**sound), sound)
    else:
        problems += problems_of(scenario)
    if problems:
        raise refused(str(path), problems)
    assert scenario is not None  # else there were problems
    return scenario


def _find(name: str) -> Path:
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    known = [option for option in names_in("scenarios") if option != "images"]
    if name not in known:
        raise UserError(
            f"unknown scenario '{brief(name)}'{nearest(name, known)} "
            f"(legal: {listing(known)}, or the path of a .yaml file)"
        )
    return config_root() / "scenarios" / f"{name}.yaml"


def _read_with_parents(path: Path, seen: tuple[Path, ...]) -> dict[str, object]:
    if path in seen:
        raise UserError(f"{path}: extends itself")
    data = read_yaml(path)
    parent = data.pop("extends", None)
    images = data.get("images")
    if isinstance(images, str):
        data["images"] = read_yaml(_beside(path, images))
    if parent is None:
        return data
    if not isinstance(parent, str):
        raise UserError(
            f"{path}: 'extends' is {brief(repr(parent))}: must be the name of a scenario"
        )
    sibling = path.parent / f"{parent}.yaml"
    parent_path = sibling if sibling.exists() else _find(parent)
    return {**_read_with_parents(parent_path, (*seen, path)), **data}


def _beside(path: Path, name: str) -> Path:
    sibling = path.parent / name
    return sibling if sibling.exists() else config_root() / "scenarios" / name
