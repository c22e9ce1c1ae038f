"""What attendants and supervisors see."""
