"""What students hand in that is no right program, and how a grade of it is run and looked over."""
