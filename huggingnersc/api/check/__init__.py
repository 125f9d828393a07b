"""The parts of `check-dataset`: the folder, the data, the portal, the Hub."""
