"""Checks of the site, its folders, the Hub and the installation."""
