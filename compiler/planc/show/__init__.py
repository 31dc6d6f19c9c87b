"""Pictures of plans for those who review them: clusters, timelines, state machines.

    plan -> pictures as data (clusters, timelines, machines) -> mermaid, svg, text: one file each

What is drawn is what the model says will be done; nothing is run to find it out. `sentences` says
the same as prose.
"""

from planc.show.pictures import Pictures, pictures_of
from planc.show.words import Words

__all__ = ["Pictures", "Words", "pictures_of"]
