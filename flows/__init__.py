"""Prefect flows: when and in which order, retries, schedules, artifacts. No parsing, no SQL, no rules.

One task per vendor for fetching and reading; recording is one task, so the single writer is never contested.
"""
