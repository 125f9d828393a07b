"""What a shell script needs beside it is found, and nothing else."""

from __future__ import annotations

import pytest

from huggingnersc.domain.scan.needed_files import needed_files
from tests.builders import JETCLASS


def needed(script: str) -> list[tuple[int, str]]:
    return [(file.line, str(file.path)) for file in needed_files(f"#!/bin/bash\n{script}\n")]


def names(script: str) -> list[str]:
    return [name for _, name in needed(script)]


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("source env.sh", "env.sh"),
        (". ./env.sh", "env.sh"),
        ('. "my tools/env.sh"', "my tools/env.sh"),
        ("source venv/bin/activate", "venv/bin/activate"),
        ("conda env create -f env.yml", "env.yml"),
        ("mamba env update --file=env.yml -q", "env.yml"),
        ("pip install -r requirements.txt", "requirements.txt"),
        ("python train.py", "train.py"),
        ("python3.11 -u -W ignore train.py --config settings.py", "train.py"),
        ("OMP_NUM_THREADS=4 srun -n 4 --cpus-per-task=2 python train.py $1", "train.py"),
        ("srun \\\n  python train.py", "train.py"),
        ("torchrun --nproc-per-node 4 train.py", "train.py"),
        ("python -m torch.distributed.run --nproc-per-node 4 train.py", "train.py"),
        ("conda run -n jets python train.py", "train.py"),
        ("if true; then bash -l setup.sh; fi", "setup.sh"),
        ("X=$(python count.py)", "count.py"),
        ("time ./run.sh", "run.sh"),
        ("Rscript plot.R", "plot.R"),
        ("julia --project fit.jl", "fit.jl"),
        ("cd $SLURM_SUBMIT_DIR && python train.py", "train.py"),
        ('cd "$(dirname "$0")" && python train.py', "train.py"),
    ],
)
def test_file_that_a_command_needs_is_found(line: str, file: str) -> None:
    assert names(line) == [file]


@pytest.mark.parametrize(
    "line",
    [
        "source activate jets",
        "source /global/common/env.sh",
        "source $HOME/env.sh",
        "source ~/env.sh",
        "python /global/train.py",
        'python "$SCRIPT" train.py',
        "python -c 'import train' train.py",
        "bash -lc 'echo x.sh'",
        "Rscript -e 'x' plot.R",
        "python -m venv env",
        "module load python",
        "conda activate jets",
        "conda install python numpy",
        "echo python train.py",
        "# source env.sh",
        "srun ./a.out",
        "python <<EOF\nsource env.sh\nEOF",
        "python - <<-'EOF'\nsource env.sh\n\tEOF",
        "cat > env.sh <<'EOF'\nx=1\nEOF\nsource env.sh",
        "[ -f env.sh ] && source env.sh",
        "wget https://example.org/tools/train.py\npython train.py",
        "git clone https://example.org/tools.git\npython tools/train.py",
        "tar xf tools.tar.gz; python tools/train.py",
        "cd /scratch\npython train.py",
        "cd\nsource env.sh",
    ],
)
def test_what_is_no_file_of_the_dataset_is_not_named(line: str) -> None:
    assert names(line) == []


def test_each_file_is_named_once_with_the_line_of_its_first_use() -> None:
    script = "# don't\nsource env.sh\n\npython a.py 'two\nlines' && python b.py\npython a.py"
    assert needed(script) == [(3, "env.sh"), (5, "a.py"), (6, "b.py")]


def test_the_batch_script_of_the_example_needs_its_loader_alone() -> None:
    text = (JETCLASS / "jetclass_batch.sh").read_text(encoding="utf-8")
    assert [str(file.path) for file in needed_files(text)] == ["jetclass_loader.py"]


@pytest.mark.attack("slow scripts")
@pytest.mark.parametrize(
    "text",
    [
        "'\"" * 100_000,
        "<<a " * 60_000,
        "".join(f"<<{n} " for n in range(20_000)) + "\n" + "1\n" * 60_000,
        "python " * 30_000,
        "pip -f " * 30_000,
        "\\" * 200_000,
    ],
    ids=["quotes", "texts", "marks", "programs", "options", "backslashes"],
)
def test_a_script_made_to_be_slow_is_read_like_any_other(text: str) -> None:
    assert needed_files(text) == ()
