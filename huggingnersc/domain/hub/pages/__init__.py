"""What the embedded Hub's web pages show, as pure values: no disk, no network, no clock."""
