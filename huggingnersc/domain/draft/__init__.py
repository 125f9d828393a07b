"""The draft of a dataset's folder: survey, layout, questions, files."""
