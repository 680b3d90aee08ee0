"""Values: enumerations in lists and labels, defaults, conditions with their value, fields with theirs."""
