"""`python -m checker doctor`: what this machine has, what that means, and what to do. Asks nothing of the network."""
