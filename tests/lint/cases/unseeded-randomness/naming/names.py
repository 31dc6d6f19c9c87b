import uuid


def new_name():
    return str(uuid.uuid4())
