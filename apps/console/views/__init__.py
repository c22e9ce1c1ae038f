"""The pages and form posts of the console: load what this person may see, call one service, answer."""
