"""`cluster.story`: a control plane and its nodes on a virtual clock, from what the world does to them.

Components meet in objects only. `store` holds them, `api_server` lets changes in, `loop` tells every
component what its watches show and lets each act in turn; `controllers`, `scheduler`, `kubelet`, `network`
and `storage` are the components. What each decides is said by the systems in `ontology.semantics`; here it is
carried out.
"""
