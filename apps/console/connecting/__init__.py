"""The pages of /admin/ that connect an account to its channel, for every channel from its adapter's own words."""
