"""What `start.py` does: an environment of the kit's own, what belongs in it, and JupyterLab. Runs on a bare Python."""
