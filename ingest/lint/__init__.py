"""What is wrong with a note, each finding with its place and wording in two languages."""
