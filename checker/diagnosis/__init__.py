"""From the evidence of a failed check to a named mistake."""
