"""The rules, one module each: why, examples, check. A new module here is a new rule."""
