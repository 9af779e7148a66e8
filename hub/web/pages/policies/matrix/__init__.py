"""Every service, kind and role at a glance."""
