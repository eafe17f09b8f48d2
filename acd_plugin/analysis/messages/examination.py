"""``communication.json``: what a policy's messages say, who listens and what they are worth."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from acd_plugin.analysis.messages.content import Event, Explanation, Information
from acd_plugin.errors import UserError, with_remedy
from acd_plugin.tracking.run_folder import RunFolder, read_json, write_atomically

_ABOUT = "about_"  # 0.1.0 had a key of its own for every subject, as about_own_threat


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True)


class Sender(_Stored):
    """What one agent's messages say."""

    about: dict[str, Information]  # by subject, as "own observation" and "threat elsewhere"
    events: list[Event]  # how sending goes with each bit of its observation
    tree: Explanation  # when it sends

    @model_validator(mode="before")
    @classmethod
    def _of_0_1_0(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        subjects = [key for key in data if key.startswith(_ABOUT)]
        if not subjects:
            return data
        about = {key.removeprefix(_ABOUT).replace("_", " "): data[key] for key in subjects}
        return {"about": about, "events": data["events"], "tree": data["tree"]}


class Change(_Stored):
    """How the return changes, on the same games, when messages are tampered with."""

    change: float
    ci95: tuple[float, float]


class Examination(_Stored):
    """What was found in greedy games of one checkpoint."""

    checkpoint: str  # name of its file
    episodes: int
    seed: int  # of the games
    return_mean: float
    send_rate: float
    send_rate_when_allowed: float | None  # None: there is no gate, or it lets nobody speak
    bits_per_episode: float
    return_per_message: float | None  # None: nothing was sent
    agents: list[Sender]
    influence: dict[str, float]  # how often a flipped bit changes an action, by the way it does
    ablations: dict[str, Change]  # by what is done to the messages


def write_examination(folder: RunFolder, found: Examination) -> None:
    """Store it with the run; OSError when that is not possible."""
    write_atomically(folder.communication, (found.model_dump_json(indent=2) + "\n").encode())


def read_examination(folder: RunFolder) -> Examination | None:
    """Return what is stored with a run; UserError when that is damaged."""
    if not os.path.lexists(folder.communication):
        return None
    with with_remedy("examine the run again"):
        return _examination_in(folder.communication)


def _examination_in(path: Path) -> Examination:
    try:
        return Examination.model_validate(read_json(path))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        reason = f"'{where}': {problem['msg']}"
    except (AttributeError, KeyError, TypeError) as error:  # of what 0.1.0 called otherwise
        reason = f"{type(error).__name__}: {error}"
    raise UserError(f"{path}: {reason}")
