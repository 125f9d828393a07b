"""What is cataloged and how it is shown: names, scripts, cards, notebooks, records, plans."""
