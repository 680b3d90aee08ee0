"""The question `run`: workloads over virtual time, and what happens when somebody changes them."""

from ontology.semantics.workloads.run.question import RUN, Run

__all__ = ["RUN", "Run"]
