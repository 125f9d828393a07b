"""The parts of `doctor`: the site and its folders, the Hub, what is installed."""
