"""Feature folders for all tests."""

from pathlib import Path

import pytest
import synthetic


@pytest.fixture(scope="session")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three traces: two to learn from, one that is only judged."""
    folder = tmp_path_factory.mktemp("features")
    synthetic.write(folder, "large", 4000, seed=1)
    synthetic.write(folder, "small", 1500, seed=2)
    synthetic.write(folder, "unseen", 1200, seed=3, train=False)
    return folder
