"""The parts that the verbs of the catalog share."""
