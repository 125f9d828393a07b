#!/bin/bash
#SBATCH --job-name=jetclass
#SBATCH --constraint=gpu
#SBATCH --qos=debug
#SBATCH --time=00:10:00
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=4
#SBATCH --gpus-per-node=4
#SBATCH --cpus-per-task=32
#SBATCH --output=jetclass-%j.out
##SBATCH --account=m1234
#
# Reads JetClass on 2 Perlmutter GPU nodes, one task per GPU. Submit it from this folder:
#
#     sbatch --account=YOUR_PROJECT jetclass_batch.sh [DATA_DIR]
#
# or put your project into the account line above and remove one #. Options given to sbatch
# override the lines above: sbatch --nodes=8 --time=00:30:00 jetclass_batch.sh
set -e

DATA_DIR=${1:-/global/cfs/cdirs/dasrepo/www/omnilearned/jetclass/train}

module load conda
conda activate jetclass

# All ranks connect to the first node. The port differs between jobs.
MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
MASTER_PORT=$((20000 + SLURM_JOB_ID % 10000))
export MASTER_ADDR MASTER_PORT

# srun does not inherit the number of cores from sbatch; if one rank fails, all must end.
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" --kill-on-bad-exit=1 \
    python jetclass_loader.py "$DATA_DIR" --workers 8
