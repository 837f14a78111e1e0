"""The published levels for everybody, without sign-in (`pmj_standards.middleware.public_pages`), and their switch."""

from django.urls import URLPattern, path

from assessments.views import public

urlpatterns: list[URLPattern] = [
    path("results/", public.public_results, name="public_results"),
    path("results/<int:year>/", public.public_results, name="public_results_of"),
    path("rounds/<int:pk>/public/", public.round_public, name="round_public"),
    path("rounds/<int:pk>/public/off/", public.round_public_off, name="round_public_off"),
]
