"""Questions and commands, apart: nothing that answers a GET ever writes."""
