"""One rank of a test run: read every epoch and write down which jets came in which batch.

python record_jets.py LOADER DATA_DIR OUTPUT_DIR BATCH_SIZE WORKERS EPOCHS
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    script, data_dir, output, batch_size, workers, epochs = sys.argv[1:]
    jetclass = load_script(Path(script))
    jetclass.start()
    loader, sampler = jetclass.make_loader(data_dir, int(batch_size), int(workers))
    seen = []
    for epoch in range(int(epochs)):
        sampler.set_epoch(epoch)
        seen.append([batch_as_list(*batch) for batch in loader])
    rank = jetclass.dist.get_rank()
    record = {"world_size": jetclass.dist.get_world_size(), "epochs": seen}
    (Path(output) / f"rank-{rank}.json").write_text(json.dumps(record), encoding="utf-8")
    jetclass.dist.destroy_process_group()


def load_script(path: Path) -> Any:
    """Import the loader the way a user does who has the file and no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # worker processes look the dataset's class up here
    spec.loader.exec_module(module)
    return module


def batch_as_list(particles: Any, labels: Any) -> list[list[int]]:
    """Return [number of the jet, label] for each jet of a batch."""
    return [[int(n), int(label)] for n, label in zip(particles[:, 0, 0], labels, strict=True)]


if __name__ == "__main__":
    main()
