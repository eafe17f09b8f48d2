"""What earlier releases stored of a run, as it is loaded now."""

from __future__ import annotations

from typing import Any

from acd_plugin.learners.migration import migrate_state


def stored(learner: dict[str, Any], buffer: dict[str, Any]) -> dict[str, Any]:
    return {"episode": 96, "learner": learner, "buffer": {"buffer_index": 3, **buffer}}


def test_samples_were_drawn_as_often_as_there_were_updates() -> None:
    old = stored({"updates": 7}, {"generator": b""})
    migrated = migrate_state(old, {"batch_size": 32})
    assert migrated == stored({"updates": 7}, {"draws": 7})
    assert migrate_state(migrated, {"batch_size": 32}) == migrated


def test_episodes_become_updates() -> None:
    old = stored({"last_target_update": 64}, {"generator": b""})
    now = stored({"last_target_update": 2, "updates": 3}, {"draws": 3})
    assert migrate_state(old, {"batch_size": 32}) == now


def test_what_a_learner_of_the_users_own_stored_stays_as_it_is() -> None:
    state = stored({"weights": 1}, {"draws": 4})
    assert migrate_state(state, {"batch_size": 32}) == state
