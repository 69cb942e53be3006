"""Milepost's engine: runs BPMN processes for people. No HTTP, no accounts, no SOP in it."""
