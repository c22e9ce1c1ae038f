"""Who the client is: accounts, queues, attendants, hours, flags and the audit log."""
