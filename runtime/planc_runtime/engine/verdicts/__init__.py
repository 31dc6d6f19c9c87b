"""From what happened to what is said of it: judging, doubts, the outcome, a failure in words."""
