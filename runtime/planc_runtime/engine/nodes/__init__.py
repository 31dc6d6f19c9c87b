"""The nodes of a scenario: placed, started, waited for, asked; and what stands in for some."""
