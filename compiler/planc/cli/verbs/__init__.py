"""One module per verb: `main(arguments) -> exit status`."""
