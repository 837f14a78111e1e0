"""The country at a glance: what the central division publishes, and what the ministry decides by."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
