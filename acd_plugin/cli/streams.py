"""The standard streams, whatever the program was started with."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path


def prepare_streams() -> None:
    """Let a closed stream lead nowhere, and a console show a ``?`` for letters that it has not.

    Python has no object for a stream that was closed, and printing would be a mistake. Its number
    would go to the next file that is opened, and what libraries write to it into that file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open(mode)  # noqa: SIM115 - as long as the process
            setattr(sys, name, nowhere)
            setattr(sys, f"__{name}__", nowhere)
    if isinstance(sys.stdout, io.TextIOWrapper):  # standard error shows them escaped anyway
        sys.stdout.reconfigure(errors="replace")
