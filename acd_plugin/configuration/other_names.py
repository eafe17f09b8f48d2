"""What other programs call a setting, so that whoever comes from there is told its name here."""

from __future__ import annotations

from collections.abc import Iterable

from acd_plugin.errors import nearest

_OTHER_NAMES = {
    "learning_rate": "lr",
    "discount": "gamma",
    "discount_factor": "gamma",
    "timesteps": "t_max",
    "total_timesteps": "t_max",
    "max_steps": "t_max",
    "steps": "t_max",
    "episodes": "episodes_max",
    "n_episodes": "episodes_max",
    "minibatch_size": "batch_size",
    "num_envs": "batch_size_run",
    "n_envs": "batch_size_run",
    "hidden_size": "hidden_dim",
    "rnn_hidden_dim": "hidden_dim",
    "message_size": "n_bits",
    "comm_bits": "n_bits",
    "max_grad_norm": "grad_norm_clip",
    "clip_range": "eps_clip",
    "target_update_interval": "target_update_interval_or_tau",
    "tau": "target_update_interval_or_tau",
    "eval_interval": "test_interval",
    "eval_episodes": "test_nepisode",
    "gpu": "device",
    "cuda": "device",
}


def suggestion(key: str, legal: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the legal key that was most likely meant, or ``""``.

    A legal key inside another one has dots, and may be meant by its last part alone.
    """
    legal = list(legal)
    last = key.rpartition(".")[2]
    nested = [name for name in legal if "." in name and name.rpartition(".")[2] == last]
    meant = [name for name in (_OTHER_NAMES.get(last), *nested) if name in legal]
    return nearest(meant[0], meant) if meant else nearest(key, legal)
