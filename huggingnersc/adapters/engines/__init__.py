"""Engines that do heavy work: processes on this machine, or Slurm."""
