"""`eviction`: which pods the NoExecute taints of a node drive away, and when."""
