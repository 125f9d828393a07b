"""How a visitor loads the data of a dataset: configurations, the generated loader, Croissant."""
