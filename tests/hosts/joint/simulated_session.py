"""Play runs together on a GPU's games, in numba's simulator of one, and each alone.

The simulator must be chosen before numba is loaded, so this is a program:
``NUMBA_ENABLE_CUDASIM=1 python -m tests.hosts.joint.simulated_session``. Its exit code is 0 when
all entries of the episodes are equal, and when a run ends in whose games something was wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import torch

from acd_plugin.envs.device_games import PlayedOnDevice
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.joint import JointTraining, parts
from acd_plugin.hosts.builtin.joint.games import JointGames
from acd_plugin.hosts.builtin.training import Training
from tests.hosts.joint.test_joint_training import made

KIND = ["dial_oracle", "cyborg_small", "env_args.time_limit=5", "batch_size=2", "batch_size_run=2"]


def games_on_a_device(runs: Sequence[Training], device: torch.device) -> JointGames:
    """Take the place of `parts.games_of`: the simulator's arrays are in main memory."""
    blueprint = runs[0].args.blueprint
    assert isinstance(blueprint, PlayedOnDevice)
    return parts.games_on_device(runs, blueprint, device)


def main() -> int:
    parts.games_of = games_on_a_device
    alone, together = (
        [made(KIND, seed, "buffer_size=2", "t_max=30")[0] for seed in (7, 3)] for _ in range(2)
    )
    joint = JointTraining(together)
    for _ in range(2):
        joint.train_once()
        for run in alone:
            run.train_once()
        for one, other in zip(alone, together, strict=True):
            for name, values in one.buffer.data.items():
                if not torch.allclose(values.float(), other.buffer.data[name].float(), atol=1e-5):
                    print(f"seed {one.settings.seed}: {name}")
                    return 1
    ends: dict[int, Exception | None] = {}
    joint._parts.games._wrong[0, 1] = True  # type: ignore[attr-defined]  # in a game of the first
    joint.train(ends.__setitem__)
    if not isinstance(ends[0], UserError) or ends[1] is not None:
        print(f"ended: {ends}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
