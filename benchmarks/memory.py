"""What training takes of main memory, beside what is estimated before it begins.

    python benchmarks/memory.py

Each run is a process of its own, in which two updates are made and a checkpoint is written, after
the same with a small network: what libraries take is not counted. Linux only.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from acd_plugin.configuration.layers import load_config
from acd_plugin.running.assembly import make_training
from acd_plugin.running.memory import memory_to_train
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import RunSpec, resolve
from acd_plugin.tracking.checkpoint import Checkpoint, save_checkpoint
from acd_plugin.tracking.run_folder import RunFolder

_MIB = 2**20
_FEW = ("batch_size_run=8", "batch_size=8", "buffer_size=8")
_RUNS: list[tuple[str, ...]] = [
    ("dial", "cyborg_small"),
    ("dial", "cyborg_large"),
    ("dial", "cyborg_small", "hidden_dim=2048", *_FEW),
    ("dial", "cyborg_small", "hidden_dim=512", "rnn_layers=8", *_FEW),
    ("dial", "cyborg_large", "hidden_dim=1024", "share_parameters=False", *_FEW),
    ("qmix", "cyborg_large", "hidden_dim=2048", *_FEW),
    ("qmix", "cyborg_large", "hypernet_layers=2", "hypernet_embed=4096", *_FEW),
    ("mappo", "cyborg_large", "hidden_dim=1024", *_FEW),
]


def train(spec: RunSpec) -> None:
    training = make_training(spec, NullRecorder())
    for _ in range(2):
        training.train_once()
    with tempfile.TemporaryDirectory() as place:
        checkpoint = Checkpoint(spec.config, "", 0, training.state_dict())
        save_checkpoint(RunFolder(Path(place)), checkpoint, keep=0)


def kernel(name: str) -> int:
    """Return a size in bytes that the kernel knows of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (found,) = (line for line in lines if line.startswith(name))
    return int(found.split()[1]) * 1024


def measure(algorithm: str, environment: str, *overrides: str) -> str:
    kind = [words for words in overrides if not words.partition("=")[2].isdecimal()]
    few = ["hidden_dim=8", "batch_size_run=4", "batch_size=4", "buffer_size=4"]
    train(resolve(load_config(algorithm, environment, [*few, *kind])))
    gc.collect()
    before = kernel("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak
    spec = resolve(load_config(algorithm, environment, overrides))
    train(spec)
    taken, estimate = kernel("VmHWM") - before, memory_to_train(spec).host
    return f"{taken / _MIB:.0f} MiB, estimated {estimate / _MIB:.0f}: {estimate / taken:.2f} times"


def main() -> None:
    if len(sys.argv) > 1:
        print(" ".join(sys.argv[1:]), measure(*sys.argv[1:]), sep=": ", flush=True)
        return
    for words in _RUNS:
        subprocess.run([sys.executable, __file__, *words], check=True)


if __name__ == "__main__":
    main()
