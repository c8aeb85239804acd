"""The handbook, built once for its pictures too."""

from __future__ import annotations

import pytest
from tests.handbook.handbook import Handbook, built_once


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    return built_once(tmp_path_factory.getbasetemp() / "handbook")
