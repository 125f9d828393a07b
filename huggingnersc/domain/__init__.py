"""Pure logic: no disk, network, clock, environment or printing."""
