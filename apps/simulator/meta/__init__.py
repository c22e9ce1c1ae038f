"""A stand-in for Meta's servers. It shares no line with the gateway: a double that shares the parser cannot find its faults."""
