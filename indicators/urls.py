"""The standard, browsable and searchable."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
