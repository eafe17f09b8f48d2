"""The folder of a run, for this process alone, as it was when the run was planned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from acd_plugin.errors import UserError
from acd_plugin.running.planned import Planned
from acd_plugin.tracking.ownership import owned
from acd_plugin.tracking.run_folder import RunFolder, new_folder
from acd_plugin.tracking.start import prepare


@contextmanager
def held(planned: Planned) -> Iterator[Planned]:
    """Hold the folder of a run that goes on, so that who comes second is told before it is built.

    Yields the run for `owned_folder`. Raises as that does.
    """
    folder = planned.folder
    if folder is None:
        yield planned
        return
    with owned(folder.owner, folder):
        _check_not_gone_on(planned)
        yield planned._replace(is_held=True)


@contextmanager
def owned_folder(planned: Planned) -> Iterator[RunFolder]:
    """Yield the folder of a run, a new one if it has none, which nobody else writes meanwhile.

    A run that goes on is back at its checkpoint. Raises OwnedError, which tells who has the folder
    or has begun an equal run, and UserError when it has gone on since it was planned.
    """
    with ExitStack() as stack:
        tell = stack.enter_context(planned.claim()) if planned.claim else None
        planned = stack.enter_context(held(planned)) if not planned.is_held else planned
        folder = planned.folder
        if folder is None:
            folder = new_folder(planned.spec.settings.local_results_path)
            stack.enter_context(owned(folder.owner, folder))
        if tell is not None:
            tell(folder)
        try:
            prepare(folder, planned.stored.t_env if planned.stored else 0)
        except OSError as error:
            raise UserError(f"{folder}: cannot be written ({error.strerror})") from None
        yield folder


def _check_not_gone_on(planned: Planned) -> None:
    """Another process may have trained the run between planning and owning."""
    folder = planned.folder
    assert folder is not None
    if folder.latest_checkpoint() != planned.newest:
        raise UserError(f"{folder}: has gone on meanwhile: try again")
