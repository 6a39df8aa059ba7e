"""A teaching kit's autograder: real programs, real sockets, grades that can be trusted."""

__version__ = "0.1.0"
