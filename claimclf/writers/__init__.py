"""`Article`s → files of other forms: one file here a format, each with one function `write`."""
