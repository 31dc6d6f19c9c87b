"""Told in one pass over the history: objects in order beyond doubt, no call made of them."""
