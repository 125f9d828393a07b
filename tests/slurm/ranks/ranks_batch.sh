#!/bin/bash
#SBATCH --job-name=ranks
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --time=00:02:00
#SBATCH --output=ranks-%j.out
#
# Reads the examples on 2 nodes: sbatch ranks_batch.sh DATA_FILE
set -e

if [ ! -f "$1" ]; then
    echo "there is no data: $1" >&2
    exit 7
fi

# The first node is where all ranks meet. Here a node's name is known to Slurm alone, and all nodes
# are one machine, so the address and a free port are asked for.
FIRST=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
MASTER_ADDR=$(scontrol show node "$FIRST" | grep -o 'NodeAddr=[^ ]*' | cut -d= -f2)
MASTER_PORT=$(python3 -c 'import socket; s = socket.create_server(("", 0)); print(s.getsockname()[1])')
export MASTER_ADDR MASTER_PORT

srun --kill-on-bad-exit=1 python3 ranks_loader.py "$1"
