"""Soak tests, run by hand: too long for every change, too telling to be left out."""
