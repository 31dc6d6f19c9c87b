"""What editors know of the language, made from the grammar.

plan.lark is the one place where a keyword is written. From it come the words by their roles
(`words.json`, which the Pygments lexer reads), the TextMate grammar and the tree-sitter grammar. A
test makes all of them anew and compares.

    python -m planc_grammar.editors
"""
