"""Load the page engine with the libraries of the system that it needs, or say plainly what is missing."""

from __future__ import annotations

import sys
import warnings
from contextlib import redirect_stdout
from io import StringIO

from handout.machine import doctor
from handout.model.findings import EnvironmentFault
from handout.model.messages import say


def load() -> None:
    """Import WeasyPrint, once. EnvironmentFault says what the doctor says of this machine.

    The fonts must be set up before: see `paper.engine.fonts`.
    """
    if "weasyprint.text.ffi" in sys.modules:
        return
    doctor.refuse((*doctor.check_libraries(), doctor.check_package(doctor.ENGINE)))
    # It tells of a library that it cannot load on stdout, where results go.
    with warnings.catch_warnings(), redirect_stdout(StringIO()):
        # We cut the fonts ourselves, with a HarfBuzz of our own: see `paper.engine.subsets`.
        warnings.filterwarnings("ignore", "HarfBuzz-Subset will be required", DeprecationWarning)
        try:
            import weasyprint.text.ffi  # noqa: F401
        except OSError as error:
            raise EnvironmentFault(
                say("the page engine cannot load a library of this system: {error}", error=error),
                say("install it again, with all that it needs; `handout doctor` names the packages"),
            ) from error
