"""What offices and the central division do, by who uses it."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    # --- first page and own account ---
    # --- office: answering ---
    # --- office: evidence ---
    # --- the official form ---
    # --- national list, one assessment for the centre ---
    # --- rounds ---
    # --- people and invitations ---
]
