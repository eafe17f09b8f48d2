"""Tests of the cyborg backend; those that need CybORG skip where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.envs.cyborg.cyborg_backend.package import find_cyborg
from acd_plugin.errors import UserError


@pytest.fixture(scope="session")
def cyborg() -> Path:
    """The folder of the user's CybORG."""
    try:
        return find_cyborg()
    except UserError as error:
        pytest.skip(str(error))
