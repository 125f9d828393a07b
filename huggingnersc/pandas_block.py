"""Let no module of this process import pandas.

pyarrow imports it, where it is installed, to see whether a list is one of its own: half of the
time that a small command takes. Nothing here uses it.
"""

import sys


class _Refusing:
    """Finds no pandas."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not imported here", name=name)


def block_pandas() -> None:
    """Let `import pandas` fail in this process, as where it is not installed."""
    sys.meta_path.insert(0, _Refusing)
