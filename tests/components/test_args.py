"""A run's settings as components get them: what is missing is named, what nobody reads as well."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest

from acd_plugin.components.args import Args, ignore
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.errors import UserError


class Component(ComponentSettings):
    lr: float
    patience: int = 3


def test_a_missing_key_is_named() -> None:
    args = Args(name="mine", learner="q_learner")
    with pytest.raises(UserError, match=r"'mine' needs the key 'lerner'.*did you mean 'learner'"):
        args.lerner  # noqa: B018
    assert getattr(args, "common_reward", True)
    assert not hasattr(args, "lr")


def test_what_nobody_reads_is_named() -> None:
    args = Args(name="mine", mac="basic_mac", lr=0.1, patience=5, n_bits=2, epsilon_start=0.0)
    with pytest.raises(UserError, match="'mine' would ignore 'lr', 'n_bits', 'patience'"):
        args.refuse_unread(["patience", "lr", "n_bits"])
    Component.from_args(args)
    with pytest.raises(
        UserError, match=r"ignore 'n_bits': none of its components \(mac=basic_mac\)"
    ):
        args.refuse_unread(["patience", "lr", "n_bits"])
    assert args.n_bits == 2
    args.refuse_unread(["patience", "lr", "n_bits", "epsilon_start"])  # 0 says: nothing at random


def test_what_components_ignore_is_told_unless_it_asks_for_nothing() -> None:
    args = Args(name="mine", lr=0.1, bit_price=0.0, bit_limit=3, channel={"loss": 1.0})
    ignore(args, dict.fromkeys(["bit_price", "bit_limit", "channel.flip"], "silence"))
    assert args.idle() == {"bit_limit": "silence", "channel.flip": "silence"}
    ignore(SimpleNamespace(), {"lr": "a host's own settings do not remember it"})


def test_they_are_a_namespace_like_epymarls() -> None:
    args = Args(name="mine", lr=[0.1])
    assert isinstance(args, SimpleNamespace)
    args.added = 1
    other = copy.deepcopy(args)
    other.lr.append(0.2)
    assert (args.lr, other.lr, other.added) == ([0.1], [0.1, 0.2], 1)
