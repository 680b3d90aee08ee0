"""`probes`: what startup, readiness and liveness probes do to a container."""
