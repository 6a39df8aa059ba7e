"""Sequence diagrams of a timeline: one model, drawn as text and as SVG."""
