"""Alerts: what is worth a person's time, made once by recording, and how it is sent."""
