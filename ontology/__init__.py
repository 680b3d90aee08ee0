"""What is true of Kubernetes: concepts, statements, scenarios, and the rules that decide them.

Pure: no file outside the package, no socket, no clock. The layers above (`ingest`, `graph`, `api`)
bring notes, stores and users. Import from the modules; nothing is loaded here, so that a command
pays only for what it uses.
"""
