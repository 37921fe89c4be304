"""What `loa doctor` looks at: what is configured, what is reachable, what is wrong."""
