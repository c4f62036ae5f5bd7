"""A legal hold forbids every deletion; hold and deletion are decided in one order."""
