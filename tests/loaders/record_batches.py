"""One rank of a test run: read two epochs and write down which examples came in which batch.

python record_batches.py LOADER DATA_PATH OUTPUT_DIR BATCH_SIZE WORKERS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.examples.record_jets import load_script


def main() -> None:
    script, data_path, output, batch_size, workers = sys.argv[1:]
    module = load_script(Path(script))
    module.start()
    loader, sampler = module.make_loader(data_path, int(batch_size), int(workers))
    seen = []
    for epoch in range(2):
        sampler.set_epoch(epoch)
        seen.append([ids(batch) for batch in loader])
    rank = module.dist.get_rank()
    (Path(output) / f"rank-{rank}.json").write_text(json.dumps(seen), encoding="utf-8")
    module.dist.destroy_process_group()


def ids(batch: Any) -> list[int]:
    """Return the number of each example, checked against what else the batch holds."""
    if isinstance(batch, list):
        return [int(one["id"] if isinstance(one, dict) else one) for one in batch]
    numbers: list[int] = batch["id"].tolist()
    if "value" in batch:  # a CSV file
        assert batch["name"] == [f"row\n{number}" for number in numbers]
        assert batch["value"].tolist() == [number + 0.5 for number in numbers]
    else:
        other = next(name for name in batch if name not in {"id", "gap"})
        assert batch[other].reshape(len(numbers), -1)[:, 0].tolist() == numbers
    if "gap" in batch:  # of a Parquet file
        assert [int(one) for one in batch["gap"].nan_to_num().tolist()] == [
            number if number % 10 else 0 for number in numbers
        ]
    if "wind" in batch:  # the fourth station's values are missing
        assert bool(batch["wind"][:, 3].isnan().all())
    return numbers


if __name__ == "__main__":
    main()
