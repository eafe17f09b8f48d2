"""How long one QMIX update takes, and how long its matrix products alone would take.

    python benchmarks/qmix_update.py [--repeats 30] [--profile] [with key=value ...]

Both in milliseconds of one core's time, as medians; alternating, so that whatever else the machine
does disturbs both alike. The floor counts the products that forward and backward pass need
(of the online networks; of the target networks only forward), each as one product over all games,
agents and steps, except those with the recurrent state, of which there is one per step.
``--profile`` shows where the rest of the time goes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from acd_plugin.configuration.layers import load_config
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve

ENVIRONMENTS = ("cyborg_small", "cyborg_large")
Product = Callable[[], torch.Tensor]


def products_of_layer(rows: int, inputs: int, outputs: int, is_first: bool) -> list[Product]:
    """The products of a linear layer: online forward, target forward, and both gradients.

    A first layer needs no gradient of its inputs.
    """
    x, w, d = torch.randn(rows, inputs), torch.randn(inputs, outputs), torch.randn(rows, outputs)
    products: list[Product] = [lambda: x @ w, lambda: x @ w, lambda: x.t() @ d]
    return products if is_first else [*products, lambda: d @ w.t()]


def products_of_update(training: Any) -> list[Product]:
    """All products of one update of a QMIX run with a GRU cell and hyper-networks of two layers."""
    args: Any = training.args
    steps = training.runner.env.episode_limit + 1
    games, width = args.batch_size, args.hidden_dim
    rows = games * args.n_agents
    layer = products_of_layer
    agent: Any = training.mac.agent
    products = layer(steps * rows, agent.fc1.in_features, width, is_first=True)
    products += layer(steps * rows, width, 3 * width, is_first=False)  # inputs of the GRU cell
    products += layer(steps * rows, width, args.n_actions, is_first=False)
    state, gates = torch.randn(rows, width), torch.randn(rows, 3 * width)
    weight = torch.randn(width, 3 * width)
    forward: Product = lambda: state @ weight  # noqa: E731
    backward: Product = lambda: gates @ weight.t()  # noqa: E731
    products += [forward, forward, backward] * steps
    all_states, all_gates = state.repeat(steps, 1), gates.repeat(steps, 1)
    products.append(lambda: all_states.t() @ all_gates)
    slots, inside = games * (steps - 1), args.hypernet_embed
    for outputs in (args.n_agents * args.mixing_embed_dim, args.mixing_embed_dim):
        products += layer(slots, args.state_shape, inside, is_first=True)
        products += layer(slots, inside, outputs, is_first=False)
    products += layer(slots, args.state_shape, args.mixing_embed_dim, is_first=True)
    products += layer(slots, args.state_shape, args.mixing_embed_dim, is_first=True)
    products += layer(slots, args.mixing_embed_dim, 1, is_first=False)
    return products


def milliseconds(action: Callable[[], object]) -> float:
    begin = time.process_time()
    action()
    return 1000 * (time.process_time() - begin)


def measure(training: Training, repeats: int) -> tuple[float, float]:
    """Return the median time of an update and of its products."""
    products = products_of_update(training)
    sample = training.buffer.sample(training.args.batch_size)

    def update() -> None:
        training.learner.train(sample, 0, 0)

    def multiply() -> None:
        with torch.no_grad():
            for product in products:
                product()

    rows = [(milliseconds(update), milliseconds(multiply)) for _ in range(repeats + 3)]
    updating, multiplying = np.median(rows[3:], axis=0)
    return float(updating), float(multiplying)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("overrides", nargs="*", help="with key=value ...")
    options = parser.parse_args()
    overrides = [text for text in options.overrides if text != "with"]
    print(f"{'environment':<16}{'update ms':>11}{'products ms':>13}{'ratio':>8}")
    for name in ENVIRONMENTS:
        training = make_training(resolve(load_config("qmix", name, overrides)), NullRecorder())
        while not training.buffer.can_sample(training.args.batch_size):
            training.buffer.insert_episode_batch(training.runner.run(test_mode=False))
        update, products = measure(training, options.repeats)
        print(f"{name:<16}{update:>11.1f}{products:>13.1f}{update / products:>8.2f}")
        if options.profile:
            sample = training.buffer.sample(training.args.batch_size)
            with torch.profiler.profile() as profiler:
                training.learner.train(sample, 0, 0)
            print(profiler.key_averages().table(sort_by="self_cpu_time_total", row_limit=15))


if __name__ == "__main__":
    main()
