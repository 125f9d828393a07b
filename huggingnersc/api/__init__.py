"""The verbs of HuggingNERSC as functions; each is imported when it is first used."""
