"""A quiz about wrong programs: which check does each of them lose, and why?"""
