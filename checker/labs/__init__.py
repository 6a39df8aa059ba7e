"""The labs: a file each, its checks told as scenes. Scenes that labs share are in `scenes_*`."""
