"""Facts from sentences: verbs in two languages as data, and the parts that they take."""
