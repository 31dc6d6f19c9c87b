"""From a resolved plan to the text of a pytest module.

    model -> lowered to calls of planc_runtime.api -> laid out on lines -> printed by a template

Everything is decided in Python; the template only puts blocks under each other. Nothing of a plan
is ever Python source: names come from tables, all else is a literal. `module.emit` is the way in.
"""
