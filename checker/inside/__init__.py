"""What runs in the student's process, or forks it: standard library only, nothing of the kit outside this folder.

The wall of this folder is the border of trust: what comes back from here is hearsay (`evidence: inside`).
"""
