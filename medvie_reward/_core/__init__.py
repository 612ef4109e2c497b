"""What every room stands on: JSON values and paths, their sizes, seeds, processes and lazy names.

Nothing here knows of specs, documents or scores. In: plain Python values. Out: the same, checked or measured.
"""
