"""Exact answers in near-linear time, where the values of an object can be told apart."""
