"""How long the rules of the game take to be compiled, and to be loaded by later processes.

    python benchmarks/compilation.py [--env cyborg_small] [--against CHECKOUT]

A process that finds no compiled code makes 128 games and plays a step; a second one does the same
and finds the first one's. Prints the processor time of both, without that of loading the package.
With another checkout of this project both are measured there, too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
FIRST_STEP = """
import sys, time
import numpy as np
from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
start = time.process_time()
definition = define_game(load_config("dial", sys.argv[1], [])["env_args"])
batch = NativeBatchEnv(definition, 128, seed=0, threads=1)
batch.reset(0, Purpose.TRAIN)
batch.step(np.zeros((128, batch.n_agents), np.int64))
print(time.process_time() - start)
"""


def seconds_to_first_step(checkout: Path, env: str, cache: str) -> float:
    result = subprocess.run(
        [sys.executable, "-c", FIRST_STEP, env],
        env={**os.environ, "PYTHONPATH": str(checkout), "NUMBA_CACHE_DIR": cache},
        cwd=checkout,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(result.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--env", default="cyborg_small")
    parser.add_argument("--against", type=Path, help="another checkout, to compare with")
    options = parser.parse_args()
    others = [options.against.resolve()] if options.against else []
    for checkout in (HERE, *others):
        with tempfile.TemporaryDirectory() as cache:
            compiled, loaded = (
                seconds_to_first_step(checkout, options.env, cache) for _ in range(2)
            )
        print(f"{checkout}: compiled in {compiled:.1f} s, loaded in {loaded:.1f} s", flush=True)


if __name__ == "__main__":
    main()
