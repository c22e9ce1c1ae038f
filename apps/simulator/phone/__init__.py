"""What the phone in the browser shows: customers, their threads, the traffic, and how each is drawn."""
