"""Does what agents send mean anything, and does anybody listen?

Shape legend: S samples, G games, T steps, N agents, L bits that an agent receives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Symbols = NDArray[np.int64]

_PERMUTATIONS = 200


@dataclass(frozen=True)
class Information:
    """Mutual information in bits, beside what chance alone would show."""

    bits: float
    by_chance: float  # mean over permutations
    p_value: float


def symbols(rows: NDArray[np.generic]) -> Symbols:
    """Number the distinct rows of (S, anything): (S,)."""
    _, numbers = np.unique(rows.reshape(len(rows), -1), axis=0, return_inverse=True)
    return np.asarray(numbers, dtype=np.int64).ravel()


def mutual_information(first: Symbols, second: Symbols) -> float:
    """Return the mutual information, in bits, of two samples of symbols (S,).

    The plug-in estimate (Shannon 1948): of the observed frequencies. It is biased upwards, which is
    what `information` compares it with chance for.
    """
    from sklearn.metrics import mutual_info_score  # noqa: PLC0415 - slow to load

    width = second.max() + 1
    counts = np.bincount(first * width + second, minlength=(first.max() + 1) * width)
    found = mutual_info_score(None, None, contingency=counts.reshape(-1, width))
    return float(found) / math.log(2)


def information(
    messages: Symbols, others: Symbols, steps: Symbols, permutations: int = _PERMUTATIONS
) -> Information:
    """Return the mutual information of messages with something else, each (S,).

    Chance: messages exchanged among the games at the same step, so that what both have in common
    with the time that has passed does not count.
    """
    generator = np.random.default_rng(0)
    found = mutual_information(messages, others)
    order = np.argsort(steps, kind="stable")
    messages, others, steps = messages[order], others[order], steps[order]
    drawn = []
    for _ in range(permutations):
        exchanged = messages[np.lexsort((generator.random(len(steps)), steps))]
        drawn.append(mutual_information(exchanged, others))
    as_large = sum(value >= found - 1e-12 for value in drawn)
    return Information(found, float(np.mean(drawn)), (1 + as_large) / (1 + permutations))


def influence(
    actual: Symbols,
    flipped: Symbols,
    played: NDArray[np.bool_],
    arrives: NDArray[np.bool_] | None = None,
) -> float:
    """Return how often a flipped bit changes what its receiver does.

    ``actual`` (G, T, N), ``flipped`` (L, G, T, N), ``played`` (G, T): the share of played steps,
    receivers and bits; only of those that ``arrives`` (L, G, T, N), if it is given. (Causal
    influence of communication: Lowe et al. 2019, section 4.3, on greedy actions instead of
    distributions.)
    """
    counted = np.broadcast_to(played[:, :, None], flipped.shape)
    if arrives is not None:
        counted = counted & arrives
    changed = (flipped != actual) & counted
    count = counted.sum()
    return float(changed.sum() / count) if count else 0.0


@dataclass(frozen=True)
class Event:
    """How sending goes with one bit of the sender's own observation."""

    name: str
    seen: int  # samples in which the bit is 1
    rate_when_seen: float | None  # None if it never was
    rate_otherwise: float | None  # None if it always was


def events(
    observations: NDArray[np.float32], sent: NDArray[np.bool_], names: Sequence[str]
) -> list[Event]:
    """Return the send rate (of S samples) given each bit of the observations (S, O)."""
    found = []
    for bit, name in enumerate(names):
        present = observations[:, bit] > 0
        found.append(Event(name, int(present.sum()), rate(sent[present]), rate(sent[~present])))
    return found


def rate(sent: NDArray[np.bool_]) -> float | None:
    """Return the share of samples (S,) in which a message was sent; None of no samples."""
    return float(sent.mean()) if len(sent) else None


@dataclass(frozen=True)
class Explanation:
    """A small decision tree that says when an agent sends."""

    rules: str
    fidelity: float  # share of held-out samples where the tree is right
    constant: float  # share that the more frequent answer alone gets right


def explain(
    observations: NDArray[np.float32],
    sent: NDArray[np.bool_],
    games: Symbols,
    names: Sequence[str],
    depth: int = 3,
) -> Explanation:
    """Fit a tree to the even games' samples and test it on the odd games'.

    ``observations`` (S, O), ``sent`` and ``games`` (S,).
    """
    from sklearn.tree import DecisionTreeClassifier, export_text  # noqa: PLC0415 - slow to load

    train = games % 2 == 0
    usual = sent[train].mean() >= 0.5
    if not names:
        alone = float((sent[~train] == usual).mean())
        return Explanation("nothing is seen\n", fidelity=alone, constant=alone)
    tree = DecisionTreeClassifier(max_depth=depth, random_state=0)
    tree.fit(observations[train], sent[train])
    return Explanation(
        rules=export_text(tree, feature_names=list(names)),
        fidelity=float((tree.predict(observations[~train]) == sent[~train]).mean()),
        constant=float((sent[~train] == usual).mean()),
    )
