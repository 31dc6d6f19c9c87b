import random


def some_key_is_there(history):
    return random.Random(7).choice(list(history))
