"""Registering a project with its team, and looking after the team afterwards."""

from web.registration.pages import registration as registration_pages

__all__ = ["registration_pages"]
