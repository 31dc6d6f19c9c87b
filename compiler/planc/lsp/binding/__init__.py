"""Say of every name in a piece what it means there."""

from planc.lsp.binding.declarations import names_of as names_of
